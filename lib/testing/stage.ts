/**
 * A service under an edge that is in memory: its process can be replaced, or lost, at any moment of a test, without any
 * process at all. A new "process" is a new service; the one before keeps still from then on, and its output is dropped.
 */
import { AsyncResource } from 'node:async_hooks'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { channelOf } from '../client/client.js'
import { newKey } from '../conversation/seal.js'
import { Edge } from '../edge/edge.js'
import { FrameReader, greeting, message, readWorkerFrame } from '../edge/frames.js'
import {
  type EdgeMessage,
  readWorkerMessage,
  type WorkerMessage,
  type WorkerSettings,
} from '../edge/messages.js'
import { type Pipe, Relay } from '../edge/relay.js'
import type { ServiceStats } from '../observability/stats.js'
import { type DivergenceReport, setEdgePort } from '../runtime/edge-port.js'
import type { Service } from '../service.js'

// biome-ignore lint/suspicious/noExplicitAny: any service will do
export type AnyService = Service<any, any, any>

/** Turns of the event loop in which peers in memory have said all that they have to say. */
const TURNS = 30

/** Services start one after another: each finds its edge in the same place. */
let starting: Promise<unknown> = Promise.resolve()

export class Stage {
  readonly #make: () => AnyService | PromiseLike<AnyService>
  readonly #key = newKey().toString('base64')
  readonly #edge = new Edge({ wants: () => true, warn: (text) => this.warnings.push(text) })
  #actor: Actor | undefined
  /** The process that is to take over next, where it is ready already. */
  #next: Actor | undefined
  #listener = ''
  /** What the edge had to complain about. */
  readonly warnings: string[] = []
  /** Is given all bytes that a process sends to its edge. */
  onBytes: ((bytes: Buffer) => void) | undefined
  /** What the next process is started with. */
  settings: object
  /** What the processes save is here, unless the settings name another place. */
  #folder = ''

  /**
   * @param make makes the service anew, as a new process would: all that it needs, and nothing of the one before.
   * @param settings what the service is started with. Unless they say otherwise it does not log, and its stores are in a
   * folder that is empty at first and is removed at the end.
   */
  constructor(make: () => AnyService | PromiseLike<AnyService>, settings: object = {}) {
    this.#make = make
    this.settings = settings
  }

  /** The service that serves now. */
  get service(): AnyService {
    return (this.#actor as Actor).service
  }

  /** What the service that serves now has done. */
  stats(): ServiceStats {
    return this.service.stats()
  }

  /** Bytes of all journals with the edge. */
  get journalLength(): number {
    return this.#edge.journalLength
  }

  /** Takes one end of a new connection; so `connect(stage)` and `connectTo(stage)` work. */
  accept(duplex: Duplex): void {
    const origin = { listener: this.#listener, remoteAddress: undefined, protocol: undefined, secure: false }
    this.#edge.accept(duplex, origin)
  }

  async start(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'mara-stage-'))
    try {
      await this.#go(await this.#load(), { restart: false, crash: false, since: Date.now() })
    } catch (error) {
      this.#clearFolder()
      throw error
    }
  }

  /** Starts the next process, which prepares for how things are now. It takes over whenever that may be. */
  async prepare(): Promise<void> {
    const next = this.#next ?? (await this.#load())
    this.#next = next
    for (next.forgetReady(); this.#edge.precopyTo(next); next.forgetReady()) await next.ready
  }

  /** A new process takes over, as after `mara restart`. */
  async restart(): Promise<void> {
    await this.prepare()
    const next = this.#takeNext() as Actor
    const before = this.#actor as Actor
    const { since } = await before.handOver()
    this.#edge.detach('handed over')
    await this.#go(next, { restart: true, crash: false, since })
    before.leave()
  }

  /** The process is lost, whatever it was doing, and a new one takes over. */
  async crash(): Promise<void> {
    const since = Date.now()
    ;(this.#actor as Actor).die()
    this.#edge.detach('killed')
    await this.#go(this.#takeNext() ?? (await this.#load()), { restart: true, crash: true, since })
  }

  get #settings(): object {
    return { log: false, storePath: this.#folder, ...this.settings }
  }

  #takeNext(): Actor | undefined {
    const next = this.#next
    this.#next = undefined
    return next
  }

  /** What would become of the conversations if `restart` were called. */
  async preflight(): Promise<readonly DivergenceReport[]> {
    const actor = await this.#load()
    this.#edge.copyTo(actor)
    const divergences = await actor.preflighted
    actor.die()
    return divergences
  }

  async settle(): Promise<void> {
    for (let count = 0; count < TURNS; count++) await turn()
  }

  async stop(): Promise<void> {
    this.#takeNext()?.die()
    await this.#actor?.service.stop()
    this.#edge.closeAll()
    this.#clearFolder()
  }

  #clearFolder(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #load(): Promise<Actor> {
    const onBytes = (bytes: Buffer): void => this.onBytes?.(bytes)
    const actor = starting.then(async () => new Actor(await this.#make(), this.#settings, this.#key, onBytes))
    starting = actor.then(
      (actor) => actor.claimed,
      () => {},
    )
    const loaded = await actor
    await loaded.ready
    return loaded
  }

  async #go(actor: Actor, go: { restart: boolean; crash: boolean; since: number }): Promise<void> {
    actor.onTurn = (records) => this.#edge.turn(records)
    actor.onHandling = (...handling) => this.#edge.handling(...handling)
    this.#actor = actor
    this.#listener = actor.listener
    this.#edge.handTo(actor, actor.settings as WorkerSettings, go)
    await actor.serving
  }
}

/** A service with its end of the pipe. */
class Actor {
  readonly service: AnyService
  readonly #pipe: MemoryPipe
  readonly #started: Promise<unknown>
  #said = new Map<WorkerMessage['name'], Signal<WorkerMessage>>()
  #dead = false
  settings: WorkerSettings | undefined
  listener = ''
  #listeners = 0
  onTurn: (records: Buffer) => void = () => {}
  onHandling: (connection: number, done: boolean, later?: boolean) => void = () => {}

  constructor(service: AnyService, settings: object, key: string, onBytes: (bytes: Buffer) => void) {
    this.service = service
    const frames = new FrameReader((bytes) => this.#frame(bytes))
    this.#pipe = new MemoryPipe((bytes) => {
      if (this.#dead) return
      onBytes(bytes)
      frames.push(bytes)
    })
    const relay = new Relay(this.#pipe)
    setEdgePort(relay)
    this.send(greeting())
    this.#tell({ name: 'key', key })
    this.#started = service.start(settings)
    this.#started.catch((error) => {
      for (const signal of [...this.#said.values()]) signal.reject(error)
    })
  }

  get claimed(): Promise<unknown> {
    return this.#hears('settings').finally(() => setEdgePort(undefined))
  }

  get ready(): Promise<unknown> {
    return this.#hears('ready')
  }

  /** It is going to be told more, and says once more that it is ready. */
  forgetReady(): void {
    this.#said.delete('ready')
  }

  get serving(): Promise<unknown> {
    return this.#hears('serving').then(() => this.#started)
  }

  get preflighted(): Promise<readonly DivergenceReport[]> {
    return this.#hears('preflighted').then(({ divergences }) => divergences)
  }

  handOver(): Promise<{ since: number }> {
    this.#tell({ name: 'hand-over' })
    return this.#hears('handed-over')
  }

  leave(): void {
    this.#tell({ name: 'leave' })
  }

  /** As if its process were gone: it hears nothing, nothing that it says is heard, and none of its handlers goes on. */
  die(): void {
    this.#dead = true
    for (const client of this.service.clients) {
      channelOf(client as never).freeze()
      channelOf(client as never).abandon()
    }
    this.leave()
  }

  send(...parts: Buffer[]): void {
    for (const part of parts) this.#pipe.push(part)
  }

  #tell(body: EdgeMessage): void {
    this.send(message(body))
  }

  #frame(bytes: Buffer): void {
    const frame = readWorkerFrame(bytes)
    if (frame.type === 'turn') this.onTurn(frame.records)
    else if (frame.type === 'message') this.#message(readWorkerMessage(frame.body) as WorkerMessage)
  }

  #message(body: WorkerMessage): void {
    if (body.name === 'settings') this.settings = body.settings as WorkerSettings
    else if (body.name === 'handling') this.onHandling(body.connection, body.done, body.later)
    else if (body.name === 'listen') {
      this.#listeners += 1
      const listener = String(this.#listeners)
      this.listener ||= listener
      this.#tell({ name: 'listening', request: body.request, listener, address: body.server.address })
    }
    this.#signal(body.name).resolve(body)
  }

  #hears<Name extends WorkerMessage['name']>(name: Name): Promise<Extract<WorkerMessage, { name: Name }>> {
    return this.#signal(name).promise as Promise<Extract<WorkerMessage, { name: Name }>>
  }

  #signal(name: WorkerMessage['name']): Signal<WorkerMessage> {
    let signal = this.#said.get(name)
    if (signal === undefined) {
      signal = new Signal()
      this.#said.set(name, signal)
    }
    return signal
  }
}

class Signal<T> {
  resolve!: (value: T) => void
  reject!: (error: unknown) => void
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })

  constructor() {
    this.promise.catch(() => {})
  }
}

/** The worker's end of a pipe whose other end is a function. */
class MemoryPipe extends Duplex implements Pipe {
  readonly #onBytes: (bytes: Buffer) => void

  constructor(onBytes: (bytes: Buffer) => void) {
    super({ read: () => {} })
    // Two processes share no context: what a replayed handler may not do must not bind whoever reads.
    this.#onBytes = AsyncResource.bind(onBytes)
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#onBytes(chunk)
    done()
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
