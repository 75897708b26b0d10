/**
 * A service with its end of the pipe to an edge, in memory: what a worker is under an angel. It hears what an edge says to
 * its process, and says what a process says.
 */
import { AsyncResource } from 'node:async_hooks'
import { Duplex } from 'node:stream'
import { channelOf } from '../client/client.js'
import { systemClock } from '../clock.js'
import { FrameReader, greeting, message, readWorkerFrame } from '../edge/frames.js'
import {
  type EdgeMessage,
  readWorkerMessage,
  type WorkerMessage,
  type WorkerSettings,
} from '../edge/messages.js'
import { type Pipe, Relay } from '../edge/relay.js'
import { type DivergenceReport, withEdgePort } from '../runtime/edge-port.js'
import type { Service } from '../service.js'
import { Deferred, quietly, within } from '../wait.js'
import { RestartPointError } from './errors.js'

// biome-ignore lint/suspicious/noExplicitAny: any service will do
export type AnyService = Service<any, any, any>

const STANDALONE =
  'The service is made with { standalone: true }: no angel looks after it, so there are no restarts to try.'

/** What an angel waits for, and for how long. */
const TIME_LIMITS = {
  ready: { name: 'readyTimeout', waitsFor: 'a handler of PreStart' },
  serving: { name: 'takeOverTimeout', waitsFor: 'a handler of PostRestart' },
  'handed over': { name: 'handOverTimeout', waitsFor: 'a handler of PreRestart' },
} as const

/** How long the play waits for handlers of `PostStart`, in milliseconds. */
const POST_START = 4_000

export class Actor {
  readonly service: AnyService
  readonly #pipe: MemoryPipe
  readonly #started: Promise<unknown>
  #said = new Map<WorkerMessage['name'], Deferred<WorkerMessage>>()
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
    this.send(greeting())
    this.#tell({ name: 'key', key })
    this.#started = quietly(withEdgePort(relay, () => service.start(settings)))
  }

  /** @throws RestartPointError where it takes longer than an angel would wait. */
  get ready(): Promise<unknown> {
    return this.#inTime('ready', this.#hears('ready'))
  }

  /** It is going to be told more, and says once more that it is ready. */
  forgetReady(): void {
    this.#said.delete('ready')
  }

  /** @throws RestartPointError where it takes longer than an angel would wait. */
  get serving(): Promise<unknown> {
    return this.#inTime('serving', this.#hears('serving')).then(() => this.#postStart())
  }

  /** Handlers of `PostStart` may go on for ever, as a game's loop does. */
  async #postStart(): Promise<void> {
    await within(systemClock, POST_START, this.#started)
  }

  get preflighted(): Promise<readonly DivergenceReport[]> {
    return this.#hears('preflighted').then(({ divergences }) => divergences)
  }

  /** @throws RestartPointError where it takes longer than an angel would wait, or never comes. */
  async handOver(): Promise<{ since: number }> {
    this.#tell({ name: 'hand-over' })
    const handedOver = this.#hears('handed-over')
    await this.#inTime('handed over', Promise.race([handedOver, this.#stopsItself()]))
    return handedOver
  }

  async #stopsItself(): Promise<never> {
    await this.#hears('stopping')
    throw new RestartPointError('The service has stopped itself, so there is nobody to take over from.')
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

  async #inTime(what: keyof typeof TIME_LIMITS, done: Promise<unknown>): Promise<void> {
    const { name, waitsFor } = TIME_LIMITS[what]
    const { settings } = await this.#hears('settings')
    const ms = settings[name]
    if (await within(systemClock, ms, done)) return
    throw new RestartPointError(`The service was not ${what} within ${ms} ms: is ${waitsFor} still at work?`)
  }

  /** @throws RestartPointError where it has no edge; what the service's start fails with. */
  #hears<Name extends WorkerMessage['name']>(name: Name): Promise<Extract<WorkerMessage, { name: Name }>> {
    const { promise } = this.#signal(name)
    const started = this.#started.then(() => {
      if (this.settings === undefined) throw new RestartPointError(STANDALONE)
      return promise
    })
    return quietly(Promise.race([promise, started])) as Promise<Extract<WorkerMessage, { name: Name }>>
  }

  #signal(name: WorkerMessage['name']): Deferred<WorkerMessage> {
    let signal = this.#said.get(name)
    if (signal === undefined) {
      signal = new Deferred()
      this.#said.set(name, signal)
    }
    return signal
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
