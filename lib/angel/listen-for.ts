/** Answers a worker that wants the edge to listen. */
import type { ServerDescription } from '../transport/server.js'
import type { Listener } from './listener.js'
import type { Listeners } from './listeners.js'
import type { WorkerProcess } from './worker-process.js'

/** @returns the listener; undefined where it was refused. */
export async function listenFor(
  worker: WorkerProcess,
  request: number,
  server: ServerDescription,
  listeners: Listeners,
): Promise<Listener | undefined> {
  try {
    const listener = await listeners.claim(worker, server)
    worker.tell({ name: 'listening', request, listener: listener.name, address: listener.address })
    if (worker.ended) listeners.forget(worker)
    return listener
  } catch (error) {
    // The worker says it in its own words: the system's are enough.
    const { message, code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
    worker.tell({ name: 'refused', request, reason: message, code })
    return undefined
  }
}
