/** What an angel knows about one worker: how far it has come, and how long it may take. */
import type { Alarm, Clock } from '../clock.js'
import type { WorkerSettings } from '../edge/messages.js'
import { Pulse } from './pulse.js'
import type { WorkerProcess } from './worker-process.js'

/**
 * - `starting`: loads its program, and starts its service.
 * - `ready`: has all but the clients.
 * - `taking over`: has been told to serve.
 * - `serving`.
 * - `handing over`: says what it knows, and lets go.
 * - `leaving`: has nothing left to do but end.
 */
export type Stage = 'starting' | 'ready' | 'taking over' | 'serving' | 'handing over' | 'leaving'

/** Until a worker has told its own. */
export const DEFAULT_SETTINGS: WorkerSettings = {
  heartbeat: 10_000,
  readyTimeout: 30_000,
  takeOverTimeout: 40_000,
  handOverTimeout: 60_000,
  stopTimeout: 15_000,
  maxConnections: 10_000,
  window: 512 * 1024,
  maxUnsent: 1024 * 1024,
}

export class Attendance {
  readonly worker: WorkerProcess
  readonly startedAt: number
  stage: Stage = 'starting'
  settings: WorkerSettings
  /** Another one has handed over to it, rather than died. */
  relieves = false
  /** When it began to serve. */
  servesSince: number | undefined
  /** It has said that it stops, or has been told to. */
  stopping = false
  /** Since when it was silent, where that is why it was killed. */
  silentSince: number | undefined
  readonly #clock: Clock
  #alarm: Alarm | undefined
  #pulse: Pulse | undefined

  constructor(worker: WorkerProcess, settings: WorkerSettings, clock: Clock) {
    this.worker = worker
    this.settings = settings
    this.#clock = clock
    this.startedAt = clock.now()
  }

  /** Kills it after `ms`, unless something else is waited for by then. @param failure why, in words. */
  killAfter(ms: number, failure: string): void {
    this.#cancel()
    this.#alarm = this.#clock.setTimeout(() => this.#kill(failure), ms)
  }

  /** What was waited for has come. */
  inTime(): void {
    this.#cancel()
  }

  /** From now on it must give signs of life. */
  watch(): void {
    const { heartbeat } = this.settings
    this.#pulse ??= new Pulse(this.#clock, heartbeat, (silentSince) => {
      this.silentSince = silentSince
      this.#kill(
        `it gave no sign of life for ${heartbeat} ms (setting heartbeat): something in it keeps the event loop busy`,
      )
    })
  }

  beat(): void {
    this.#pulse?.beat()
  }

  /** Nothing is waited for any more. */
  release(): void {
    this.#cancel()
    this.#pulse?.stop()
    this.#pulse = undefined
  }

  toString(): string {
    return String(this.worker)
  }

  #kill(failure: string): void {
    this.worker.failure ??= failure
    this.worker.kill()
  }

  #cancel(): void {
    if (this.#alarm !== undefined) this.#clock.clearTimeout(this.#alarm)
    this.#alarm = undefined
  }
}
