/**
 * The whole program of one client.
 */
import { type AnyClient, type Client, channelOf } from '../client/client.js'
import { ClientDisconnectedError } from '../client/errors.js'
import { Connect, Disconnect, Receive } from '../events/catalogue.js'
import type { Event } from '../events/event.js'

/** What a session needs of its service. */
export interface SessionHost {
  /** Runs an event's handlers, and passes on what they throw; undefined where none has anything to await. */
  dispatch(event: Event): PromiseLike<unknown> | undefined
  /** A handler of the event has thrown. Never rejects. */
  failed(event: Event, error: unknown): PromiseLike<unknown> | undefined
  /** `Connect` is done. */
  connected?(client: AnyClient): void
  /** The client has no more lines; `Disconnect` is next. */
  leaving(client: AnyClient): void
}

/** How far a session has come: what another process needs to know to go on with it. */
export interface Progress {
  /** The handlers of which event run; `idle` where the next line is waited for. */
  at: 'new' | 'connect' | 'idle' | 'receive' | 'disconnect' | 'over'
  /** The line that is being handled. */
  data: string | Uint8Array | undefined
  /** How many events have been dispatched. */
  count: number
  /** The handlers of its next event were cut short by a restart or a crash. */
  again: boolean
}

export function newProgress(): Progress {
  return { at: 'new', data: undefined, count: 0, again: false }
}

/**
 * From `Connect` to `Disconnect`. `Receive` gets each line that no handler has asked for.
 *
 * It reads as `for await (const line of client) await dispatch(new Receive({ client, data: line }))` would, but takes
 * lines that are there without waiting for them, and awaits only handlers that have something to await.
 */
export async function runSession(
  client: Client,
  host: SessionHost,
  progress: Progress = newProgress(),
): Promise<void> {
  if (progress.at === 'new') {
    advance(progress, 'connect')
    await connect(client, host, progress.again)
    progress.again = false
    host.connected?.(client)
  }
  const { inbox } = channelOf(client)
  // Begins with the line that another process was handling when its time was up.
  let next = progress.data as string | undefined
  for (;;) {
    progress.at = 'idle'
    const line = next ?? inbox.poll() ?? (await inbox.rest())
    if (line === undefined) break
    next = undefined
    advance(progress, 'receive', line)
    const event = new Receive({ client, data: line, again: progress.again })
    progress.again = false
    try {
      const pending = host.dispatch(event)
      if (pending !== undefined) await pending
    } catch (error) {
      await host.failed(event, error)
    }
  }
  advance(progress, 'disconnect')
  host.leaving(client)
  await handle(new Disconnect({ client }), host)
  progress.at = 'over'
  void client.close()
}

function advance(progress: Progress, at: Progress['at'], data?: Progress['data']): void {
  progress.at = at
  progress.data = data
  progress.count += 1
}

/** A client whose `Connect` fails is told, and closed (contract rule 6). */
async function connect(client: Client, host: SessionHost, again: boolean): Promise<void> {
  const event = new Connect({ client, again })
  try {
    await host.dispatch(event)
  } catch (error) {
    if (!(error instanceof ClientDisconnectedError)) {
      client.write('Sorry, something went wrong. Please try again later.')
      void client.close()
    }
    await host.failed(event, error)
  }
}

/** Runs an event's handlers to their end, whatever they do. */
export async function handle(event: Event, host: SessionHost): Promise<void> {
  try {
    await host.dispatch(event)
  } catch (error) {
    await host.failed(event, error)
  }
}
