/**
 * When a client of an open loop asks: at fixed times, whether or not it was answered before.
 *
 * A latency counts from the time at which the question was due. A client that still waited for its last answer then is
 * late by the service's doing, and that time is part of the latency (coordinated omission would leave it out). A client
 * that was free, and whose process woke it late, is late by the generator's doing: that time is no latency, and is told
 * as the generator's lag. A script that pauses is late by its own doing: its question counts from when it would have been
 * asked if the service took no time at all. One that is a whole interval late by that leaves out what was due meanwhile.
 */
export class Schedule {
  readonly #interval: number
  #next: number
  /** How late the generator has made this client, as long as the client has not been ahead of its schedule since. */
  #debt = 0
  /** From when the last question counted; at first, when the client began. */
  #last: number
  /** Slots that the script's own pauses have left out. */
  #skipped = 0

  /** @param first when the first question is due. @param began when the client began. All in milliseconds. */
  constructor(first: number, interval: number, began = first) {
    this.#next = first
    this.#interval = interval
    this.#last = began
  }

  /**
   * Takes the next slot; gives when it is due.
   *
   * @param own for how long the script has paused since it last asked, without waiting for the service.
   */
  take(own = 0): number {
    this.#last += own
    const late = this.#last - this.#debt - this.#next
    if (late >= this.#interval) this.#skip(Math.floor(late / this.#interval) + 1)
    const due = this.#next
    this.#next += this.#interval
    return due
  }

  #skip(slots: number): void {
    const to = this.#next + slots * this.#interval
    this.#skipped += this.#slots(this.#next, to)
    this.#next = to
  }

  /** A client was free and waited for `due`. @returns the lag: how late it was woken. */
  woke(due: number, now: number): number {
    this.#debt = Math.max(0, now - due)
    this.#last = due + this.#debt
    return this.#debt
  }

  /** From when a client counts that could not ask when it was due. */
  lateFrom(due: number, now: number): number {
    this.#last = Math.min(now, Math.max(due + this.#debt, this.#last))
    return this.#last
  }

  /** How many slots were due before `end`, from the ramp's end on, and were not used. */
  missed(end: number): number {
    return this.#skipped + this.#slots(this.#next, end)
  }

  /** How many slots there are from one that is at `from` on to one before `to`, without those of the ramp. */
  #slots(from: number, to: number): number {
    const ramp = Math.max(0, Math.ceil(-from / this.#interval))
    return Math.max(0, Math.ceil((to - from) / this.#interval) - ramp)
  }
}
