/**
 * A service under an edge that is in memory: its process can be replaced, or lost, at any moment of a test, without any
 * process at all. A new "process" is a new service; the one before keeps still from then on, and its output is dropped.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { systemClock } from '../clock.js'
import { newKey } from '../conversation/seal.js'
import { Edge } from '../edge/edge.js'
import type { WorkerSettings } from '../edge/messages.js'
import type { ServiceStats } from '../observability/stats.js'
import type { DivergenceReport } from '../runtime/edge-port.js'
import { quietly, within } from '../wait.js'
import { Actor, type AnyService } from './actor.js'

/** Turns of the event loop in which peers in memory have said all that they have to say. */
const TURNS = 30
/** How long a service may take to stop, in milliseconds. */
const STOP = 1_000

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

  /**
   * The process is lost, whatever it was doing, and a new one takes over.
   *
   * @param cause why: somebody has killed it, or something that it did was the end of it.
   */
  async crash(cause: 'killed' | 'failed' = 'killed'): Promise<void> {
    const since = Date.now()
    ;(this.#actor as Actor).die()
    this.#edge.detach(cause)
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
    const service = this.#actor?.service
    // The play is over: a conversation that goes on gets no time to end.
    for (const client of service?.clients ?? []) void client.close()
    if (service !== undefined) await stopped(service)
    this.#edge.closeAll()
    this.#clearFolder()
  }

  #clearFolder(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #load(): Promise<Actor> {
    const onBytes = (bytes: Buffer): void => this.onBytes?.(bytes)
    const actor = new Actor(await this.#make(), this.#settings, this.#key, onBytes)
    try {
      await actor.ready
    } catch (error) {
      // One that no edge looks after serves by itself by now.
      await stopped(actor.service)
      throw error
    }
    return actor
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

async function stopped(service: AnyService): Promise<void> {
  if (service.status === 'starting') return
  // The service's own clock may stand still, where a handler waits for it.
  await within(systemClock, STOP, quietly(service.stop({ drain: 0 })))
}
