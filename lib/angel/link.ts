/**
 * The worker's side of being guarded: what a service asks of its angel and tells it goes out as messages, and what the
 * angel says and sends comes in.
 */
import type { Socket } from 'node:net'
import { RestartFailedError } from '../runtime/errors.js'
import {
  connectionKey,
  connectionOf,
  type Guarded,
  type GuardedListener,
  type Guardian,
  type GuardianSettings,
  type Inheritance,
  type Ward,
} from '../runtime/guardian.js'
import type { Address } from '../transport/server.js'
import { Arrivals, type ArrivalsHost, type SocketChannel } from './arrivals.js'
import { TICKS } from './heartbeat.js'
import { type AngelBodies, type AngelMessage, MAX_MESSAGE, VERSION } from './messages.js'
import { Wire, type WireHost } from './wire.js'

/** A character may be three bytes long, and a message has a name and a key. */
const MAX_TEXT = MAX_MESSAGE / 3 - 1_000

interface Answer<T> {
  resolve(value: T): void
  reject(error: Error): void
}

export class Link implements Guardian, WireHost, ArrivalsHost {
  readonly version = VERSION
  readonly #wire: Wire
  readonly #channel: SocketChannel
  readonly #arrivals: Arrivals
  readonly #warn: (message: string) => void
  readonly #onOver: () => void
  #ward: Ward | undefined
  #heart: NodeJS.Timeout | undefined
  #lastRequest = 0
  readonly #listens = new Map<number, Answer<GuardedListener>>()
  readonly #restarts = new Map<number, Answer<void>>()
  /** What this process, or the one before it, has last said of each thing that is to outlive it. */
  readonly #kept = new Map<string, string>()
  /** Closed before this process served: as long as another one does, it is for that one to say so. */
  readonly #closedEarly: number[] = []
  #inheriting: ((inheritance: Inheritance) => void) | undefined
  #go: AngelBodies['go'] | undefined
  #serving = false
  #handingOver = false
  #lettingGo = false
  /** What the angel holds is no longer this process's. */
  #over = false

  /**
   * @param warn is told of messages that make no sense.
   * @param onOver is called when the service has stopped, or another process has taken over.
   */
  constructor(
    pipe: Socket,
    channel: SocketChannel,
    warn: (message: string) => void,
    onOver: () => void = () => {},
  ) {
    this.#warn = warn
    this.#onOver = onOver
    this.#wire = new Wire(pipe, this)
    this.#channel = channel
    this.#arrivals = new Arrivals(channel, this)
    this.#keepAlive(false)
    this.#wire.say('hello', { version: VERSION })
  }

  // --- What the service asks

  claim(ward: Ward, settings: GuardianSettings): boolean {
    if (this.#ward !== undefined || this.#over) return false
    this.#ward = ward
    this.#wire.say('settings', {
      ...settings,
      log: Array.isArray(settings.log) ? [...settings.log] : (settings.log as string | boolean | undefined),
    })
    // At once: should the program keep the event loop busy from here on, the angel knows how long it may.
    this.#wire.flush()
    this.#heart = setInterval(() => this.#wire.say('beat', {}), settings.heartbeat / TICKS)
    this.#heart.unref()
    this.#keepAlive(true)
    return true
  }

  listen(target: Address): Promise<GuardedListener> {
    return this.#ask(this.#listens, (request) => this.#wire.say('listen', { request, ...target }))
  }

  inherit(): Promise<Inheritance> {
    this.#wire.say('ready', {})
    return new Promise((resolve) => {
      this.#inheriting = resolve
      this.#checkComplete()
    })
  }

  taken(): void {
    this.#wire.say('taken', {})
    this.#wire.flush()
  }

  serving(): void {
    this.#serving = true
    this.#wire.say('serving', {})
    for (const connection of this.#closedEarly.splice(0)) this.#tellClosed(connection)
    // Before clients are served: from now on this process answers for them.
    this.#wire.flush()
    for (const guarded of this.#arrivals.takeAll()) this.#ward?.accept(guarded)
  }

  keep(key: string, text: string): boolean {
    if (text.length > MAX_TEXT) return false
    if (this.#over || this.#kept.get(key) === text) return true
    this.#kept.set(key, text)
    this.#wire.keep(key, text)
    return true
  }

  forget(key: string): void {
    if (this.#kept.delete(key)) this.#wire.forget(key)
  }

  restart(): Promise<void> {
    // That is what goes on already.
    if (this.#handingOver) return Promise.resolve()
    return this.#ask(this.#restarts, (request) => this.#wire.say('restart', { request }))
  }

  letGo(): void {
    this.#lettingGo = true
  }

  stopping(): void {
    this.#wire.say('stopping', {})
    this.#wire.flush()
  }

  release(): void {
    this.#ward = undefined
    clearInterval(this.#heart)
    this.#wire.flush()
    this.#keepAlive(false)
    // A service that could not start may be started again; one that has served is what the process was for.
    if (this.#serving) this.#onOver()
  }

  /** The last words of a process that fails; they leave at once. */
  failed(reason: string): void {
    this.#wire.say('failed', { reason: reason.slice(0, 4_000) })
    this.#wire.flush()
  }

  // --- What the angel says

  heard(message: AngelMessage): void {
    switch (message.name) {
      case 'keep':
        this.#kept.set(message.key, message.value.toString())
        this.#prepare(message.key)
        break
      case 'forget':
        this.#kept.delete(message.key)
        break
      case 'listening':
        this.#listening(message.body)
        break
      case 'refused':
        this.#refused(message.body)
        break
      case 'go':
        this.#go = message.body
        this.#checkComplete()
        break
      case 'hand-over':
        void this.#handOver()
        break
      case 'stop':
        this.#ward?.stop()
        break
    }
  }

  warn(message: string): void {
    this.#warn(message)
  }

  /** Without it nobody holds the clients' connections but this process, and nobody can be let in. */
  angelGone(): void {
    if (this.#over) return
    this.#over = true
    for (const { reject } of [...this.#listens.values(), ...this.#restarts.values()]) {
      reject(new RestartFailedError('the angel has gone.'))
    }
    // One that serves nobody has nobody to say goodbye to.
    if (this.#ward === undefined || !this.#serving) process.exit(1)
    this.#ward.stop()
  }

  #listening({ request, listener, address }: AngelBodies['listening']): void {
    const close = (): void => {
      if (!this.#over) this.#wire.say('unlisten', { listener })
    }
    this.#take(this.#listens, request)?.resolve({ listener, address: address as Address, close })
  }

  #refused({ request, reason, code }: AngelBodies['refused']): void {
    this.#take(this.#listens, request)?.reject(Object.assign(new Error(reason), { code }))
    this.#take(this.#restarts, request)?.reject(new RestartFailedError(reason))
  }

  async #handOver(): Promise<void> {
    if (this.#ward === undefined || !this.#serving) return
    this.#handingOver = true
    // Whoever asked is told before all else: a handler that waits for it would hold everything up.
    for (const { resolve } of this.#restarts.values()) resolve()
    this.#restarts.clear()
    this.#wire.say('handed-over', await this.#ward.handOver())
    this.#over = true
    this.release()
    // Nobody waits for this process any more, so it can take its time.
    this.#arrivals.closeAll()
  }

  // --- Sockets

  get wantsSockets(): boolean {
    return !this.#over && !this.#lettingGo
  }

  got(connection: number): void {
    this.#wire.say('got', { connection })
  }

  arrived(guarded: Guarded): void {
    const { connection } = guarded
    if (this.#serving) {
      this.#arrivals.take([connection])
      this.#ward?.accept(guarded)
    } else {
      this.#prepare(connectionKey(connection))
      this.#checkComplete()
    }
  }

  closed(connection: number): void {
    if (this.#over || this.#lettingGo) return
    if (this.#serving) this.#tellClosed(connection)
    else this.#closedEarly.push(connection)
  }

  #tellClosed(connection: number): void {
    this.#kept.delete(connectionKey(connection))
    this.#wire.say('closed', { connection })
  }

  /** A connection's socket and what is kept of it come by different ways. */
  #prepare(key: string): void {
    if (this.#inheriting === undefined) return
    const guarded = this.#arrivals.waiting(connectionOf(key) ?? -1)
    const kept = this.#kept.get(key)
    if (guarded !== undefined && kept !== undefined) this.#ward?.prepare(guarded, kept)
  }

  /** The word to serve and the last of the sockets come by different ways. */
  #checkComplete(): void {
    const resolve = this.#inheriting
    if (resolve === undefined || this.#go === undefined) return
    const { restart, crash, since, connections: ids } = this.#go
    const connections = this.#arrivals.take(ids)
    if (connections === undefined) return
    this.#inheriting = undefined
    resolve({ restart, crash, since, connections, kept: this.#kept })
  }

  // --- Requests

  #ask<T>(answers: Map<number, Answer<T>>, send: (request: number) => void): Promise<T> {
    if (this.#over) return Promise.reject(new RestartFailedError('the angel has gone.'))
    this.#lastRequest += 1
    const request = this.#lastRequest
    return new Promise((resolve, reject) => {
      answers.set(request, { resolve, reject })
      send(request)
    })
  }

  #take<T>(answers: Map<number, Answer<T>>, request: number): Answer<T> | undefined {
    const answer = answers.get(request)
    answers.delete(request)
    return answer
  }

  #keepAlive(alive: boolean): void {
    this.#wire.keepAlive(alive)
    if (alive) this.#channel.channel?.ref()
    else this.#channel.channel?.unref()
  }
}
