/** Chance that is the same every time: a seeded generator (xorshift32), for specs that draw whole programs. */
export class Random {
  #state: number

  constructor(seed: number) {
    // Seeds that are near each other must not begin alike; and the state must not be 0, where it would stay.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1
    for (let i = 0; i < 8; i++) this.below(2)
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state >>> 0
    return this.#state % limit
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)))
  }

  /** One of them. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}
