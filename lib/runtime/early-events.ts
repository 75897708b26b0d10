/**
 * What peers do before the first turn of their sessions comes: a window size in the first packet, a line that is too long.
 * It waits for that turn, since `Connect` is the first event of a client.
 */
import type { AnyClient } from '../client/client.js'

/** Runs the handlers of an event. */
type Raise = () => unknown

export class EarlyEvents {
  readonly #waiting = new Map<AnyClient, Raise[]>()

  /** Telnet's limits bound how many there are of a client. */
  add(client: AnyClient, raise: Raise): undefined {
    const waiting = this.#waiting.get(client)
    if (waiting === undefined) this.#waiting.set(client, [raise])
    else waiting.push(raise)
  }

  /** The client's `Connect` has begun. */
  raise(client: AnyClient): void {
    if (this.#waiting.size === 0) return
    const waiting = this.#waiting.get(client) ?? []
    this.#waiting.delete(client)
    for (const raise of waiting) raise()
  }
}
