/** One timer: waits until it is due, runs its function, and waits again. */
import type { Alarm, Clock } from '../clock.js'
import type { Plan } from './plan.js'
import type { Schedule } from './schedule.js'

export type TimerFunction = (timer: Timer) => unknown

export interface TimerOptions {
  /**
   * What happens with due times that pass while a run is still going on, or while the machine slept; default `'skip'`.
   *
   * - `'skip'`: they are left out. (A run that starts late, since the process was busy or asleep when it was due, still
   *   runs: it stands for all that were missed.)
   * - `'catch-up'`: each is made up, one run after another, the oldest first. After 100 late runs in a row the rest is
   *   left out: a timer whose runs always take longer than its period would never catch up.
   */
  readonly late?: 'skip' | 'catch-up'
}

export interface Timer {
  /** As it was given. */
  readonly schedule: Schedule
  /** When it is due next. During a run, when it is due after it. Undefined before it starts, and when it has ended. */
  readonly next: Date | undefined
  /** The time that the present run was due at; undefined between runs. */
  readonly due: Date | undefined
  /** How many runs have begun. */
  readonly runs: number
  /** Whether a run is going on. */
  readonly running: boolean
  /** Aborted by `stop`, so that a run can end early. */
  readonly signal: AbortSignal
  /** Ends the timer for good. A run that is going on is not interrupted; it sees the abort of `signal`. */
  stop(): void
}

/** What a timer needs from its owner. */
export interface TimerHost {
  readonly clock: Clock
  onError(timer: Timer, error: unknown): void
  /** The timer will not run again. */
  onEnd(timer: Timer): void
}

const MOST_MADE_UP = 100

// Short of the 2^31 ms that setTimeout can wait. And timeouts stand still while a machine sleeps and do not see its
// clock being set: a timer due in a week notices within the hour.
const LONGEST_WAIT = 3_600_000

export class ScheduledTimer implements Timer {
  readonly schedule: Schedule
  readonly #plan: Plan
  readonly #fn: TimerFunction
  readonly #late: 'skip' | 'catch-up'
  readonly #host: TimerHost
  #controller = new AbortController()
  /** Between `start` and `suspend`: due times are waited for. */
  #active = false
  #ended = false
  #alarm: Alarm | undefined
  #next: number | undefined
  #due: number | undefined
  #runs = 0
  /** Late runs in a row. */
  #madeUp = 0

  constructor(
    schedule: Schedule,
    plan: Plan,
    fn: TimerFunction,
    { late = 'skip' }: TimerOptions,
    host: TimerHost,
  ) {
    this.schedule = schedule
    this.#plan = plan
    this.#fn = fn
    this.#late = late
    this.#host = host
  }

  get next(): Date | undefined {
    return dateOf(this.#next)
  }

  get due(): Date | undefined {
    return dateOf(this.#due)
  }

  get runs(): number {
    return this.#runs
  }

  get running(): boolean {
    return this.#due !== undefined
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Periods count from here. After `suspend` it begins anew, once a run that is still going on has ended. */
  start(): void {
    if (this.#ended) return
    this.#active = true
    if (this.running) return
    if (this.signal.aborted) this.#controller = new AbortController()
    this.#waitUntil(this.#plan.first(this.#host.clock.now()))
  }

  /** Waits no more until the next `start`; a run that is going on sees its signal abort. */
  suspend(): void {
    this.#active = false
    if (this.#alarm !== undefined) this.#host.clock.clearTimeout(this.#alarm)
    this.#alarm = undefined
    this.#next = undefined
    this.#controller.abort()
  }

  stop(): void {
    if (this.#ended) return
    this.suspend()
    this.#end()
  }

  #end(): void {
    this.#ended = true
    this.#host.onEnd(this)
  }

  #waitUntil(next: number | undefined): void {
    this.#next = next
    this.#alarm = undefined
    if (next === undefined) {
      this.#end()
      return
    }
    const { clock } = this.#host
    const wait = Math.min(Math.max(next - clock.now(), 0), LONGEST_WAIT)
    // An alarm may come early: for a long wait, and by a fraction of a millisecond for every other.
    const wake = () => (clock.now() < next ? this.#waitUntil(next) : void this.#run(next))
    this.#alarm = clock.setTimeout(wake, wait)
  }

  async #run(due: number): Promise<void> {
    this.#alarm = undefined
    this.#due = due
    this.#runs++
    this.#next = this.#plan.following(due)
    const { signal } = this
    try {
      await this.#fn(this)
    } catch (error) {
      if (!isAbortOf(signal, error)) this.#host.onError(this, error)
    } finally {
      this.#due = undefined
      if (this.#active) {
        if (signal.aborted) this.start()
        else this.#waitUntil(this.#afterRun())
      }
    }
  }

  /** When it is due after the run that ends now; never, if it was stopped. */
  #afterRun(): number | undefined {
    const next = this.#next
    const now = this.#host.clock.now()
    if (next === undefined || next >= now) {
      this.#madeUp = 0
      return next
    }
    if (this.#late === 'catch-up' && this.#madeUp < MOST_MADE_UP) {
      this.#madeUp++
      return next
    }
    this.#madeUp = 0
    return this.#plan.upcoming(next, now)
  }
}

/** A run that ends by the abort of its signal has done what `stop` asked for. */
function isAbortOf(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false
  // Node's own functions throw an AbortError of their own, with the signal's reason as its cause.
  return error === signal.reason || (error instanceof Error && error.cause === signal.reason)
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time)
}
