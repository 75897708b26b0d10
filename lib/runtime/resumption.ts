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
  readonly #waiting: AnyClient[] = []
  /** Those whose turn has not come. */
  readonly #left = new Set<AnyClient>()
  /** Those whose sessions wait for something of their own. */
  readonly #heldBack = new Map<AnyClient, (begin: () => void) => void>()

  constructor(begin: (client: AnyClient) => void) {
    this.#begin = begin
  }

  add(client: AnyClient): void {
    this.#waiting.push(client)
    this.#left.add(client)
  }

  /** Everybody's turn has come. */
  get done(): boolean {
    return this.#left.size === 0
  }

  /** When its turn comes, the client is read, but its session goes on only when `wait` says so. */
  holdBack(client: AnyClient, wait: (begin: () => void) => void): void {
    this.#heldBack.set(client, wait)
  }

  /** All go on but those that `later` names, whose turn comes by `one`. */
  all(later: ReadonlySet<AnyClient>): void {
    // A few at a time, so that the first of them need not wait for the last.
    for (const client of this.#waiting.splice(0, SLICE)) if (!later.has(client)) this.one(client)
    if (this.#waiting.length > 0) setImmediate(() => this.all(later))
  }

  one(client: AnyClient): void {
    this.#left.delete(client)
    const wait = this.#heldBack.get(client)
    this.#heldBack.delete(client)
    let begun = false
    const begin = (): void => {
      if (!begun) this.#begin(client)
      begun = true
    }
    if (wait === undefined) begin()
    else {
      // A client that goes meanwhile has a Disconnect, too.
      channelOf(client).onEnd({ linesEnding() {}, linesEnded: begin, abandoned() {} })
      wait(begin)
    }
    channelOf(client).resume()
  }
}
