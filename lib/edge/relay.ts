/**
 * The worker's end of the pipe to its edge. What the service does in a turn is gathered and sent as one frame when the turn
 * ends; what the edge sends is handed to the connections.
 */
import type { Duplex } from 'node:stream'
import type {
  DivergenceReport,
  EdgeClient,
  EdgeListener,
  EdgePort,
  HandedOver,
  Inheritance,
  RelayedConnection,
  WorkerSettings,
} from '../runtime/edge-port.js'
import { RestartFailedError } from '../runtime/errors.js'
import type { Address, ServerDescription } from '../transport/server.js'
import { Backlog } from './backlog.js'
import { FrameError } from './bytes.js'
import {
  BEATS,
  type EdgeFrame,
  FrameReader,
  greeting,
  MAX_CHUNKS,
  message,
  type OpenFrame,
  readEdgeFrame,
} from './frames.js'
import { type EdgeMessage, readEdgeMessage, type WorkerMessage } from './messages.js'
import { OpenedConnections } from './opened-connections.js'
import { Relayed } from './relayed-connection.js'
import { WorkerTurn } from './worker-turn.js'

/** Characters of one thing that is kept. */
const MAX_KEPT = 10 * 1024 * 1024

type Go = Omit<Extract<EdgeMessage, { name: 'go' }>, 'name'>

interface Answer<T> {
  resolve(value: T): void
  reject(error: Error): void
}

export interface RelayOptions {
  /** Is told of frames that make no sense. */
  warn?(message: string): void
  /** The service has prepared what it is going to take over. */
  prepared?(): void
  /** The service has stopped, or another worker has taken over; `atOnce` if the process must end now. */
  over?(atOnce: boolean): void
}

/** A socket, or what stands for one; while it is `ref`ed it keeps the process running. */
export interface Pipe extends Duplex {
  ref(): unknown
  unref(): unknown
}

export class Relay implements EdgePort {
  key: Uint8Array = new Uint8Array()
  trial = false
  readonly #pipe: Pipe
  readonly #host: RelayOptions
  #client: EdgeClient | undefined
  #settings: WorkerSettings | undefined
  #heart: NodeJS.Timeout | undefined
  readonly #connections = new Map<number, Relayed>()
  readonly #kept = new Map<string, string>()
  readonly #turn: WorkerTurn
  readonly #backlog: Backlog
  #lastRequest = 0
  readonly #listens = new Map<number, Answer<EdgeListener>>()
  readonly #restarts = new Map<number, Answer<void>>()
  readonly #opened = new OpenedConnections()
  #inheriting: ((inheritance: Inheritance) => void) | undefined
  #serving = false
  #handingOver = false
  /** What the edge holds is no longer this worker's. */
  #over = false

  constructor(pipe: Pipe, host: RelayOptions = {}) {
    this.#pipe = pipe
    this.#host = host
    this.#backlog = new Backlog(pipe)
    this.#turn = new WorkerTurn({
      describe: (connection) => this.#client?.describe(connection, this.#isLate(connection)),
      isLate: (connection) => this.#serving && this.#isLate(connection),
      send: (frame, left) => this.#pipe.write(frame, left),
      ending: () => (this.#client === undefined ? this.endTurn() : this.#client.endTurn()),
    })
    const reader = new FrameReader((bytes) => this.#frame(bytes))
    pipe.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk)
      } catch (error) {
        this.#notUnderstood(error)
      }
    })
    pipe.on('error', () => pipe.destroy())
    pipe.on('close', () => this.#edgeGone())
    pipe.unref()
    this.#write(greeting())
  }

  // --- What the service asks

  claim(client: EdgeClient, settings: WorkerSettings): boolean {
    if (this.#client !== undefined || this.#over) return false
    this.#client = client
    this.#settings = settings
    this.#say({ name: 'settings', settings })
    this.#heart = setInterval(() => this.#say({ name: 'beat' }), settings.heartbeat / BEATS)
    this.#heart.unref()
    this.#pipe.ref()
    return true
  }

  listen(description: ServerDescription): Promise<EdgeListener> {
    return this.#ask(this.#listens, (request) => this.#say({ name: 'listen', request, server: description }))
  }

  inherit(): Promise<Inheritance> {
    this.#say({ name: 'ready' })
    return new Promise((resolve) => {
      this.#inheriting = resolve
    })
  }

  preflighted(divergences: readonly DivergenceReport[]): void {
    this.#say({ name: 'preflighted', divergences })
  }

  serving(): void {
    this.#serving = true
    this.#say({ name: 'serving' })
    // Also those that are closed by now: only the service can say that it has done with them.
    for (const connection of this.#opened.takeRest()) this.#client?.accept(connection)
  }

  keep(key: string, text: string): boolean {
    if (text.length > MAX_KEPT) return false
    if (this.#over || this.#kept.get(key) === text) return true
    this.#kept.set(key, text)
    this.#turn.keep(key, text)
    return true
  }

  forget(key: string): void {
    if (!this.#kept.delete(key)) return
    this.#turn.forget(key)
  }

  restart(): Promise<void> {
    // That is what goes on already.
    if (this.#handingOver) return Promise.resolve()
    return this.#ask(this.#restarts, (request) => this.#say({ name: 'restart', request }))
  }

  stopping(): void {
    this.#say({ name: 'stopping' })
  }

  release(): void {
    this.#client = undefined
    this.endTurn()
    this.#pipe.unref()
    const { over } = this.#host
    // A service that could not start may be started again; one that has served is what the process was for. Until that
    // ends, it is alive.
    if (over !== undefined && (this.#serving || this.#over)) over(false)
    else clearInterval(this.#heart)
  }

  /** The last words of a process that fails. @param error what ends it. */
  failed(reason: string, error: unknown): void {
    const connection = this.#client?.culprit(error)?.id
    this.#say({ name: 'failed', reason: reason.slice(0, 4_000), connection })
  }

  /** The last words of a process that its program ends: only whose handler does so is worth telling. */
  exiting(): void {
    const connection = this.#client?.culprit(undefined)?.id
    if (connection !== undefined) this.#say({ name: 'failed', connection })
  }

  handling({ id }: RelayedConnection, done: boolean): void {
    this.#say({ name: 'handling', connection: id, done })
  }

  handlingLater({ id }: RelayedConnection): void {
    this.#say({ name: 'handling', connection: id, done: false, later: true })
  }

  endTurn(): Promise<void> | undefined {
    if (!this.#over) this.#turn.end()
    return this.#backlog.relief()
  }

  // --- What the edge says

  #frame(bytes: Buffer): void {
    const frame = readEdgeFrame(bytes)
    switch (frame.type) {
      case 'greeting':
        break
      case 'message':
        this.#message(readEdgeMessage(frame.body))
        break
      case 'open':
        this.#open(frame)
        break
      case 'kept':
        this.#kept.set(frame.key, frame.value.toString())
        break
      default:
        this.#tell(frame)
    }
  }

  #open(frame: OpenFrame): void {
    const connection = new Relayed(frame, this.#turn)
    this.#connections.set(connection.id, connection)
    if (this.#serving) this.#client?.accept(connection)
    else this.#opened.set(frame, connection)
  }

  #tell(frame: Extract<EdgeFrame, { connection: number }>): void {
    const connection = this.#connections.get(frame.connection)
    if (connection === undefined) return
    switch (frame.type) {
      case 'data':
        connection.received(frame.bytes)
        break
      case 'end':
        connection.peerEnded()
        break
      case 'closed':
        this.#connections.delete(connection.id)
        connection.gone(frame.exceeded ? 'maxUnsentBytes' : undefined)
        break
      case 'stuck':
        connection.gotStuck()
        break
      case 'drained':
        connection.gotFree()
        break
    }
  }

  /** So much of its input is not acknowledged that the edge may have stopped reading, or soon will. */
  #isLate({ seen, chunks }: Relayed): boolean {
    // At half, too: only below it does the edge go on.
    return seen >= (this.#settings?.window ?? 0) / 2 || chunks >= MAX_CHUNKS / 2
  }

  #message(body: EdgeMessage | undefined): void {
    switch (body?.name) {
      case undefined:
        throw new FrameError('it is no message that this version knows')
      case 'listening': {
        const { request, listener, address } = body
        const close = (): void => {
          if (!this.#over) this.#say({ name: 'unlisten', listener })
        }
        this.#take(this.#listens, request)?.resolve({ listener, address: address as Address, close })
        break
      }
      case 'refused': {
        const { request, reason, code } = body
        this.#take(this.#listens, request)?.reject(Object.assign(new Error(reason), { code }))
        this.#take(this.#restarts, request)?.reject(new RestartFailedError(reason))
        break
      }
      case 'key':
        this.key = Buffer.from(body.key, 'base64')
        this.trial = body.trial === true
        break
      case 'go':
        this.#go(body)
        break
      case 'precopy':
        this.#drop(body.gone)
        void this.#prepare()
        break
      case 'preflight':
        this.#go({ restart: true, crash: false, since: Date.now(), gone: [] }, true)
        break
      case 'hand-over':
        void this.#handOver()
        break
      case 'leave':
        this.#client?.leave()
        break
      case 'stop':
        this.#client?.stop()
        break
    }
  }

  /** They are no more, and the service has not heard of them. */
  #drop(gone: readonly number[]): void {
    for (const id of gone) {
      this.#connections.delete(id)
      this.#opened.delete(id)
    }
  }

  /** Has the service prepare what it would find now, while another worker serves. */
  async #prepare(): Promise<void> {
    await this.#client?.prepare(this.#opened.inherited())
    this.#host.prepared?.()
    this.#say({ name: 'ready' })
  }

  #go({ restart, crash, since, gone, stop = false }: Go, preflight = false): void {
    this.#drop(gone)
    const connections = this.#opened.takeInherited()
    const inheritance = { restart, crash, since, stop, preflight, connections, kept: this.#kept }
    const resolve = this.#inheriting
    this.#inheriting = undefined
    this.#handingOver = false
    if (!this.#over) resolve?.(inheritance)
    else {
      this.#over = false
      this.#client?.takeBack(inheritance)
    }
  }

  async #handOver(): Promise<void> {
    if (this.#client === undefined || !this.#serving) return
    this.#handingOver = true
    // Whoever asked is told before all else: a handler that waits for it would hold everything up.
    for (const { resolve } of this.#restarts.values()) resolve()
    this.#restarts.clear()
    // It has touched every client, so the turn describes them all.
    const handedOver: HandedOver = await this.#client.handOver()
    this.endTurn()
    this.#over = true
    this.#serving = false
    for (const connection of this.#connections.values()) connection.abandon()
    // Should it take everything back, the edge tells it all anew.
    this.#connections.clear()
    this.#kept.clear()
    this.#opened.clear()
    this.#say({ name: 'handed-over', ...handedOver })
    if (!handedOver.standby) this.#pipe.write(message({ name: 'beat' }), () => this.#host.over?.(true))
  }

  #notUnderstood(error: unknown): void {
    if (!(error instanceof FrameError)) throw error
    this.#host.warn?.(`A frame of the edge's was not understood: ${error.message}.`)
    this.#pipe.destroy()
  }

  /** All clients have gone with it, and nobody can be let in: the service stops. */
  #edgeGone(): void {
    if (this.#client === undefined || !this.#serving) {
      if (!this.#over || this.#client !== undefined) process.exit(1)
      return
    }
    for (const connection of this.#connections.values()) connection.gone()
    this.#client.stop()
  }

  // --- Requests

  #ask<T>(answers: Map<number, Answer<T>>, send: (request: number) => void): Promise<T> {
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

  #say(body: WorkerMessage): void {
    this.#write(message(body))
  }

  #write(frame: Buffer): void {
    if (this.#pipe.writable) this.#pipe.write(frame)
  }
}
