/**
 * How long to wait before a worker is started again: not at all for the first one that dies, then 1, 2, 4, ... 30 seconds,
 * so that a program which can't run does not keep the machine busy. Whoever has served for a minute is well.
 */

const FIRST = 1_000
const LONGEST = 30_000
/** A minute. */
const HEALTHY = 60_000

export class Backoff {
  readonly #healthy: number
  #next = 0

  /** @param healthy milliseconds of serving after which all is forgotten. */
  constructor(healthy: number = HEALTHY) {
    this.#healthy = healthy
  }

  /** Milliseconds to wait after a worker that has served for `served` milliseconds has died. */
  after(served: number): number {
    if (served >= this.#healthy) this.reset()
    const delay = this.#next
    this.#next = Math.min(LONGEST, delay === 0 ? FIRST : delay * 2)
    return delay
  }

  reset(): void {
    this.#next = 0
  }
}
