/**
 * Clients of another process wait here until the service serves. Then their sessions go on, in the order in which they were
 * added, and their input is read.
 */
import { setImmediate } from 'node:timers'
import { type AnyClient, channelOf } from '../client/client.js'

/** How many clients go on at a time. */
const SLICE = 100

export class Resumption {
  /** Those whose turn has not come, and what puts their sessions into the run queue. */
  readonly #waiting = new Map<AnyClient, () => void>()
  /** Those of them whose sessions wait for something of their own as well. */
  readonly #heldBack = new Map<AnyClient, (begin: () => void) => void>()
  /** For each whose turn has come, and whose session still waits for that: what has it go on. */
  readonly #held = new Set<() => void>()

  /** @param begin puts its session into the run queue. */
  add(client: AnyClient, begin: () => void): void {
    this.#waiting.set(client, begin)
  }

  /** When its turn comes, the client is read, but its session goes on only when `wait` says so. */
  holdBack(client: AnyClient, wait: (begin: () => void) => void): void {
    this.#heldBack.set(client, wait)
  }

  /** All go on but those that `later` names, whose turn comes by `one`. */
  all(later: ReadonlySet<AnyClient>): void {
    // A few at a time, so that the first of them need not wait for the last.
    let count = 0
    for (const client of this.#waiting.keys()) {
      if (later.has(client)) continue
      if (count === SLICE) {
        setImmediate(() => this.all(later))
        return
      }
      count += 1
      this.one(client)
    }
  }

  /** All go on at once: the service stops, and whoever has not gone on by then would have no `Disconnect`. */
  rest(): void {
    for (const client of this.#waiting.keys()) this.one(client)
    for (const begin of this.#held) begin()
  }

  /** Where it has not gone on yet. */
  one(client: AnyClient): void {
    const begin = this.#waiting.get(client)
    if (begin === undefined) return
    this.#waiting.delete(client)
    const wait = this.#heldBack.get(client)
    this.#heldBack.delete(client)
    if (wait === undefined) begin()
    else this.#hold(client, begin, wait)
    channelOf(client).resume()
  }

  #hold(client: AnyClient, begin: () => void, wait: (begin: () => void) => void): void {
    const beginOnce = (): void => {
      if (this.#held.delete(beginOnce)) begin()
    }
    this.#held.add(beginOnce)
    // A client that goes meanwhile has a Disconnect, too.
    channelOf(client).onEnd({ linesEnding() {}, linesEnded: beginOnce, closed() {}, abandoned() {} })
    wait(beginOnce)
  }
}
