/**
 * The angel's own log. Where it goes and what it holds the service decides, by its settings: until the first worker has
 * told them, what is not urgent waits.
 */
import type { WorkerSettings } from '../edge/messages.js'
import { type Channel, createLog, type Log } from '../log/index.js'

export class AngelLog {
  #log: Log | undefined
  #choice = ''
  #waiting: string[] = []

  info(message: string): void {
    if (this.#log === undefined) this.#waiting.push(message)
    else this.#channel.info(message)
  }

  warn(message: string): void {
    this.#decide()
    this.#channel.warn(message)
  }

  error(message: string, fields?: object): void {
    this.#decide()
    this.#channel.error(message, fields)
  }

  /** What the service's settings say. */
  choose({ log, logFile }: Pick<WorkerSettings, 'log' | 'logFile'>): void {
    const choice = JSON.stringify([log, logFile])
    // A file is opened anew by each worker: somebody may have renamed it, to begin another one.
    if (this.#log !== undefined && choice === this.#choice && logFile === undefined) return
    this.#choice = choice
    const before = this.#log
    try {
      this.#log = createLog({ log, logFile })
    } catch {
      // The worker, which writes to the same file, says what is wrong with it.
      this.#log = before ?? createLog()
    }
    if (before !== this.#log) void before?.close()
    this.#tellWaiting()
  }

  close(): Promise<void> {
    return this.#log?.close() ?? Promise.resolve()
  }

  get #channel(): Channel {
    return (this.#log as Log).channel('angel')
  }

  /** Something must be said before anything was chosen. */
  #decide(): void {
    this.#log ??= createLog()
    this.#tellWaiting()
  }

  #tellWaiting(): void {
    for (const message of this.#waiting.splice(0)) this.#channel.info(message)
  }
}
