/**
 * How many events by telnet a peer can raise (contract rule 19). Unlike lines, they don't wait for the client's turn: a peer
 * that sends Ctrl-C a million times would keep everybody else waiting, and have a million handlers run at a time.
 */
import type { Clock } from '../clock.js'
import { RateLimit } from '../rate-limit.js'

export class EventGate {
  readonly #max: number
  readonly #rate: RateLimit
  #running = 0

  /**
   * @param max events a second, and at a time.
   * @param onLimit called when one is not raised, at most once a second.
   */
  constructor(max: number, clock: Pick<Clock, 'now'>, onLimit: () => void) {
    this.#max = max
    this.#rate = new RateLimit(max, clock, onLimit)
  }

  /** Whether one more may be raised; `count` follows if so. */
  allows(): boolean {
    if (this.#running < this.#max) return this.#rate.take()
    this.#rate.deny()
    return false
  }

  /** @param running the event's handlers; undefined where none is left to wait for. */
  count(running: PromiseLike<unknown> | undefined): void {
    if (running === undefined) return
    this.#running += 1
    const done = (): void => {
      this.#running -= 1
    }
    running.then(done, done)
  }
}
