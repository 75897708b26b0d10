/** All timers of a service: they start with it and stop with it. */
import { type Clock, systemClock } from '../clock.js'
import { planOf, type Schedule } from './schedule.js'
import { ScheduledTimer, type Timer, type TimerFunction, type TimerHost, type TimerOptions } from './timer.js'

export interface TimersOptions {
  /** What a timer's function threw, or rejected with. It must not throw; the next run comes all the same. */
  onError: (timer: Timer, error: unknown) => void
  /** Default: the system's. */
  clock?: Clock
  /** A number from 0 up to, not including, 1, for random periods; default `Math.random`. */
  random?: () => number
}

export class Timers {
  readonly #host: TimerHost
  readonly #random: () => number
  /** Those that have not ended, so that they can be stopped. They leave when they end. */
  readonly #timers = new Set<ScheduledTimer>()
  #started = false

  constructor({ onError, clock = systemClock, random = Math.random }: TimersOptions) {
    this.#random = random
    this.#host = {
      clock,
      onError,
      onEnd: (timer) => void this.#timers.delete(timer as ScheduledTimer),
    }
  }

  /** How many timers have not ended. */
  get size(): number {
    return this.#timers.size
  }

  /**
   * Adds a timer. It starts at once, or with `start` if that is still to come.
   *
   * A run never overlaps another of the same timer: the function may be async, and the next run waits for its end.
   *
   * @throws {InvalidScheduleError} if the schedule is none, or will never be due.
   */
  add(schedule: Schedule, fn: TimerFunction, options: TimerOptions = {}): Timer {
    const plan = planOf(schedule, this.#random, this.#host.clock.now())
    const timer = new ScheduledTimer(schedule, plan, fn, options, this.#host)
    this.#timers.add(timer)
    if (this.#started) timer.start()
    return timer
  }

  /** Starts all timers added so far, and each that is added from now on. */
  start(): void {
    if (this.#started) return
    this.#started = true
    for (const timer of this.#timers) timer.start()
  }

  /** Stops all timers, until the next `start`: then they begin anew. Only `stop` ends one for good. */
  stopAll(): void {
    this.#started = false
    for (const timer of this.#timers) timer.suspend()
  }
}
