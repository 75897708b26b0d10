/**
 * How fast connections come from each address: a token bucket an address, that holds a minute's connections and fills
 * evenly. So many may come at once, and then one whenever a token is back.
 *
 * A bucket is one number, the time at which it will be full again. A full one is like none at all, and is forgotten.
 */
import type { Clock } from '../clock.js'

/** In what time an empty bucket fills, in milliseconds. */
const FILL_TIME = 60_000
/**
 * So many buckets are kept. Where connections come from more addresses than that, the one that was quiet for longest
 * begins anew: memory stays bounded, and a limit by address would not stop such a crowd anyway.
 */
const MAX_BUCKETS = 10_000
/** So many are looked at for being full, whenever one is used. */
const FORGET_AT_ONCE = 2
/** For sums of fractions, in milliseconds. */
const MARGIN = 0.001

export class ConnectionRate {
  readonly #clock: Pick<Clock, 'now'>
  /** By address, the one that was used least recently first. */
  readonly #fullAt = new Map<string, number>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** How many buckets are kept. */
  get size(): number {
    return this.#fullAt.size
  }

  /** Takes a token, where there is one. @param max tokens in a full bucket. */
  take(address: string, max: number): boolean {
    const now = this.#clock.now()
    this.#forget(now)
    let fullAt = Math.max(this.#fullAt.get(address) ?? 0, now)
    // The clock was set back, which must not lock an address out for as long.
    if (fullAt > now + FILL_TIME + MARGIN) fullAt = now
    const after = fullAt + FILL_TIME / max
    if (after > now + FILL_TIME + MARGIN) return false
    this.#fullAt.delete(address)
    this.#fullAt.set(address, after)
    return true
  }

  #forget(now: number): void {
    let looked = 0
    for (const [address, fullAt] of this.#fullAt) {
      if (looked === FORGET_AT_ONCE) return
      if (fullAt <= now || this.#fullAt.size >= MAX_BUCKETS) this.#fullAt.delete(address)
      looked += 1
    }
  }
}
