/**
 * A clock that stands still until a spec moves it: a year of timers passes in seconds, and the same way every time.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Alarm, Clock } from '../clock.js'
import { checkFunction, checkNames, InvalidOptionError, MaraError, shown } from '../errors.js'

interface Pending {
  readonly due: number
  /** Orders alarms that are due at the same time. */
  readonly order: number
  readonly fn: () => void
}

/** A `FakeClock` was asked to go back, to go nowhere, or to go while it is already going. */
export class FakeClockError extends MaraError {
  readonly code = 'MARA_FAKE_CLOCK'
}

export interface FakeClockOptions {
  /** Turns of the event loop that `settle` waits for; default 1. */
  turns?: number | undefined
}

export class FakeClock implements Clock {
  #now: number
  #set = 0
  #moving = false
  /** Latest first, so that the next one is taken from the end. */
  readonly #pending: Pending[] = []
  readonly #turns: number

  /** @param start the time at first, a date or milliseconds since the epoch; default the first moment of 2000, UTC. */
  constructor(start: Date | number = Date.UTC(2000, 0, 1), options: FakeClockOptions = {}) {
    checkNames('new FakeClock()', options, ['turns'])
    this.#now = timeOf(start)
    if (!Number.isFinite(this.#now)) {
      throw new FakeClockError(
        `A fake clock cannot start at ${shown(start)}: expected a valid date or a number.`,
      )
    }
    const { turns = 1 } = options
    // With Infinity it would never settle.
    if (!Number.isSafeInteger(turns) || turns < 0)
      throw new InvalidOptionError('new FakeClock()', 'turns', turns, 'a whole number from 0 on')
    this.#turns = turns
  }

  /** How many alarms are set and have not run. */
  get pending(): number {
    return this.#pending.length
  }

  now(): number {
    return this.#now
  }

  setTimeout(fn: () => void, ms: number): Alarm {
    checkFunction('FakeClock.setTimeout()', 'fn', fn)
    if (ms === Number.POSITIVE_INFINITY) return undefined
    const delay = ms >= 1 ? Math.trunc(ms) : 1
    const alarm: Pending = { due: this.#now + delay, order: this.#set++, fn }
    this.#pending.splice(this.#positionOf(alarm), 0, alarm)
    return alarm
  }

  clearTimeout(alarm: Alarm): void {
    // What was never set, or is none, as elsewhere.
    if (typeof alarm !== 'object' || alarm === null) return
    const position = this.#positionOf(alarm as Pending)
    if (this.#pending[position] === alarm) this.#pending.splice(position, 1)
  }

  /**
   * Moves the time on, from alarm to alarm in the order they are due, those due at once in the order they were set.
   * Before the first alarm and after each, what is ready to run runs (see `settle`); alarms set meanwhile take their
   * turn. What an alarm throws, `advance` throws, and the time stays there.
   *
   * @throws {FakeClockError} if `ms` is negative or no number, or another `advance` is under way.
   */
  advance(ms: number): Promise<void> {
    return this.#moveTo(typeof ms === 'number' ? this.#now + ms : Number.NaN, ms)
  }

  /** `advance` up to a moment, in milliseconds since the epoch if it is no date. */
  advanceTo(moment: Date | number): Promise<void> {
    return this.#moveTo(timeOf(moment), moment)
  }

  /**
   * Runs what is ready without moving the time: all promise jobs and `process.nextTick`s, and what was due in a turn of
   * the event loop. For work that takes several turns, such as sockets, set the option `turns`.
   */
  async settle(): Promise<void> {
    for (let count = 0; count < this.#turns; count++) await turn()
  }

  /** @param given what the time is to be moved by or to, as the test has it. */
  async #moveTo(target: number, given: unknown): Promise<void> {
    if (Number.isNaN(target)) {
      throw new FakeClockError(
        `A fake clock cannot be moved by or to ${shown(given)} (${typeof given}): expected a number or a valid date.`,
      )
    }
    if (!Number.isFinite(target) || target < this.#now) {
      throw new FakeClockError(
        `A fake clock cannot go from ${this.#now} to ${target}: expected a later time; time never goes back.`,
      )
    }
    if (this.#moving) {
      throw new FakeClockError('This fake clock is already advancing: await one advance() before the next.')
    }
    this.#moving = true
    try {
      await this.settle()
      for (let next = this.#pending.at(-1); next && next.due <= target; next = this.#pending.at(-1)) {
        this.#pending.pop()
        this.#now = next.due
        next.fn()
        await this.settle()
      }
      this.#now = target
    } finally {
      this.#moving = false
    }
  }

  /** Where the alarm is, or would be, by binary search. */
  #positionOf({ due, order }: Pending): number {
    let from = 0
    let to = this.#pending.length
    while (from < to) {
      const middle = (from + to) >>> 1
      const other = this.#pending[middle] as Pending
      if (other.due > due || (other.due === due && other.order > order)) from = middle + 1
      else to = middle
    }
    return from
  }
}

/** Milliseconds since the epoch; NaN where it is neither a date nor a number. */
function timeOf(moment: unknown): number {
  return typeof moment === 'number' || moment instanceof Date ? Number(moment) : Number.NaN
}
