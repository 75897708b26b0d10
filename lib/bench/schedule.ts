/**
 * When a client of an open loop asks: at fixed times, whether or not it was answered before.
 *
 * A latency counts from the time at which the question was due. A client that still waited for its last answer then is
 * late by the service's doing, and that time is part of the latency (coordinated omission would leave it out). A client
 * that was free, and whose process woke it late, is late by the generator's doing: that time is no latency, and is told
 * as the generator's lag.
 */
export class Schedule {
  readonly #interval: number
  #next: number
  /** How late the generator has made this client, as long as the client has not been ahead of its schedule since. */
  #debt = 0

  /** @param first when the first question is due. All in milliseconds. */
  constructor(first: number, interval: number) {
    this.#next = first
    this.#interval = interval
  }

  /** Takes the next slot; gives when it is due. */
  take(): number {
    const due = this.#next
    this.#next += this.#interval
    return due
  }

  /** A client was free and waited for `due`. @returns the lag: how late it was woken. */
  woke(due: number, now: number): number {
    this.#debt = Math.max(0, now - due)
    return this.#debt
  }

  /** From when a client counts that could not ask when it was due. */
  lateFrom(due: number, now: number): number {
    return Math.min(now, due + this.#debt)
  }

  /** How many slots were due before `end` and were not taken. */
  missed(end: number): number {
    return Math.max(0, Math.ceil((end - this.#next) / this.#interval))
  }
}
