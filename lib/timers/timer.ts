/** One timer: waits until it is due, runs its function, and waits again. */
import type { Alarm, Clock } from '../clock.js'
import type { Plan } from './plan.js'
import type { Schedule } from './schedule.js'

export type TimerFunction = (timer: Timer) => unknown

export interface TimerOptions {
  /**
   * What happens to due times that pass while a run is going on or the machine sleeps; default `'skip'`.
   *
   * - `'skip'`: they are left out. (If the process was busy or asleep when a run was due, it still runs late, once for
   *   all that were missed.)
   * - `'catch-up'`: each gets its run, one after another, the oldest first. After 100 late runs in a row the rest are
   *   left out, since a timer whose runs always take longer than its period would never catch up.
   */
  readonly late?: 'skip' | 'catch-up' | undefined
}

export interface Timer {
  /** The schedule as it was given. */
  readonly schedule: Schedule
  /** When it is due next; during a run, when it is due after that. Undefined before it starts and after it has ended. */
  readonly next: Date | undefined
  /** When the current run was due; undefined between runs. */
  readonly due: Date | undefined
  /** How many runs have begun. */
  readonly runs: number
  /** Whether a run is going on. */
  readonly running: boolean
  /** Aborted by `stop`, so that a run can end early. */
  readonly signal: AbortSignal
  /** Ends the timer for good. It does not interrupt a run that is going on, but aborts `signal`. */
  stop(): void
}

/** What a timer needs from its owner. */
export interface TimerHost {
  readonly clock: Clock
  onError(timer: Timer, error: unknown): void
  /** The timer will not run again. */
  onEnd(timer: Timer): void
}

/** Keeps when one timer is due: `ended` means that it has run for the last time; undefined is to be forgotten. */
export type Remember = (due: number | 'ended' | undefined) => void

const MOST_CAUGHT_UP = 100

// Less than the 2^31 ms that setTimeout can wait. Timeouts also stand still while the machine sleeps, and ignore changes
// of its clock; this way a timer that is due in a week notices within the hour.
const LONGEST_WAIT = 3_600_000

export class ScheduledTimer implements Timer {
  readonly schedule: Schedule
  readonly #plan: Plan
  readonly #fn: TimerFunction
  readonly #late: 'skip' | 'catch-up'
  readonly #host: TimerHost
  #controller = new AbortController()
  /** Whether it waits for due times: between `start` and `suspend`. */
  #active = false
  #ended = false
  #alarm: Alarm | undefined
  #next: number | undefined
  #due: number | undefined
  /** When it was due next as it was suspended. */
  #suspended: number | undefined
  #runs = 0
  /** Late runs in a row. */
  #caughtUp = 0
  #remember: Remember | undefined

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

  /** Periods count from here. After `suspend` it starts again, once a run that is still going on has ended. */
  start(): void {
    if (!this.#activate()) return
    this.#waitUntil(this.#plan.first(this.#host.clock.now()))
    this.#remember?.(this.#next ?? 'ended')
  }

  /** Goes on where it was suspended, in place of `start`. */
  proceed(): void {
    const due = this.#suspended
    if (due === undefined) this.start()
    else if (this.#activate()) this.#waitUntil(due)
  }

  /** @returns false where there is nothing to wait for: it has ended, or a run is still going on. */
  #activate(): boolean {
    if (this.#ended) return false
    this.#active = true
    if (this.running) return false
    if (this.signal.aborted) this.#controller = new AbortController()
    return true
  }

  /**
   * Goes on where a timer of another process was, in place of `start`.
   *
   * @param due when that was due next.
   * @param remember is told whenever that changes.
   */
  resume(due: number | 'ended' | undefined, remember: Remember): void {
    this.#remember = remember
    if (due === undefined) this.start()
    else if (due === 'ended') this.#end()
    else if (this.#activate()) this.#waitUntil(due)
  }

  /** Stops waiting until the next `start`, and aborts the signal of a run that is going on. */
  suspend(): void {
    this.#active = false
    if (this.#alarm !== undefined) this.#host.clock.clearTimeout(this.#alarm)
    this.#alarm = undefined
    this.#suspended = this.#next
    this.#next = undefined
    this.#controller.abort()
  }

  stop(): void {
    if (this.#ended) return
    this.suspend()
    this.#remember?.(undefined)
    this.#end()
  }

  #end(): void {
    this.#ended = true
    this.#host.onEnd(this)
  }

  #waitUntil(due: number | undefined): void {
    const { clock } = this.#host
    // The clock was set back: the period begins anew, or it would take as much longer.
    const isTooFar = due !== undefined && due - clock.now() > this.#plan.longest
    const next = isTooFar ? this.#plan.first(clock.now()) : due
    if (isTooFar) this.#remember?.(next ?? 'ended')
    this.#next = next
    this.#alarm = undefined
    if (next === undefined) {
      this.#end()
      return
    }
    const wait = Math.min(Math.max(next - clock.now(), 0), LONGEST_WAIT)
    // An alarm may come early: after LONGEST_WAIT, or by a fraction of a millisecond.
    const wake = () => (clock.now() < next ? this.#waitUntil(next) : void this.#run(next))
    this.#alarm = clock.setTimeout(wake, wait)
  }

  async #run(due: number): Promise<void> {
    this.#alarm = undefined
    this.#due = due
    this.#runs++
    this.#next = this.#plan.following(due)
    // Before the run, so that it is not run again if the process ends in the middle of it.
    this.#remember?.(this.#next ?? 'ended')
    const { signal } = this
    try {
      await this.#fn(this)
    } catch (error) {
      if (!isAbortOf(signal, error)) this.#host.onError(this, error)
    } finally {
      this.#due = undefined
      if (this.#active) {
        if (signal.aborted) this.start()
        else {
          const next = this.#afterRun()
          if (next !== this.#next) this.#remember?.(next ?? 'ended')
          this.#waitUntil(next)
        }
      }
    }
  }

  /** When it is due after the run that ends now; undefined if it was stopped. */
  #afterRun(): number | undefined {
    const next = this.#next
    const now = this.#host.clock.now()
    if (next === undefined || next >= now) {
      this.#caughtUp = 0
      return next
    }
    if (this.#late === 'catch-up' && this.#caughtUp < MOST_CAUGHT_UP) {
      this.#caughtUp++
      return next
    }
    this.#caughtUp = 0
    return this.#plan.upcoming(next, now)
  }
}

/** Whether a run ended because its signal aborted, as `stop` requires: then it is not a failure. */
function isAbortOf(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false
  // Node's own functions throw an AbortError of their own, with the signal's reason as its cause.
  return error === signal.reason || (error instanceof Error && error.cause === signal.reason)
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time)
}
