/**
 * The supervisor of a service. It owns the listening sockets and a copy of every connection, and looks after the process
 * that serves them, the worker: starts it, replaces it when it is asked to, and when it dies.
 *
 * What must stay true: it reads and writes no client's bytes; whatever a worker does or says, the angel goes on; and the
 * worker that serves is let go only when another one is ready.
 */
import type net from 'node:net'
import { type Clock, systemClock } from '../clock.js'
import { Edge, type EdgeHost } from '../edge/edge.js'
import type { WorkerMessage } from '../edge/messages.js'
import type { RestartFailedError } from '../runtime/errors.js'
import { turnAway } from '../transport/admission.js'
import { DescriptorWatch } from '../transport/descriptors.js'
import type { Address } from '../transport/server.js'
import { AngelLog } from './angel-log.js'
import { Listeners, type ListenersHost } from './listeners.js'
import type { Restarted } from './restart-requests.js'
import { type ShiftState, Shifts, type Trouble } from './shifts.js'
import type { WorkerCommand, WorkerHost, WorkerProcess } from './worker-process.js'

/** Connections beyond the limit that a worker may be telling so at a time. */
const TURNED_AWAY = 100

export interface AngelOptions {
  readonly clock?: Clock
  /** Milliseconds after which a worker counts as well, so that the next one is started at once; a minute by default. */
  readonly healthy?: number
}

export interface AngelStatus {
  readonly state: ShiftState
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

export class Angel implements WorkerHost, ListenersHost, EdgeHost {
  readonly #log = new AngelLog()
  readonly #listeners = new Listeners(this)
  readonly #edge = new Edge(this)
  readonly #shifts: Shifts
  readonly #descriptors: DescriptorWatch
  readonly #since: number
  readonly #whenEnded: Promise<void>
  #resolveEnded!: () => void

  constructor(command: WorkerCommand, { clock = systemClock, healthy }: AngelOptions = {}) {
    this.#shifts = new Shifts({
      command,
      clock,
      healthy,
      edge: this.#edge,
      listeners: this.#listeners,
      log: this.#log,
      host: this,
      onOver: () => this.#end(),
    })
    this.#descriptors = new DescriptorWatch(clock, (message) => this.warn(message))
    this.#since = clock.now()
    this.#whenEnded = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
  }

  /** Resolves when the service has been stopped, however that came about. */
  get whenEnded(): Promise<void> {
    return this.#whenEnded
  }

  get status(): AngelStatus {
    const { state, pid, restarts, crashes, trouble } = this.#shifts
    return {
      state,
      worker: pid,
      since: this.#since,
      addresses: this.#listeners.addresses,
      connections: this.#edge.size,
      restarts,
      crashes,
      trouble,
    }
  }

  start(): void {
    this.#shifts.start()
  }

  /**
   * Replaces the worker by a new one. Whoever asks while that is going on gets the same one.
   *
   * @throws RestartFailedError with what the new one had to say.
   */
  restart(): Promise<Restarted> {
    return this.#shifts.restart()
  }

  /** Stops the service politely. Resolves when it has stopped. */
  stop(): Promise<void> {
    this.#shifts.stop()
    return this.#whenEnded
  }

  /** Ends everything at once. */
  kill(): void {
    this.#shifts.kill()
  }

  /** Something in the angel itself went wrong, which must not end it. */
  report(error: unknown): void {
    this.#log.error('The angel met an error of its own, and goes on', { error })
  }

  // --- From the listeners

  accepted(socket: net.Socket, listener: string, remoteAddress: string | undefined): void {
    const { serving, settings } = this.#shifts
    const room = settings.maxConnections + (serving === undefined ? 0 : TURNED_AWAY)
    if (this.#edge.size >= room || !this.#descriptors.check()) turnAway(socket)
    else this.#edge.accept(socket, { listener, remoteAddress, secure: false })
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
    if (this.#shifts.beat(worker)) this.#shifts.greet(worker, version)
  }

  turn(worker: WorkerProcess, records: Buffer): void {
    // The turn of one that is to serve no more has never been.
    if (this.#shifts.beat(worker) && worker === this.#shifts.serving) this.#edge.turn(records)
  }

  message(worker: WorkerProcess, message: WorkerMessage): void {
    if (!this.#shifts.beat(worker)) return
    switch (message.name) {
      case 'beat':
        break
      case 'settings':
        this.#shifts.learn(worker, message.settings)
        break
      case 'listen':
        void this.#listen(worker, message.request, message.address as Address)
        break
      case 'unlisten':
        this.#listeners.release(worker, message.listener)
        break
      case 'ready':
        this.#shifts.ready(worker)
        break
      case 'serving':
        this.#shifts.serves(worker)
        break
      case 'handling':
        if (worker === this.#shifts.serving) this.#edge.handling(message.connection, message.done)
        break
      case 'restart':
        this.#restartFor(worker, message.request)
        break
      case 'handed-over':
        this.#shifts.handedOver(worker, message.since, message.stop)
        break
      case 'stopping':
        this.#shifts.stops(worker)
        break
      case 'failed':
        worker.failure = message.reason
        break
    }
  }

  ended(worker: WorkerProcess): void {
    this.#shifts.ended(worker)
  }

  async #listen(worker: WorkerProcess, request: number, target: Address): Promise<void> {
    try {
      const { listener, address } = await this.#listeners.claim(worker, target)
      worker.tell({ name: 'listening', request, listener, address })
      if (worker.ended) this.#listeners.forget(worker)
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException
      worker.tell({ name: 'refused', request, reason: message, code })
    }
  }

  #restartFor(worker: WorkerProcess, request: number): void {
    // The answer to one that succeeds is that it is to hand over.
    this.#shifts.restart(worker).catch((error: RestartFailedError) => {
      worker.tell({ name: 'refused', request, reason: error.reason })
    })
  }

  #end(): void {
    this.#listeners.closeAll()
    this.#edge.closeAll()
    this.#log.info('The service has stopped')
    void this.#log.close().then(this.#resolveEnded)
  }
}
