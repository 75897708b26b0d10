/**
 * Whether a worker is alive, by the signs of life that it gives: one that gives none for too long is blocked.
 *
 * Time is counted in ticks of the angel's own clock and not taken from it: where the machine slept, both did.
 */
import type { Alarm, Clock } from '../clock.js'

/** Into how many ticks the limit is cut. A worker gives a sign with each. */
export const TICKS = 5

export class Pulse {
  readonly #clock: Clock
  readonly #limit: number
  readonly #blocked: (lastHeard: number) => void
  #alarm: Alarm
  #silent = 0
  /** When the last sign came. */
  #lastHeard: number

  /**
   * @param limit milliseconds of silence.
   * @param blocked is called once, when the limit is reached.
   */
  constructor(clock: Clock, limit: number, blocked: (lastHeard: number) => void) {
    this.#clock = clock
    this.#limit = limit
    this.#blocked = blocked
    this.#lastHeard = clock.now()
    this.#wait()
  }

  beat(): void {
    this.#silent = 0
    this.#lastHeard = this.#clock.now()
  }

  stop(): void {
    this.#clock.clearTimeout(this.#alarm)
  }

  #wait(): void {
    this.#alarm = this.#clock.setTimeout(() => this.#tick(), this.#limit / TICKS)
  }

  #tick(): void {
    this.#silent += 1
    // One tick more than the limit has: the first may have come right after a sign.
    if (this.#silent > TICKS) this.#blocked(this.#lastHeard)
    else this.#wait()
  }
}
