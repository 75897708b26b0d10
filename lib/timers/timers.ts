/** All timers of a service. They start and stop with it. */
import { type Clock, checkClock, systemClock } from '../clock.js'
import { checkFunction, checkNames, InvalidOptionError } from '../errors.js'
import { planOf, type Schedule } from './schedule.js'
import { ScheduledTimer, type Timer, type TimerFunction, type TimerHost, type TimerOptions } from './timer.js'

export interface TimersOptions {
  /** Called with what a timer's function threw or rejected with. The timer continues. It must not throw. */
  onError: (timer: Timer, error: unknown) => void
  /** Default: the system's clock. */
  clock?: Clock | undefined
  /** A number from 0 up to, not including, 1, for random periods; default `Math.random`. */
  random?: (() => number) | undefined
}

/** What outlives the process: when timers are due next, by key. `ended` is a timer that has run for the last time. */
export interface DueTimes {
  get(key: string): number | 'ended' | undefined
  set(key: string, due: number | 'ended'): void
  delete(key: string): void
}

const LATE: readonly unknown[] = [undefined, 'skip', 'catch-up']

export class Timers {
  readonly #host: TimerHost
  readonly #random: () => number
  /** The timers that have not ended. */
  readonly #timers = new Set<ScheduledTimer>()
  /** What those are kept by that were added before the first start with due times. */
  #keys: ReadonlyMap<ScheduledTimer, string> | undefined
  #started = false

  /** @throws {InvalidOptionError} */
  constructor(options: TimersOptions) {
    checkNames('new Timers()', options, ['onError', 'clock', 'random'])
    const { onError, clock = systemClock, random = Math.random } = options
    checkFunction('new Timers()', 'onError', onError)
    checkFunction('new Timers()', 'random', random)
    this.#random = random
    this.#host = {
      clock: checkClock('new Timers()', clock),
      onError,
      onEnd: (timer) => void this.#timers.delete(timer as ScheduledTimer),
    }
  }

  /** Whether a run of any timer is going on. */
  get running(): boolean {
    return [...this.#timers].some(({ running }) => running)
  }

  /** How many timers have not ended. */
  get size(): number {
    return this.#timers.size
  }

  /**
   * Adds a timer. It starts at once, or with `start` if that has not been called yet.
   *
   * Runs of one timer never overlap: the function may be async, and the next run waits for its end.
   *
   * @throws {InvalidScheduleError} if the schedule is not valid, or if it names a date that never comes.
   * @throws {InvalidOptionError} for what is no function, or no options.
   */
  add(schedule: Schedule, fn: TimerFunction, options: TimerOptions = {}): Timer {
    checkFunction('timer()', 'function', fn)
    checkNames('timer()', options, ['late'])
    if (!LATE.includes(options.late)) {
      throw new InvalidOptionError('timer()', 'late', options.late, "'skip' or 'catch-up'")
    }
    const plan = planOf(schedule, this.#random, this.#host.clock.now())
    const timer = new ScheduledTimer(schedule, plan, fn, options, this.#host)
    this.#timers.add(timer)
    if (this.#started) timer.start()
    return timer
  }

  /**
   * Starts all timers, including those that are added later.
   *
   * @param dueTimes where timers that were added before the first start go on where the same timers of another process
   * were: the same by schedule and order. Others, which a process has that takes everything back, go on where they were.
   */
  start(dueTimes?: DueTimes): void {
    if (this.#started) return
    this.#started = true
    if (dueTimes === undefined) {
      for (const timer of this.#timers) timer.start()
      return
    }
    this.#keys ??= keysOf(this.#timers)
    for (const timer of this.#timers) {
      const key = this.#keys.get(timer)
      if (key === undefined) timer.proceed()
      else {
        timer.resume(dueTimes.get(key), (due) => {
          if (due === undefined) dueTimes.delete(key)
          else dueTimes.set(key, due)
        })
      }
    }
  }

  /** Stops all timers until the next `start`, which starts them again. Only a timer's own `stop` ends it for good. */
  stopAll(): void {
    this.#started = false
    for (const timer of this.#timers) timer.suspend()
  }
}

function keysOf(timers: Iterable<ScheduledTimer>): ReadonlyMap<ScheduledTimer, string> {
  const counts = new Map<string, number>()
  const keys = new Map<ScheduledTimer, string>()
  for (const timer of timers) {
    const schedule = JSON.stringify(timer.schedule)
    const count = (counts.get(schedule) ?? 0) + 1
    counts.set(schedule, count)
    keys.set(timer, `${schedule} ${count}`)
  }
  return keys
}
