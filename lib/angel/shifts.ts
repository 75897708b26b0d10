/**
 * Who serves: one worker after the other, each of them ready before the one before it lets go, and another one whenever
 * one has died.
 */
import type { Clock } from '../clock.js'
import type { Edge } from '../edge/edge.js'
import { VERSION } from '../edge/frames.js'
import type { WorkerSettings } from '../edge/messages.js'
import { RestartFailedError } from '../runtime/errors.js'
import type { AngelLog } from './angel-log.js'
import { Attendance, DEFAULT_SETTINGS } from './attendance.js'
import { Backoff } from './backoff.js'
import type { Listeners } from './listeners.js'
import { Reserve } from './reserve.js'
import { type Restarted, RestartRequests } from './restart-requests.js'
import { type WorkerCommand, type WorkerHost, WorkerProcess } from './worker-process.js'

/** How long a worker that has handed over may take to end, in milliseconds. */
const LEAVE_TIMEOUT = 10_000

export type ShiftState = 'starting' | 'serving' | 'restarting' | 'down' | 'stopping'

/** What went wrong last, and when (milliseconds since the epoch). */
export interface Trouble {
  readonly at: number
  readonly what: string
}

export interface ShiftsOptions {
  readonly command: WorkerCommand
  readonly clock: Clock
  /** See `Backoff`. */
  readonly healthy: number | undefined
  readonly edge: Edge
  readonly listeners: Listeners
  readonly log: AngelLog
  /** Hears what workers say. */
  readonly host: WorkerHost
  /** No process is left, and none will be started. */
  readonly onOver: () => void
}

export class Shifts {
  readonly #options: ShiftsOptions
  readonly #clock: Clock
  readonly #log: AngelLog
  readonly #edge: Edge
  readonly #backoff: Backoff
  readonly #reserve = new Reserve()
  readonly #requests = new RestartRequests()
  readonly #onServes: (() => void)[] = []
  /** All workers whose process has not ended. */
  readonly #attended = new Map<WorkerProcess, Attendance>()
  /** The one that serves; there is none after a crash. */
  #serving: Attendance | undefined
  /** The one that is to serve next. */
  #next: Attendance | undefined
  /** When the next one will be started. */
  #wait: unknown
  #settings: WorkerSettings = DEFAULT_SETTINGS
  /** Since when nobody has served. */
  #downSince: number | undefined
  /** What is kept is all there is: it was handed over, and nobody has served since. */
  #whole = false
  #stopping = false
  #over = false
  #restarts = 0
  #crashes = 0
  #trouble: Trouble | undefined

  constructor(options: ShiftsOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#log = options.log
    this.#edge = options.edge
    this.#backoff = new Backoff(options.healthy)
  }

  get state(): ShiftState {
    if (this.#stopping || this.#serving?.stopping) return 'stopping'
    if (this.#serving !== undefined) return this.#next === undefined ? 'serving' : 'restarting'
    return this.#next === undefined ? 'down' : 'starting'
  }

  /** The process that serves, or is about to. */
  get pid(): number | undefined {
    return (this.#serving ?? this.#next)?.worker.pid
  }

  get restarts(): number {
    return this.#restarts
  }

  get crashes(): number {
    return this.#crashes
  }

  get trouble(): Trouble | undefined {
    return this.#trouble
  }

  /** Of the worker that serves, or has served last. */
  get settings(): WorkerSettings {
    return this.#settings
  }

  get serving(): WorkerProcess | undefined {
    return this.#serving?.worker
  }

  get next(): WorkerProcess | undefined {
    return this.#next?.worker
  }

  // --- What is asked for

  start(): void {
    this.#clock.clearTimeout(this.#wait)
    let worker: WorkerProcess
    try {
      const { command, host } = this.#options
      worker = this.#reserve.spend(() => new WorkerProcess(command, host, this.#clock))
    } catch (error) {
      // Out of descriptors, or of memory: that may pass.
      this.#notStarted(`no worker can be started: ${(error as Error).message}`)
      return
    }
    const attendance = new Attendance(worker, this.#settings, this.#clock)
    this.#attended.set(worker, attendance)
    this.#next = attendance
    this.#log.info(`${worker} starts`)
    this.#expectReady(attendance)
  }

  /**
   * @param asker the worker that asks, where one does.
   * @throws RestartFailedError
   */
  async restart(asker?: WorkerProcess): Promise<Restarted> {
    // One that asks while it takes over itself wants the next one.
    if (this.#serving?.stage === 'taking over' && this.#serving.worker === asker) {
      await new Promise<void>((resolve) => this.#onServes.push(resolve))
      if (this.#serving?.worker !== asker)
        throw new RestartFailedError('the process that has asked for it is gone.')
    }
    if (this.state === 'stopping') throw new RestartFailedError(STOPPING)
    const done = this.#requests.add(this.#clock.now())
    // One that is taking over is as new as can be.
    if (this.#next === undefined && this.#serving?.stage !== 'taking over') this.start()
    return done
  }

  stop(): void {
    if (this.#stopping) return
    this.#stopping = true
    this.#requests.failed(STOPPING)
    this.#clock.clearTimeout(this.#wait)
    const serving = this.#serving
    // Half way between two workers nobody could say goodbye: that is for the one that takes over.
    if (serving?.stage === 'handing over' || serving?.stage === 'taking over') return
    for (const [worker, attendance] of this.#attended) if (attendance !== serving) worker.kill()
    if (serving === undefined) this.#checkOver()
    else if (!serving.stopping) this.#tellToStop(serving)
  }

  kill(): void {
    this.stop()
    for (const worker of this.#attended.keys()) worker.kill()
  }

  // --- What workers say

  /** It gives a sign of life. @returns whether it is known at all. */
  beat(worker: WorkerProcess): boolean {
    const attendance = this.#attended.get(worker)
    attendance?.beat()
    return attendance !== undefined
  }

  /** The package may have been replaced while the angel runs: worker and angel must still understand each other. */
  greet(worker: WorkerProcess, version: number): void {
    if (version === VERSION || this.#attended.get(worker)?.stage !== 'starting') return
    worker.failure =
      `it and its angel are of mara-ts releases that do not understand each other (${version} and ${VERSION}). ` +
      'Stop the angel, and start it again'
    worker.kill()
  }

  learn(worker: WorkerProcess, settings: WorkerSettings): void {
    const attendance = this.#attended.get(worker)
    if (attendance === undefined) return
    attendance.settings = settings
    // Until somebody serves, the newest worker's word is the best there is.
    if (this.#serving === undefined) this.#adopt(settings)
    if (attendance.stage === 'starting') this.#expectReady(attendance)
  }

  /** It gets all sockets while the other one goes on serving, so that nobody waits for them later. */
  ready(worker: WorkerProcess): void {
    const next = this.#next
    if (next?.worker !== worker || next.stage !== 'starting') return
    next.inTime()
    next.stage = 'ready'
    next.watch()
    this.relieve()
  }

  /** Lets the next one take the place of the one that serves, as soon as nothing stands against it. */
  relieve(): void {
    const next = this.#next
    const serving = this.#serving
    if (next?.stage !== 'ready') return
    if (serving === undefined) this.#go(next)
    else if (serving.stage === 'serving' && !serving.stopping) {
      const { handOverTimeout } = serving.settings
      serving.stage = 'handing over'
      serving.worker.tell({ name: 'hand-over' })
      serving.killAfter(handOverTimeout, `it did not hand over within ${handOverTimeout} ms`)
    }
  }

  /** @param stop its program asked for a stop meanwhile: that is for the next one, who has the clients. */
  handedOver(worker: WorkerProcess, since: number, stop: boolean): void {
    const leaving = this.#serving
    if (leaving?.worker !== worker || leaving.stage !== 'handing over') return
    leaving.release()
    leaving.stage = 'leaving'
    leaving.killAfter(LEAVE_TIMEOUT, 'it did not end by itself')
    // What only this one listened on goes with it.
    this.#options.listeners.forget(worker)
    this.#serving = undefined
    this.#edge.detach()
    this.#downSince = since
    this.#whole = true
    if (stop) this.#stopping = true
    // The next one may have died since it was ready: then the one in its place finds everything here.
    if (this.#next === undefined) this.start()
    else this.relieve()
  }

  serves(worker: WorkerProcess): void {
    const serving = this.#serving
    if (serving?.worker !== worker || serving.stage !== 'taking over') return
    const now = this.#clock.now()
    serving.inTime()
    serving.stage = 'serving'
    serving.servesSince = now
    this.#adopt(serving.settings)
    this.#options.listeners.prune()
    const pause = this.#downSince === undefined ? 0 : Math.max(0, now - this.#downSince)
    const waited = this.#downSince === undefined ? '' : `; ${this.#clients} waited ${pause} ms`
    if (serving.relieves) this.#restarts += 1
    this.#downSince = undefined
    this.#log.info(`${worker} serves${waited}`)
    this.#requests.succeeded({ worker: worker.pid ?? 0, pause }, now)
    for (const resolve of this.#onServes.splice(0)) resolve()
    if (this.#stopping) this.#tellToStop(serving)
    // Another one may have become ready meanwhile.
    else this.relieve()
  }

  /** The service stops of its own accord. */
  stops(worker: WorkerProcess): void {
    const serving = this.#serving
    if (serving?.worker !== worker || serving.stopping) return
    this.#requests.failed(STOPPING)
    this.#next?.worker.kill()
    this.#expectEnd(serving)
  }

  ended(worker: WorkerProcess): void {
    const attendance = this.#attended.get(worker)
    if (attendance === undefined) return
    attendance.release()
    this.#attended.delete(worker)
    this.#options.listeners.forget(worker)
    if (attendance === this.#next) this.#nextEnded(attendance)
    else if (attendance === this.#serving) this.#servingEnded(attendance)
    else if (attendance.stage === 'leaving') this.#log.info(`${worker} has left: ${worker.end}`)
    this.#checkOver()
  }

  // --- One after the other

  #expectReady(attendance: Attendance): void {
    const { readyTimeout } = attendance.settings
    const left = Math.max(0, attendance.startedAt + readyTimeout - this.#clock.now())
    attendance.killAfter(left, `it was not ready within ${readyTimeout} ms (setting readyTimeout)`)
  }

  #adopt(settings: WorkerSettings): void {
    this.#settings = settings
    this.#log.choose(settings)
  }

  #go(next: Attendance): void {
    const restart = this.#downSince !== undefined
    next.relieves = this.#whole
    this.#next = undefined
    this.#serving = next
    next.stage = 'taking over'
    const since = this.#downSince ?? this.#clock.now()
    this.#edge.handTo(next.worker, next.settings, { restart, crash: restart && !this.#whole, since })
    this.#whole = false
    const { takeOverTimeout } = next.settings
    next.killAfter(takeOverTimeout, `it did not take over within ${takeOverTimeout} ms`)
  }

  // --- Ends

  #nextEnded({ worker }: Attendance): void {
    this.#next = undefined
    if (!this.#stopping || this.#serving?.stage === 'handing over') {
      this.#notStarted(`the new ${worker} failed: ${worker.end}`)
    }
  }

  #notStarted(what: string): void {
    const serving = this.#serving
    this.#trouble = { at: this.#clock.now(), what }
    if (serving === undefined) {
      this.#requests.failed(`${what}. Another one will be tried, and clients wait for it.`)
      this.#again(what, 0)
    } else if (serving.stage === 'handing over') {
      this.#log.error(`${what}. Another one starts when ${serving} has handed over.`)
    } else {
      this.#requests.failed(`${what}. ${serving} goes on, and nothing has changed.`)
      this.#options.listeners.prune()
      this.#edge.closeUntold()
      this.#log.error(`A restart was given up, and ${serving} goes on: ${what}`)
    }
  }

  #servingEnded({ worker, stage, stopping, servesSince, silentSince }: Attendance): void {
    this.#serving = undefined
    this.#edge.crashed()
    if (stopping) {
      if (worker.failure !== undefined) this.#log.warn(`${worker} was stopped: ${worker.end}`)
      // A service that stops by itself is what its program wants.
      this.stop()
      return
    }
    const now = this.#clock.now()
    this.#crashes += 1
    // Where it died while it took over, clients have been waiting for longer than that.
    this.#downSince ??= silentSince ?? now
    const what = `${worker} died: ${worker.end}`
    this.#trouble = { at: now, what }
    if (stage === 'taking over') this.#requests.failed(`${what}. Another one will take its place.`)
    if (this.#stopping) this.#log.error(`${what}. Connected are ${this.#clients}.`)
    else if (this.#next === undefined) {
      this.#again(what, servesSince === undefined ? 0 : now - servesSince)
    } else {
      this.#log.error(`${what}. Connected are ${this.#clients}; ${this.#next} will serve them.`)
      this.relieve()
    }
  }

  /** Nobody serves: starts another one, after a while that grows. */
  #again(what: string, served: number): void {
    const delay = this.#backoff.after(served)
    const when = delay === 0 ? 'at once' : `in ${delay / 1000} s`
    this.#log.error(`${what}. Connected are ${this.#clients}; another worker starts ${when}.`)
    this.#wait = this.#clock.setTimeout(() => this.start(), delay)
  }

  get #clients(): string {
    const { size } = this.#edge
    return size === 1 ? '1 client' : `${size} clients`
  }

  #tellToStop(serving: Attendance): void {
    serving.worker.tell({ name: 'stop' })
    this.#expectEnd(serving)
  }

  #expectEnd(attendance: Attendance): void {
    const { stopTimeout } = attendance.settings
    attendance.stopping = true
    attendance.release()
    attendance.killAfter(stopTimeout, `it had not stopped within ${stopTimeout} ms`)
  }

  #checkOver(): void {
    if (!this.#stopping || this.#over || this.#attended.size > 0) return
    this.#over = true
    this.#reserve.release()
    this.#options.onOver()
  }
}

const STOPPING = 'the service is stopping.'
