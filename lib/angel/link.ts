/**
 * The worker's end of the wire to its angel: what a service asks and says goes out as messages, and what the angel says
 * and sends comes in.
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
import { socketOf } from '../transport/handle.js'
import type { Address } from '../transport/server.js'
import { LineReader } from './lines.js'
import {
  type AngelBodies,
  type AngelMessage,
  Damage,
  formatForget,
  formatKeep,
  formatMessage,
  MAX_MESSAGE,
  readAngelMessage,
  socketNote,
  VERSION,
  type WorkerBodies,
} from './messages.js'
import { TICKS } from './pulse.js'

/** Characters gathered before they leave even within a turn. */
const EARLY_FLUSH = 64 * 1024
/** A character may be three bytes long, and a message has a name and a key. */
const MAX_TEXT = MAX_MESSAGE / 3 - 1_000

/** Node's channel to the angel, on which sockets come: `process`. */
export interface SocketChannel {
  on(event: 'message', listener: (note: unknown, handle: unknown) => void): unknown
  readonly channel?: { ref(): void; unref(): void } | null | undefined
}

interface Answer<T> {
  resolve(value: T): void
  reject(error: Error): void
}

export class Link implements Guardian {
  readonly version = VERSION
  readonly #pipe: Socket
  readonly #channel: SocketChannel
  readonly #warn: (message: string) => void
  readonly #onOver: () => void
  #out = ''
  #ward: Ward | undefined
  #heart: NodeJS.Timeout | undefined
  #lastRequest = 0
  readonly #listens = new Map<number, Answer<GuardedListener>>()
  readonly #restarts = new Map<number, Answer<void>>()
  /** Sockets that are here and nobody serves yet. */
  readonly #waiting = new Map<number, Guarded>()
  /** Sockets that are here and open, served or not. */
  readonly #sockets = new Map<number, Socket>()
  #kept = new Map<string, string>()
  /** Closed before this process served. */
  readonly #closedEarly: number[] = []
  #inheriting: ((inheritance: Inheritance) => void) | undefined
  #go: AngelBodies['go'] | undefined
  #serving = false
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
    this.#pipe = pipe
    this.#channel = channel
    this.#warn = warn
    this.#onOver = onOver
    const lines = new LineReader(MAX_MESSAGE, {
      line: (line) => this.#line(line),
      tooLong: () =>
        this.#warn(`A message of the angel's was ignored: it is longer than ${MAX_MESSAGE} bytes.`),
    })
    pipe.on('data', (chunk: Buffer) => lines.push(chunk))
    pipe.on('error', () => pipe.destroy())
    pipe.on('close', () => this.#angelGone())
    channel.on('message', (note, handle) => this.#received(note, handle))
    this.#keepAlive(false)
    this.#say('hello', { version: VERSION })
  }

  // --- What the service asks

  claim(ward: Ward, settings: GuardianSettings): boolean {
    if (this.#ward !== undefined || this.#over) return false
    this.#ward = ward
    this.#say('settings', {
      ...settings,
      log: Array.isArray(settings.log) ? [...settings.log] : (settings.log as string | boolean | undefined),
    })
    // At once: should the program keep the event loop busy from here on, the angel knows how long it may.
    this.flush()
    this.#heart = setInterval(() => this.#say('beat', {}), settings.heartbeat / TICKS)
    this.#heart.unref()
    this.#keepAlive(true)
    return true
  }

  async listen(target: Address): Promise<GuardedListener> {
    return this.#ask(this.#listens, (request) => this.#say('listen', { request, ...target }))
  }

  inherit(): Promise<Inheritance> {
    this.#say('ready', {})
    return new Promise((resolve) => {
      this.#inheriting = resolve
      this.#checkComplete()
    })
  }

  serving(): void {
    this.#serving = true
    this.#say('serving', {})
    for (const connection of this.#closedEarly.splice(0)) this.#tellClosed(connection)
    // Before clients are served: from now on this process answers for them.
    this.flush()
    for (const guarded of [...this.#waiting.values()]) this.#accept(guarded)
  }

  keep(key: string, text: string): boolean {
    if (text.length > MAX_TEXT) return false
    if (this.#over || this.#kept.get(key) === text) return true
    this.#kept.set(key, text)
    this.#write(formatKeep(key, text))
    return true
  }

  forget(key: string): void {
    if (this.#kept.delete(key)) this.#write(formatForget(key))
  }

  restart(): Promise<void> {
    return this.#ask(this.#restarts, (request) => this.#say('restart', { request }))
  }

  letGo(): void {
    this.#lettingGo = true
  }

  stopping(): void {
    this.#say('stopping', {})
    this.flush()
  }

  release(): void {
    this.#ward = undefined
    clearInterval(this.#heart)
    this.flush()
    this.#keepAlive(false)
    // A service that could not start may be started again; one that has served is what the process was for.
    if (this.#serving) this.#onOver()
  }

  /** The last words of a process that fails; they leave at once. */
  failed(reason: string): void {
    this.#say('failed', { reason: reason.slice(0, 4_000) })
    this.flush()
  }

  // --- What the angel says

  #line(line: Buffer): void {
    const message = readAngelMessage(line)
    if (message instanceof Damage) this.#warn(`A message of the angel's was ignored: ${message.reason}.`)
    else this.#heard(message)
  }

  #heard(message: AngelMessage): void {
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

  #listening({ request, listener, address }: AngelBodies['listening']): void {
    const close = (): void => {
      if (!this.#over) this.#say('unlisten', { listener })
    }
    this.#take(this.#listens, request)?.resolve({ listener, address: address as Address, close })
  }

  #refused({ request, reason, code }: AngelBodies['refused']): void {
    this.#take(this.#listens, request)?.reject(Object.assign(new Error(reason), { code }))
    this.#take(this.#restarts, request)?.reject(new RestartFailedError(reason))
  }

  async #handOver(): Promise<void> {
    if (this.#ward === undefined || !this.#serving) return
    // Whoever asked is told before all else: a handler that waits for it would hold everything up.
    for (const { resolve } of this.#restarts.values()) resolve()
    this.#restarts.clear()
    this.#say('handed-over', await this.#ward.handOver())
    this.#over = true
    this.flush()
    this.#waiting.clear()
    this.release()
    // Nobody waits for this process any more, so it can take its time.
    for (const socket of this.#sockets.values()) socket.destroy()
  }

  /** Without it nobody holds the clients' connections but this process, and nobody can be let in. */
  #angelGone(): void {
    if (this.#over) return
    this.#over = true
    for (const { reject } of [...this.#listens.values(), ...this.#restarts.values()]) {
      reject(new RestartFailedError('the angel has gone.'))
    }
    // One that serves nobody has nobody to say goodbye to.
    if (this.#ward === undefined || !this.#serving) process.exit(1)
    this.#ward.stop()
  }

  // --- Sockets

  #received(note: unknown, handle: unknown): void {
    const { success, data } = socketNote.safeParse(note)
    // A program may be sent messages of its own.
    if (!success) return
    if ('gone' in data) {
      const socket = this.#sockets.get(data.gone)
      this.#waiting.delete(data.gone)
      socket?.destroy()
      return
    }
    const { connection, listener, remoteAddress } = data
    if (handle === undefined || handle === null) return
    const socket = socketOf(handle)
    if (this.#over) {
      socket.destroy()
      return
    }
    this.#say('got', { connection })
    const guarded = { connection, socket, listener, remoteAddress }
    this.#sockets.set(connection, socket)
    socket.once('close', () => this.#closed(connection))
    if (this.#serving) this.#accept(guarded)
    else {
      this.#waiting.set(connection, guarded)
      this.#prepare(connectionKey(connection))
      this.#checkComplete()
    }
  }

  /** A connection's socket and what is kept of it come by different ways. */
  #prepare(key: string): void {
    if (this.#inheriting === undefined) return
    const guarded = this.#waiting.get(connectionOf(key) ?? -1)
    const kept = this.#kept.get(key)
    if (guarded !== undefined && kept !== undefined) this.#ward?.prepare(guarded, kept)
  }

  #accept(guarded: Guarded): void {
    this.#waiting.delete(guarded.connection)
    this.#ward?.accept(guarded)
  }

  /** The socket is closed on this side: now the angel's copy is all that keeps the connection open. */
  #closed(connection: number): void {
    this.#sockets.delete(connection)
    if (this.#over || this.#lettingGo) return
    // As long as another process serves it, it is for that one to say so.
    if (!this.#serving) this.#closedEarly.push(connection)
    else this.#tellClosed(connection)
  }

  #tellClosed(connection: number): void {
    this.#kept.delete(connectionKey(connection))
    this.#say('closed', { connection })
  }

  /** The word to serve and the last of the sockets come by different ways. */
  #checkComplete(): void {
    const resolve = this.#inheriting
    if (resolve === undefined || this.#go === undefined) return
    const { restart, crash, since, connections } = this.#go
    if (!connections.every((connection) => this.#waiting.has(connection))) return
    this.#inheriting = undefined
    const inherited = connections.map((connection) => this.#waiting.get(connection) as Guarded)
    for (const connection of connections) this.#waiting.delete(connection)
    resolve({ restart, crash, since, connections: inherited, kept: this.#kept })
  }

  // --- The wire

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

  #say<Name extends keyof WorkerBodies & string>(name: Name, body: WorkerBodies[Name]): void {
    this.#write(formatMessage(name, body))
  }

  /** Messages of one turn leave together. */
  #write(message: string): void {
    if (this.#out === '') process.nextTick(() => this.flush())
    this.#out += message
    if (this.#out.length > EARLY_FLUSH) this.flush()
  }

  /** Sends what is gathered. */
  flush(): void {
    const out = this.#out
    this.#out = ''
    if (out !== '' && this.#pipe.writable) this.#pipe.write(out)
  }

  #keepAlive(alive: boolean): void {
    if (alive) {
      this.#pipe.ref()
      this.#channel.channel?.ref()
    } else {
      this.#pipe.unref()
      this.#channel.channel?.unref()
    }
  }
}
