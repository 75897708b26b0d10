/**
 * The angel of a service: the edge, which owns the sockets, and supervision of the process that serves them, the worker.
 * It starts a worker, and replaces it on request or when it dies.
 *
 * What must stay true: whatever a worker does or says, the angel goes on; and the worker that serves is let go only when
 * another one is ready.
 */
import type { Duplex } from 'node:stream'
import { systemClock } from '../clock.js'
import { newKey } from '../conversation/seal.js'
import { Edge, type EdgeHost } from '../edge/edge.js'
import type { WorkerMessage } from '../edge/messages.js'
import { describeDivergences } from '../runtime/conversations/divergence.js'
import type { DivergenceReport } from '../runtime/edge-port.js'
import { RestartFailedError } from '../runtime/errors.js'
import { turnAway } from '../transport/admission.js'
import { DescriptorWatch } from '../transport/descriptors.js'
import type { Address, ConnectionInfo, ServerDescription } from '../transport/server.js'
import { AngelLog } from './angel-log.js'
import { listenFor } from './listen-for.js'
import type { ListenersHost } from './listener.js'
import { Listeners } from './listeners.js'
import { Preflight, type PreflightResult } from './preflight.js'
import { Reserve } from './reserve.js'
import { Supervision } from './supervision.js'
import {
  type Restarted,
  type SupervisorEvent,
  type SupervisorStage,
  stageOf,
  type Trouble,
  type WorkerBodies,
} from './supervisor-state.js'
import type { WorkerCommand } from './worker-command.js'
import type { WorkerEnd, WorkerHost, WorkerProcess } from './worker-process.js'

/** Connections beyond the limit that a worker may be telling so at a time. */
const TURNED_AWAY = 100

export interface AngelOptions {
  /** Milliseconds after which a worker counts as well, so that the next one is started at once; a minute by default. */
  readonly healthy?: number
}

export interface AngelStatus {
  readonly state: SupervisorStage
  /** The process that serves, or is about to. */
  readonly worker: number | undefined
  /** When the angel began, in milliseconds since the epoch. */
  readonly since: number
  readonly addresses: readonly Address[]
  readonly connections: number
  readonly restarts: number
  readonly crashes: number
  readonly trouble: Trouble | undefined
}

export interface TimedRestart extends Restarted {
  /** Milliseconds from the request to its end, the preflight included. */
  readonly took: number
}

export class Angel implements WorkerHost, ListenersHost, EdgeHost {
  readonly #log = new AngelLog()
  readonly #listeners: Listeners
  readonly #edge = new Edge(this)
  readonly #supervision: Supervision
  readonly #command: () => WorkerCommand
  /** In memory only, and as long as the angel lives. */
  readonly #key = newKey().toString('base64')
  #preflight: Preflight | undefined
  readonly #reserve = new Reserve()
  readonly #descriptors: DescriptorWatch
  readonly #since: number
  #resolveEnded!: (exitCode: number) => void
  /** Resolves with an exit code when the service has been stopped, however that came about. */
  readonly whenEnded = new Promise<number>((resolve) => {
    this.#resolveEnded = resolve
  })

  /** @param command gives what to start, anew for each worker. */
  constructor(command: () => WorkerCommand, { healthy }: AngelOptions = {}) {
    this.#command = command
    this.#listeners = new Listeners(this, systemClock)
    this.#supervision = new Supervision({
      command,
      clock: systemClock,
      healthy,
      edge: this.#edge,
      listeners: this.#listeners,
      key: this.#key,
      reserve: this.#reserve,
      log: this.#log,
      host: this,
      onEnd: (exitCode) => this.#end(exitCode),
      onError: (error) => this.report(error),
    })
    this.#descriptors = new DescriptorWatch(systemClock, (message) => this.warn(message))
    this.#since = systemClock.now()
  }

  get status(): AngelStatus {
    const { state, serving, next } = this.#supervision
    const { restarts, crashes, trouble } = state
    return {
      state: stageOf(state),
      worker: (serving ?? next)?.pid,
      since: this.#since,
      addresses: this.#listeners.addresses,
      connections: this.#edge.size,
      restarts,
      crashes,
      trouble,
    }
  }

  start(): void {
    this.#supervision.tell({ type: 'start' })
  }

  /**
   * Replaces the worker by a new one. Whoever asks while that is going on gets the same one.
   *
   * @param options.force also where conversations could not go on: they begin again.
   * @throws RestartFailedError with what the new one had to say.
   */
  async restart({ force = false } = {}): Promise<TimedRestart> {
    const since = systemClock.now()
    if (!force) await this.#allowRestart()
    const restarted = await this.#supervision.restart()
    return { ...restarted, took: Math.max(0, systemClock.now() - since) }
  }

  /**
   * Tries out what the version of now would do with the conversations of now, and changes nothing.
   *
   * @returns those that it could not go on with; none where there are no conversations at all.
   * @throws RestartFailedError where it does not even start.
   */
  async preflight(): Promise<readonly DivergenceReport[]> {
    const result = await this.#runPreflight()
    if ('failed' in result) throw new RestartFailedError(result.failed)
    return result.divergences
  }

  /** @throws RestartFailedError where conversations could not go on, or where that could not be found out. */
  async #allowRestart(): Promise<void> {
    const { serving, next } = this.#supervision
    if (serving === undefined || next !== undefined || !this.#edge.hasConversations) return
    const result = await this.#runPreflight()
    if ('failed' in result) throw this.#refusal(`the new version could not be tried out: ${result.failed}`)
    if (result.divergences.length > 0) throw this.#refusal(describeDivergences(result.divergences))
  }

  #refusal(reason: string): RestartFailedError {
    this.#log.error(`The restart is refused, and the old process goes on: ${reason}`)
    return new RestartFailedError(reason)
  }

  #runPreflight(): Promise<PreflightResult> {
    if (this.#preflight === undefined) {
      this.#log.info('The new version is tried out with copies of all conversations')
      this.#preflight = new Preflight({
        command: this.#command(),
        clock: systemClock,
        edge: this.#edge,
        listeners: this.#listeners,
        key: this.#key,
        reserve: this.#reserve,
        timeout: this.#supervision.state.settings.readyTimeout,
      })
      void this.#preflight.result.then(() => {
        this.#preflight = undefined
      })
    }
    return this.#preflight.result
  }

  /** Stops the service politely. Resolves when it has stopped. */
  stop(): Promise<number> {
    this.#supervision.tell({ type: 'stop' })
    return this.whenEnded
  }

  /** Ends everything at once. */
  kill(): void {
    this.#supervision.tell({ type: 'kill' })
  }

  /** Something in the angel itself went wrong, which must not end it. */
  report(error: unknown): void {
    this.#log.error('The angel met an error of its own, and goes on', { error })
  }

  // --- From the listeners

  admits(socket: Duplex): boolean {
    const { serving, state } = this.#supervision
    const room = state.settings.maxConnections + (serving === undefined ? 0 : TURNED_AWAY)
    if (this.#edge.size < room && this.#descriptors.check()) return true
    turnAway(socket)
    return false
  }

  accepted(
    connection: Duplex,
    listener: string,
    { remoteAddress, secure = false, protocol }: ConnectionInfo,
  ): void {
    this.#edge.accept(connection, { listener, remoteAddress, protocol: protocol?.name, secure })
  }

  /** A server that is new in the next version is nothing that this one knows. */
  wants(worker: object, listener: string): boolean {
    return this.#listeners.isClaimed(worker, listener)
  }

  warn(message: string): void {
    this.#log.warn(message)
  }

  // --- From the workers

  greeting(worker: WorkerProcess, version: number): void {
    this.#tell(worker, 'hello', { version })
  }

  turn(worker: WorkerProcess, records: Buffer): void {
    // The turn of a worker that serves no more has never been.
    if (worker === this.#supervision.serving) this.#edge.turn(records)
    this.#tell(worker, 'beat', {})
  }

  message(worker: WorkerProcess, message: WorkerMessage): void {
    if (!this.#supervision.has(worker)) return
    switch (message.name) {
      case 'listen':
        void listenFor(worker, message.request, message.server as ServerDescription, this.#listeners)
        break
      case 'unlisten':
        this.#listeners.release(worker, message.listener)
        break
      case 'handling':
        if (worker === this.#supervision.serving) {
          this.#edge.handling(message.connection, message.done, message.later)
        }
        break
      case 'restart':
        this.#restartFor(worker, message.request)
        break
      case 'settings':
        this.#tell(worker, 'settings', message.settings)
        return
      case 'ready':
        // What has changed since it was told last is told once more, as long as that is much.
        if (worker === this.#supervision.next && this.#edge.precopyTo(worker)) break
        this.#tell(worker, 'ready', message)
        this.#freshen(worker)
        return
      case 'beat':
        this.#tell(worker, 'beat', message)
        this.#freshen(worker)
        return
      case 'preflighted':
        // Nobody asked.
        break
      case 'failed':
        if (worker === this.#supervision.serving) this.#edge.blame(message.connection)
        this.#tell(worker, 'failed', message)
        return
      default:
        this.#tell(worker, message.name, message)
        return
    }
    this.#tell(worker, 'beat', {})
  }

  /** A spare worker that answers has time, and so learns of clients before it is needed. */
  #freshen(worker: WorkerProcess): void {
    if (worker === this.#supervision.spare) this.#edge.freshen(worker)
  }

  broken(worker: WorkerProcess, reason: string): void {
    this.#supervision.tell({ type: 'broken', worker: worker.number, reason })
  }

  ended(worker: WorkerProcess, end: WorkerEnd): void {
    this.#supervision.ended(worker, end)
  }

  #tell<Name extends keyof WorkerBodies>(worker: WorkerProcess, type: Name, body: WorkerBodies[Name]): void {
    this.#supervision.tell({ type, worker: worker.number, body } as SupervisorEvent)
  }

  #restartFor(worker: WorkerProcess, request: number): void {
    // The answer to one that succeeds is that it is to hand over.
    const restart = this.#allowRestart().then(() => this.#supervision.restart(worker))
    restart.catch((error: RestartFailedError) => {
      worker.tell({ name: 'refused', request, reason: error.reason })
    })
  }

  #end(exitCode: number): void {
    this.#preflight?.end()
    this.#listeners.closeAll()
    this.#edge.closeAll()
    this.#log.info('The service has stopped')
    void this.#log.close().then(() => this.#resolveEnded(exitCode))
  }
}
