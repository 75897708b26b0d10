/**
 * Tries a new version out before anybody depends on it: a process of its own is given copies of all conversations, brings
 * them to where they are, and says which of them it could not go on with. The worker that serves goes on meanwhile.
 *
 * It is ended after that, since what a replay leaves in a program's memory must not be there when it counts.
 */
import type { Alarm, Clock } from '../clock.js'
import type { Edge } from '../edge/edge.js'
import { VERSION } from '../edge/frames.js'
import type { WorkerMessage } from '../edge/messages.js'
import type { DivergenceReport } from '../runtime/edge-port.js'
import type { ServerDescription } from '../transport/server.js'
import { listenFor } from './listen-for.js'
import type { Listeners } from './listeners.js'
import type { Reserve } from './reserve.js'
import type { WorkerCommand } from './worker-command.js'
import { type WorkerEnd, type WorkerHost, WorkerProcess } from './worker-process.js'

export interface PreflightOptions {
  readonly command: WorkerCommand
  readonly clock: Clock
  readonly edge: Edge
  readonly listeners: Listeners
  readonly key: string
  readonly reserve: Reserve
  /** Milliseconds that it may take. */
  readonly timeout: number
}

export type PreflightResult =
  | { readonly divergences: readonly DivergenceReport[] }
  /** It did not come so far. */
  | { readonly failed: string }

export class Preflight implements WorkerHost {
  readonly #options: PreflightOptions
  readonly #worker: WorkerProcess
  /** Names of listeners that were opened for it. */
  readonly #opened: string[] = []
  /** What the worker itself says of its failure. */
  #failure: string | undefined
  #late: Alarm
  #resolve!: (result: PreflightResult) => void
  /** Resolves when the process has ended, too. */
  readonly result = new Promise<PreflightResult>((resolve) => {
    this.#resolve = resolve
  })

  constructor(options: PreflightOptions) {
    this.#options = options
    const { clock, timeout } = options
    this.#late = clock.setTimeout(() => {
      this.#failure = `it took longer than ${timeout} ms (setting readyTimeout)`
      this.end()
    }, timeout)
    this.#worker = options.reserve.spend(() => new WorkerProcess(0, options.command, this, clock))
    this.#worker.tell({ name: 'key', key: options.key, trial: true })
  }

  end(): void {
    this.#worker.kill()
  }

  greeting(_worker: WorkerProcess, version: number): void {
    if (version !== VERSION) this.end()
  }

  /** What it does is done to copies. */
  turn(): void {}

  message(worker: WorkerProcess, message: WorkerMessage): void {
    switch (message.name) {
      case 'listen':
        void this.#listen(worker, message.request, message.server as ServerDescription)
        break
      case 'ready':
        this.#options.edge.copyTo(worker)
        break
      case 'preflighted':
        this.#finish({ divergences: message.divergences })
        this.end()
        break
      case 'failed':
        this.#failure = message.reason ?? this.#failure
        break
    }
  }

  broken(_worker: WorkerProcess, reason: string): void {
    this.#failure = reason
    this.end()
  }

  ended(worker: WorkerProcess, { how }: WorkerEnd): void {
    // What only the new version listens on is closed until that comes.
    for (const name of this.#opened) this.#options.listeners.release(worker, name)
    this.#options.listeners.forget(worker)
    this.#finish({ failed: this.#failure ?? `it ${how}` })
  }

  #finish(result: PreflightResult): void {
    this.#options.clock.clearTimeout(this.#late)
    this.#resolve(result)
  }

  async #listen(worker: WorkerProcess, request: number, server: ServerDescription): Promise<void> {
    const { listeners } = this.#options
    const before = new Set(listeners.names)
    const listener = await listenFor(worker, request, server, listeners)
    if (listener !== undefined && !before.has(listener.name)) this.#opened.push(listener.name)
  }
}
