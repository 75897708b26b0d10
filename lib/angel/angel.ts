/**
 * The angel of a service. It owns the listening sockets and a copy of every connection, and looks after the process
 * that serves them, the worker: starts it, replaces it when it is asked to, and when it dies.
 *
 * What must stay true: it reads and writes no client's bytes; whatever a worker does or says, the angel goes on; and the
 * worker that serves is let go only when another one is ready.
 */
import type net from 'node:net'
import { type Clock, systemClock } from '../clock.js'
import type { RestartFailedError } from '../runtime/errors.js'
import { turnAway } from '../transport/admission.js'
import { DescriptorWatch } from '../transport/descriptors.js'
import type { Address } from '../transport/server.js'
import { AngelLog } from './angel-log.js'
import { type Connection, ConnectionTable } from './connection-table.js'
import { Listeners, type ListenersHost } from './listeners.js'
import type { WorkerBodies, WorkerMessage } from './messages.js'
import { Supervision } from './supervision.js'
import {
  type Restarted,
  type SupervisorEvent,
  type SupervisorStage,
  stageOf,
  type Trouble,
} from './supervisor-state.js'
import type { WorkerCommand, WorkerHost, WorkerProcess } from './worker-process.js'

/** So many sockets in a row may get lost on their way to a worker before the channel counts as broken. */
const MOST_LOST = 3

/** Connections beyond the limit that a worker may be telling so at a time. */
const TURNED_AWAY = 100

export interface AngelOptions {
  readonly clock?: Clock
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

export class Angel implements WorkerHost, ListenersHost {
  readonly #log = new AngelLog()
  readonly #listeners = new Listeners(this)
  readonly #connections = new ConnectionTable()
  readonly #supervision: Supervision
  readonly #descriptors: DescriptorWatch
  /** Sockets lost in a row. */
  #lost = 0
  readonly #since: number
  readonly #whenEnded: Promise<number>
  #resolveEnded!: (exitCode: number) => void

  constructor(command: WorkerCommand, { clock = systemClock, healthy }: AngelOptions = {}) {
    this.#supervision = new Supervision({
      command,
      clock,
      healthy,
      connections: this.#connections,
      listeners: this.#listeners,
      log: this.#log,
      host: this,
      onEnd: (exitCode) => this.#end(exitCode),
      onError: (error) => this.report(error),
    })
    this.#descriptors = new DescriptorWatch(clock, (message) => this.warn(message))
    this.#since = clock.now()
    this.#whenEnded = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
  }

  /** Resolves with an exit code when the service has been stopped, however that came about. */
  get whenEnded(): Promise<number> {
    return this.#whenEnded
  }

  get status(): AngelStatus {
    const { state, serving, next } = this.#supervision
    const { restarts, crashes, trouble } = state
    return {
      state: stageOf(state),
      worker: (serving ?? next)?.pid,
      since: this.#since,
      addresses: this.#listeners.addresses,
      connections: this.#connections.size,
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
   * @throws RestartFailedError with what the new one had to say.
   */
  restart(): Promise<Restarted> {
    return this.#supervision.restart()
  }

  /** Stops the service politely. Resolves when it has stopped. */
  stop(): Promise<number> {
    this.#supervision.tell({ type: 'stop' })
    return this.#whenEnded
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

  accepted(socket: net.Socket, listener: string, remoteAddress: string | undefined): void {
    const { serving, state } = this.#supervision
    const room = state.settings.maxConnections + (serving === undefined ? 0 : TURNED_AWAY)
    if (this.#connections.size >= room || !this.#descriptors.check()) {
      turnAway(socket)
      return
    }
    const connection = this.#connections.add(socket, listener, remoteAddress)
    // A server that is new in the next version is nothing that this one knows.
    if (serving !== undefined && this.#listeners.isClaimed(serving, listener)) {
      connection.served = true
      serving.sendSocket(connection)
    }
  }

  warn(message: string): void {
    this.#log.warn(message)
  }

  // --- From the workers

  message(worker: WorkerProcess, message: WorkerMessage): void {
    if (!this.#supervision.has(worker)) return
    const serves = worker === this.#supervision.serving
    switch (message.name) {
      case 'keep':
        if (serves) this.#keep(worker, message.key, message.value)
        break
      case 'forget':
        if (serves) this.#connections.forget(message.key)
        break
      case 'closed':
        if (serves) this.#connections.close(message.body.connection)
        break
      case 'listen':
        void this.#listen(worker, message.body)
        break
      case 'unlisten':
        this.#listeners.release(worker, message.body.listener)
        break
      case 'restart':
        this.#restartFor(worker, message.body.request)
        break
      case 'got':
        break
      default:
        this.#supervision.tell({
          type: message.name,
          worker: worker.number,
          body: message.body,
        } as SupervisorEvent)
        return
    }
    this.#supervision.tell({ type: 'beat', worker: worker.number, body: {} })
  }

  damage(worker: WorkerProcess, reason: string): void {
    this.#log.warn(`A message of ${worker} was ignored: ${reason}`)
  }

  socketsArrived(worker: WorkerProcess): void {
    this.#lost = 0
    if (worker === this.#supervision.next) this.#supervision.tell({ type: 'prepared', worker: worker.number })
  }

  socketLost(worker: WorkerProcess, connection: Connection): void {
    if (!this.#connections.has(connection)) return
    const { number } = worker
    if (worker === this.#supervision.next) {
      const reason = `it could not take over connection ${connection.id}. Is it out of file descriptors?`
      this.#supervision.tell({ type: 'broken', worker: number, reason })
    } else if (worker === this.#supervision.serving) {
      this.#log.warn(`Connection ${connection.id} did not reach ${worker}, and is closed.`)
      this.#connections.close(connection.id)
      this.#lost += 1
      if (this.#lost < MOST_LOST) return
      this.#supervision.tell({ type: 'broken', worker: number, reason: 'sockets reach it no longer' })
    }
  }

  ended(worker: WorkerProcess, how: string, exitCode: number): void {
    this.#supervision.ended(worker, how, exitCode)
  }

  async #listen(worker: WorkerProcess, { request, ...target }: WorkerBodies['listen']): Promise<void> {
    try {
      const { listener, address } = await this.#listeners.claim(worker, target as Address)
      worker.tell('listening', { request, listener, address })
      if (worker.ended) this.#listeners.forget(worker)
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException
      worker.tell('refused', { request, reason: message, code })
    }
  }

  #keep(worker: WorkerProcess, key: string, value: Buffer): void {
    if (this.#connections.keep(key, value)) return
    this.#log.warn(`${worker} wants more to be kept than there is room for: ${key} is not.`)
  }

  #restartFor(worker: WorkerProcess, request: number): void {
    // The answer to one that succeeds is that it is to hand over.
    this.#supervision.restart(worker).catch((error: RestartFailedError) => {
      worker.tell('refused', { request, reason: error.reason })
    })
  }

  #end(exitCode: number): void {
    this.#listeners.closeAll()
    this.#connections.closeAll()
    this.#log.info('The service has stopped')
    void this.#log.close().then(() => this.#resolveEnded(exitCode))
  }
}
