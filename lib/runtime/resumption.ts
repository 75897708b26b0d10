/**
 * Clients of another process wait here until the service serves. Then their sessions go on, in the order in which they were
 * added, and their input is read.
 */
import { type AnyClient, channelOf } from '../client/client.js'

/** How many clients go on at a time. */
const SLICE = 100

export class Resumption {
  /** Puts a client's session into the run queue. */
  readonly #begin: (client: AnyClient) => void
  readonly #waiting = new Set<AnyClient>()
  /** Those whose sessions wait for something of their own. */
  readonly #heldBack = new Map<AnyClient, (begin: () => void) => void>()
  /** What has those of them go on whose turn has come. */
  readonly #begins = new Set<() => void>()

  constructor(begin: (client: AnyClient) => void) {
    this.#begin = begin
  }

  add(client: AnyClient): void {
    this.#waiting.add(client)
  }

  /** When its turn comes, the client is read, but its session goes on only when `wait` says so. */
  holdBack(client: AnyClient, wait: (begin: () => void) => void): void {
    this.#heldBack.set(client, wait)
  }

  /** All go on but those that `later` names, whose turn comes by `one`. */
  all(later: ReadonlySet<AnyClient>): void {
    // A few at a time, so that the first of them need not wait for the last.
    let count = 0
    for (const client of this.#waiting) {
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
    for (const client of this.#waiting) this.one(client)
    for (const begin of this.#begins) begin()
  }

  /** Where it has not gone on yet. */
  one(client: AnyClient): void {
    if (!this.#waiting.delete(client)) return
    const wait = this.#heldBack.get(client)
    this.#heldBack.delete(client)
    const begin = (): void => {
      if (this.#begins.delete(begin)) this.#begin(client)
    }
    this.#begins.add(begin)
    if (wait === undefined) begin()
    else {
      // A client that goes meanwhile has a Disconnect, too.
      channelOf(client).onEnd({ linesEnding() {}, linesEnded: begin, abandoned() {} })
      wait(begin)
    }
    channelOf(client).resume()
  }
}
