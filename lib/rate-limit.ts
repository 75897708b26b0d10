/**
 * Limits what a peer can cause in a second: a token bucket (contract rule 19). Without it, a peer that sends a million telnet
 * requests and never reads would fill the memory with a million answers.
 */
import type { Clock } from './clock.js'

/** Allows `perSecond` at once, and then one every 1/`perSecond` of a second. */
export class RateLimit {
  readonly #perSecond: number
  readonly #clock: Pick<Clock, 'now'>
  readonly #onLimit: () => void
  #left: number
  #at: number
  #reported = -Infinity

  /** @param onLimit called when something is denied, at most once a second. */
  constructor(perSecond: number, clock: Pick<Clock, 'now'>, onLimit: () => void) {
    this.#perSecond = perSecond
    this.#clock = clock
    this.#onLimit = onLimit
    this.#left = perSecond
    this.#at = clock.now()
  }

  /** Whether one more is allowed; counts it if so. */
  take(): boolean {
    const now = this.#clock.now()
    // The system's clock can be set back; that must neither drain the bucket nor stop it from filling.
    const elapsed = Math.max(0, now - this.#at)
    this.#at = now
    this.#left = Math.min(this.#perSecond, this.#left + (elapsed * this.#perSecond) / 1000)
    if (this.#left >= 1) {
      this.#left -= 1
      return true
    }
    this.deny()
    return false
  }

  /** One is denied for another reason. */
  deny(): void {
    const now = this.#clock.now()
    if (now < this.#reported) this.#reported = -Infinity
    if (now - this.#reported < 1000) return
    this.#reported = now
    this.#onLimit()
  }
}
