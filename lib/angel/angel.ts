/**
 * The supervisor of a service. It owns the listening sockets and a copy of every connection, and looks after the process
 * that serves them, the worker: starts it, replaces it when it is asked to, and when it dies.
 *
 * What must stay true: it reads and writes no client's bytes; whatever a worker does or says, the angel goes on; and the
 * worker that serves is let go only when another one is ready.
 */
import type net from 'node:net'
import { type Clock, systemClock } from '../clock.js'
import { RestartFailedError } from '../runtime/errors.js'
import { connectionKey } from '../runtime/guardian.js'
import type { Address } from '../transport/server.js'
import { AngelLog } from './angel-log.js'
import { Attendance, DEFAULT_SETTINGS } from './attendance.js'
import { Backoff } from './backoff.js'
import { type Connection, Connections } from './connections.js'
import { Kept } from './kept.js'
import { Listeners, type ListenersHost } from './listeners.js'
import type { WorkerBodies, WorkerMessage } from './messages.js'
import { type Restarted, RestartRequests } from './restart-requests.js'
import { type WorkerCommand, type WorkerHost, WorkerProcess } from './worker-process.js'

/** How long a worker that has handed over may take to end, in milliseconds. */
const LEAVE_TIMEOUT = 10_000
/** So many sockets in a row may get lost on their way to a worker before the channel counts as broken. */
const MOST_LOST = 3

export interface AngelOptions {
  readonly clock?: Clock
  /** Milliseconds after which a worker counts as well, so that the next one is started at once; a minute by default. */
  readonly healthy?: number
}

export interface AngelStatus {
  readonly state: 'starting' | 'serving' | 'restarting' | 'down' | 'stopping'
  /** The process that serves, or is about to. */
  readonly worker: number | undefined
  /** When the angel began, in milliseconds since the epoch. */
  readonly since: number
  readonly addresses: readonly Address[]
  readonly connections: number
  readonly restarts: number
  readonly crashes: number
  /** What went wrong last, and when. */
  readonly trouble: { readonly at: number; readonly what: string } | undefined
}

export class Angel implements WorkerHost, ListenersHost {
  readonly #command: WorkerCommand
  readonly #clock: Clock
  readonly #log = new AngelLog()
  readonly #listeners = new Listeners(this)
  readonly #connections = new Connections()
  readonly #kept = new Kept()
  readonly #backoff: Backoff
  readonly #restartRequests = new RestartRequests()
  /** All workers whose process has not ended. */
  readonly #attended = new Map<WorkerProcess, Attendance>()
  /** The one that serves; there is none after a crash. */
  #serving: Attendance | undefined
  /** The one that is to serve next. */
  #next: Attendance | undefined
  /** When the next one will be started. */
  #wait: unknown
  #settings = DEFAULT_SETTINGS
  /** Since when nobody has served. */
  #downSince: number | undefined
  /** What is kept is all there is: it was handed over, and nobody has served since. */
  #whole = false
  #lost = 0
  #stopping = false
  readonly #since: number
  #restarts = 0
  #crashes = 0
  #trouble: AngelStatus['trouble']
  readonly #whenEnded: Promise<void>
  #resolveEnded!: () => void

  constructor(command: WorkerCommand, { clock = systemClock, healthy }: AngelOptions = {}) {
    this.#command = command
    this.#clock = clock
    this.#backoff = new Backoff(healthy)
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
    const current = this.#serving ?? this.#next
    return {
      state: this.#state,
      worker: current?.worker.pid,
      since: this.#since,
      addresses: this.#listeners.addresses,
      connections: this.#connections.size,
      restarts: this.#restarts,
      crashes: this.#crashes,
      trouble: this.#trouble,
    }
  }

  get #state(): AngelStatus['state'] {
    if (this.#stopping || this.#serving?.stopping) return 'stopping'
    if (this.#serving !== undefined) return this.#next === undefined ? 'serving' : 'restarting'
    return this.#next === undefined ? 'down' : 'starting'
  }

  start(): void {
    this.#startNext()
  }

  /**
   * Replaces the worker by a new one. Whoever asks while that is going on gets the same one.
   *
   * @throws RestartFailedError with what the new one had to say.
   */
  restart(): Promise<Restarted> {
    if (this.#state === 'stopping') return Promise.reject(new RestartFailedError('the service is stopping.'))
    const done = this.#restartRequests.add(this.#clock.now())
    // One that is taking over is as new as can be.
    if (this.#next === undefined && this.#serving?.stage !== 'taking over') this.#startNext()
    return done
  }

  /** Stops the service politely. Resolves when it has stopped. */
  stop(): Promise<void> {
    if (this.#stopping) return this.#whenEnded
    this.#stopping = true
    this.#restartRequests.failed('the service is stopping.')
    this.#clock.clearTimeout(this.#wait)
    const { settings } = this.#serving ?? {}
    for (const attendance of this.#attended.values()) {
      if (attendance !== this.#serving) attendance.worker.kill()
    }
    if (this.#serving === undefined || settings === undefined) this.#checkEnded()
    else if (!this.#serving.stopping) {
      this.#serving.worker.tell('stop', {})
      this.#expectEnd(this.#serving)
    }
    return this.#whenEnded
  }

  /** Ends everything at once. */
  kill(): void {
    void this.stop()
    for (const worker of this.#attended.keys()) worker.kill()
  }

  /** Something in the angel itself went wrong, which must not end it. */
  report(error: unknown): void {
    this.#log.error('The angel met an error of its own, and goes on', { error })
  }

  // --- From the listeners

  accepted(socket: net.Socket, listener: string, remoteAddress: string | undefined): void {
    const { maxConnections } = this.#settings
    if (this.#serving === undefined && this.#connections.size >= maxConnections) {
      socket.on('error', () => {})
      socket.end('The service is full. Please try again later.\r\n', () => socket.destroy())
      return
    }
    const connection = this.#connections.add(socket, listener, remoteAddress)
    this.#serving?.worker.sendSocket(connection)
    if (this.#next?.stage === 'ready') this.#next.worker.sendSocket(connection)
  }

  warn(message: string): void {
    this.#log.warn(message)
  }

  // --- From the workers

  message(worker: WorkerProcess, message: WorkerMessage): void {
    const attendance = this.#attended.get(worker)
    if (attendance === undefined) return
    attendance.beat()
    switch (message.name) {
      case 'keep':
        this.#keep(attendance, message.key, message.value)
        break
      case 'forget':
        this.#forget(attendance, message.key)
        break
      case 'closed':
        this.#closed(attendance, message.body.connection)
        break
      case 'beat':
      case 'hello':
      case 'got':
        break
      case 'settings':
        this.#learn(attendance, message.body)
        break
      case 'listen':
        void this.#listen(attendance, message.body)
        break
      case 'unlisten':
        this.#listeners.release(worker, message.body.listener)
        break
      case 'ready':
        this.#ready(attendance)
        break
      case 'serving':
        this.#serves(attendance)
        break
      case 'restart':
        this.#restartFor(attendance, message.body.request)
        break
      case 'handed-over':
        this.#handedOver(attendance, message.body.since)
        break
      case 'stopping':
        this.#stops(attendance)
        break
      case 'failed':
        worker.failure = message.body.reason
        break
    }
  }

  damage(worker: WorkerProcess, reason: string): void {
    this.#log.warn(`A message of ${worker} was ignored: ${reason}`)
  }

  socketsArrived(worker: WorkerProcess): void {
    this.#lost = 0
    if (this.#next?.worker === worker) this.#relieve()
  }

  socketLost(worker: WorkerProcess, connection: Connection): void {
    if (!this.#connections.has(connection)) return
    if (this.#next?.worker === worker) {
      worker.failure = `it could not take over connection ${connection.id}. Is it out of file descriptors?`
      worker.kill()
      return
    }
    if (this.#serving?.worker !== worker) return
    this.#log.warn(`Connection ${connection.id} did not reach ${worker}, and is closed.`)
    this.#connections.close(connection.id)
    this.#lost += 1
    if (this.#lost < MOST_LOST) return
    worker.failure = 'sockets reach it no longer'
    worker.kill()
  }

  ended(worker: WorkerProcess): void {
    const attendance = this.#attended.get(worker)
    if (attendance === undefined) return
    attendance.release()
    this.#attended.delete(worker)
    this.#listeners.forget(worker)
    if (attendance === this.#next) this.#nextEnded(attendance)
    else if (attendance === this.#serving) this.#servingEnded(attendance)
    else if (attendance.stage === 'leaving') this.#log.info(`${worker} has left: it ${worker.end}`)
    this.#checkEnded()
  }

  // --- One after the other

  #startNext(): void {
    this.#clock.clearTimeout(this.#wait)
    this.#wait = undefined
    if (this.#stopping) return
    const worker = new WorkerProcess(this.#command, this, this.#clock)
    const attendance = new Attendance(worker, this.#settings, this.#clock)
    this.#attended.set(worker, attendance)
    this.#next = attendance
    this.#log.info(`${worker} starts`)
    this.#expectReady(attendance)
  }

  #expectReady(attendance: Attendance): void {
    const { readyTimeout } = attendance.settings
    attendance.within(Math.max(0, attendance.startedAt + readyTimeout - this.#clock.now()), () => {
      attendance.worker.failure ??= `it was not ready within ${readyTimeout} ms (setting readyTimeout)`
      attendance.worker.kill()
    })
  }

  #learn(attendance: Attendance, settings: WorkerBodies['settings']): void {
    attendance.settings = settings
    // Until somebody serves, the newest worker's word is the best there is.
    if (this.#serving === undefined) this.#adopt(settings)
    if (attendance.stage === 'starting') this.#expectReady(attendance)
  }

  #adopt(settings: WorkerBodies['settings']): void {
    this.#settings = settings
    this.#log.choose(settings)
  }

  async #listen(attendance: Attendance, { request, ...target }: WorkerBodies['listen']): Promise<void> {
    const { worker } = attendance
    try {
      const { listener, address } = await this.#listeners.claim(worker, target as Address)
      worker.tell('listening', { request, listener, address })
      if (worker.ended) this.#listeners.forget(worker)
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException
      worker.tell('refused', { request, reason: message, code })
    }
  }

  /** It gets all sockets while the other one goes on serving, so that nobody waits for them later. */
  #ready(attendance: Attendance): void {
    if (attendance !== this.#next || attendance.stage !== 'starting') return
    attendance.inTime()
    attendance.stage = 'ready'
    for (const connection of this.#connections) attendance.worker.sendSocket(connection)
    for (const [key, value] of this.#kept) attendance.worker.tellKept(key, value)
    this.#relieve()
  }

  /** Lets the next one take the place of the one that serves, as soon as nothing stands against it. */
  #relieve(): void {
    const next = this.#next
    if (next?.stage !== 'ready') return
    const serving = this.#serving
    if (serving === undefined) {
      this.#go(next)
      return
    }
    if (serving.stage !== 'serving' || serving.stopping || next.worker.awaitsSockets) return
    serving.stage = 'handing over'
    serving.worker.tell('hand-over', {})
    serving.within(serving.settings.handOverTimeout, () => {
      serving.worker.failure = `it did not hand over within ${serving.settings.handOverTimeout} ms`
      serving.worker.kill()
    })
  }

  #handedOver(attendance: Attendance, since: number): void {
    if (attendance !== this.#serving || attendance.stage !== 'handing over') return
    attendance.release()
    attendance.stage = 'leaving'
    attendance.within(LEAVE_TIMEOUT, () => attendance.worker.kill())
    this.#serving = undefined
    this.#downSince = since
    this.#whole = true
    // It may have died since it was ready: then the one that is started in its place finds everything here.
    this.#relieve()
  }

  #go(next: Attendance): void {
    const { worker } = next
    const restart = this.#downSince !== undefined
    this.#next = undefined
    this.#serving = next
    next.stage = 'taking over'
    worker.tell('go', {
      restart,
      crash: restart && !this.#whole,
      since: this.#downSince ?? this.#clock.now(),
      connections: this.#connections.ids,
    })
    next.watch((silentSince) => this.#blocked(next, silentSince))
    next.within(next.settings.readyTimeout, () => {
      worker.failure = `it did not take over within ${next.settings.readyTimeout} ms`
      worker.kill()
    })
  }

  #serves(attendance: Attendance): void {
    if (attendance !== this.#serving || attendance.stage !== 'taking over') return
    attendance.inTime()
    attendance.stage = 'serving'
    attendance.servesSince = this.#clock.now()
    this.#adopt(attendance.settings)
    this.#listeners.prune()
    const now = this.#clock.now()
    const pause = this.#downSince === undefined ? 0 : Math.max(0, now - this.#downSince)
    if (this.#whole) this.#restarts += 1
    this.#whole = false
    const kept = this.#downSince === undefined ? '' : `; ${this.#clients} waited ${pause} ms`
    this.#log.info(`${attendance} serves${kept}`)
    this.#downSince = undefined
    this.#restartRequests.succeeded({ worker: attendance.worker.pid ?? 0, pause }, now)
    // Another one may have become ready meanwhile.
    this.#relieve()
  }

  #blocked(attendance: Attendance, silentSince: number): void {
    attendance.silentSince = silentSince
    attendance.worker.failure =
      `it gave no sign of life for ${attendance.settings.heartbeat} ms (setting heartbeat): ` +
      'something in it keeps the event loop busy'
    attendance.worker.kill()
  }

  // --- Ends

  #nextEnded(attendance: Attendance): void {
    this.#next = undefined
    if (this.#stopping) return
    const what = `the new ${attendance} failed: ${attendance.worker.end}`
    this.#trouble = { at: this.#clock.now(), what }
    this.#restartRequests.failed(`${what}.`)
    if (this.#serving === undefined) {
      this.#again(what, 0)
    } else {
      this.#listeners.prune()
      this.#log.error(`A restart was given up, and ${this.#serving} goes on: ${what}`)
    }
  }

  #servingEnded(attendance: Attendance): void {
    this.#serving = undefined
    if (this.#stopping) return
    if (attendance.stopping) {
      // The service has stopped by itself: that is what it wants.
      void this.stop()
      return
    }
    const now = this.#clock.now()
    this.#crashes += 1
    // Where it died while it took over, clients have been waiting for longer than that.
    this.#downSince ??= attendance.silentSince ?? now
    const what = `${attendance} died: ${attendance.worker.end}`
    this.#trouble = { at: now, what }
    if (attendance.stage === 'taking over') this.#restartRequests.failed(`${what}.`)
    if (this.#next === undefined) {
      this.#again(what, attendance.servesSince === undefined ? 0 : now - attendance.servesSince)
    } else {
      this.#log.error(`${what}. Connected are ${this.#clients}; ${this.#next} will serve them.`)
      this.#relieve()
    }
  }

  /** Nobody serves: starts another one, after a while that grows. */
  #again(what: string, served: number): void {
    const delay = this.#backoff.after(served)
    const when = delay === 0 ? 'at once' : `in ${delay / 1000} s`
    this.#log.error(`${what}. Connected are ${this.#clients}; another worker starts ${when}.`)
    this.#wait = this.#clock.setTimeout(() => this.#startNext(), delay)
  }

  get #clients(): string {
    const { size } = this.#connections
    return size === 1 ? '1 client' : `${size} clients`
  }

  #stops(attendance: Attendance): void {
    if (attendance !== this.#serving || attendance.stopping) return
    this.#restartRequests.failed('the service is stopping.')
    this.#next?.worker.kill()
    this.#expectEnd(attendance)
  }

  #expectEnd(attendance: Attendance): void {
    attendance.stopping = true
    attendance.release()
    attendance.within(attendance.settings.stopTimeout, () => {
      this.#log.warn(
        `${attendance} had not stopped within ${attendance.settings.stopTimeout} ms, and is killed`,
      )
      attendance.worker.kill()
    })
  }

  #checkEnded(): void {
    if (!this.#stopping || this.#attended.size > 0) return
    this.#listeners.closeAll()
    this.#connections.closeAll()
    this.#log.info('The service has stopped')
    void this.#log.close().then(this.#resolveEnded)
  }

  // --- What is kept

  #keep(attendance: Attendance, key: string, value: Buffer): void {
    if (attendance !== this.#serving) return
    if (this.#kept.set(key, value)) {
      if (this.#next?.stage === 'ready') this.#next.worker.tellKept(key, value)
    } else this.#log.warn(`${attendance} wants more to be kept than there is room for: ${key} is not.`)
  }

  #forget(attendance: Attendance, key: string): void {
    if (attendance !== this.#serving) return
    this.#kept.delete(key)
    if (this.#next?.stage === 'ready') this.#next.worker.tellForgotten(key)
  }

  #closed(attendance: Attendance, id: number): void {
    if (attendance !== this.#serving) return
    this.#connections.close(id)
    this.#forget(attendance, connectionKey(id))
    if (this.#next?.stage === 'ready') this.#next.worker.dropSocket(id)
  }

  #restartFor(attendance: Attendance, request: number): void {
    // The answer to one that succeeds is that it is to hand over.
    this.restart().catch((error: RestartFailedError) => {
      attendance.worker.tell('refused', { request, reason: error.reason })
    })
  }
}
