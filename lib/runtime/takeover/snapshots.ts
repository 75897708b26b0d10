/**
 * Keeps the edge up to date with what is to outlive a crash: everything from time to time, and what matters most at
 * once. Only what has changed goes over the wire.
 */
import { setImmediate } from 'node:timers'
import { setImmediate as turn } from 'node:timers/promises'
import type { AnyClient } from '../../client/client.js'
import type { Alarm, Clock } from '../../clock.js'
import type { PersistedEntry, Persistence } from '../../storage/persistence.js'
import type { EdgePort } from '../edge-port.js'

/** The share of the process's time that goes into snapshots at most. */
const SHARE = 0.02
/** So many clients or objects are looked at before the event loop turns. */
const SLICE = 50

export interface SnapshotsHost {
  readonly clock: Clock
  readonly stores: Persistence
  /** Milliseconds from one to the next, or more where they take long. */
  readonly every: number
  readonly clients: () => Iterable<AnyClient>
  /** Has the edge told of a client, if anything of it has changed. */
  readonly touch: (client: AnyClient) => void
  warn(message: string): void
}

export class Snapshots {
  readonly #edge: EdgePort
  readonly #host: SnapshotsHost
  /** Keys of the objects that the edge has. */
  #objects = new Set<string>()
  /** Those of them that were not seen since all are being written down; one may become active again meanwhile. */
  #unseen = new Set<string>()
  #alarm: Alarm
  #running = false
  /** This process goes on after another one, and not that after this one. */
  #isBack = false
  /** Objects that the edge is to be told of at the end of the turn. */
  readonly #activated: (() => PersistedEntry)[] = []
  #unlisten: () => void = () => {}

  constructor(edge: EdgePort, host: SnapshotsHost) {
    this.#edge = edge
    this.#host = host
  }

  /** Brings stored objects back. */
  restore(kept: ReadonlyMap<string, string>): void {
    for (const key of kept.keys()) if (key.startsWith(OBJECT)) this.#objects.add(key)
    this.#host.stores.restore(
      [...this.#objects].map((key) => kept.get(key) as string),
      this.#isBack,
    )
  }

  /** After `restore`, in a process that follows another one. */
  catchUp(): Promise<void> {
    return this.#host.stores.catchUp(this.#names, ({ message }) => this.#host.warn(message))
  }

  /** In place of `restore`, in a process that goes on after all. */
  takeBack(kept: ReadonlyMap<string, string>): void {
    this.#isBack = true
    this.restore(kept)
    this.#host.stores.letGo(this.#names)
  }

  get #names(): Set<string> {
    return new Set(Array.from(this.#objects, (key) => key.slice(OBJECT.length)))
  }

  /** Tells the edge of what is saved, and of what becomes active or is let go: from here on it would find older texts. */
  listen(): void {
    this.#running = true
    const { stores } = this.#host
    const removers = [
      stores.onChange((entry) => this.#keepObject(entry)),
      stores.onActivate((write) => {
        if (this.#activated.length === 0) setImmediate(() => this.keepActivated())
        this.#activated.push(write)
      }),
    ]
    this.#unlisten = () => {
      for (const remove of removers) remove()
    }
  }

  /** After `listen`: clients are served, and change. */
  start(): void {
    this.#wait(this.#host.every)
  }

  stop(): void {
    this.#running = false
    this.#unlisten()
    this.#host.clock.clearTimeout(this.#alarm)
  }

  /**
   * Objects that have become active since the last call, or are so no longer: `client.state` may name them from the end of
   * this turn on, so the edge must have them by then; and those that were let go must not come back after a crash.
   */
  keepActivated(): void {
    for (const write of this.#activated.splice(0)) if (this.#running) this.#keepObject(write())
  }

  /** All stored objects that are active, at once. */
  keepObjects(): void {
    this.#unseen = new Set(this.#objects)
    for (const entry of this.#host.stores.entries()) this.#keepObject(entry)
    this.#forgetUnseen()
  }

  #wait(ms: number): void {
    this.#alarm = this.#host.clock.setTimeout(() => void this.#keepAll(), ms, { keepAlive: false })
  }

  async #keepAll(): Promise<void> {
    let spent = 0
    this.#unseen = new Set(this.#objects)
    const steps = this.#steps()
    for (let done = false; !done && this.#running; ) {
      const from = performance.now()
      for (let i = 0; i < SLICE && !done; i++) done = steps.next().done === true
      spent += performance.now() - from
      await turn()
    }
    if (!this.#running) return
    this.#forgetUnseen()
    this.#wait(Math.max(this.#host.every, spent / SHARE))
  }

  /** One client or object a step. */
  *#steps(): Generator<void> {
    for (const client of this.#host.clients()) yield this.#host.touch(client)
    for (const entry of this.#host.stores.entries()) {
      this.#keepObject(entry)
      yield
    }
  }

  #keepObject({ name, text, problem }: PersistedEntry): void {
    const key = OBJECT + name
    this.#unseen.delete(key)
    if (problem) this.#host.warn(problem.message)
    else if (text === undefined) this.#forgetObject(key)
    else if (this.#edge.keep(key, text)) this.#objects.add(key)
    else {
      this.#host.warn(`${name} is too large to be kept over a restart: what is not saved of it will be lost.`)
      // What was kept before is older than what may have been saved since.
      this.#forgetObject(key)
    }
  }

  #forgetUnseen(): void {
    for (const key of this.#unseen) this.#forgetObject(key)
    this.#unseen.clear()
  }

  #forgetObject(key: string): void {
    this.#objects.delete(key)
    this.#edge.forget(key)
  }
}

const OBJECT = 'object:'
