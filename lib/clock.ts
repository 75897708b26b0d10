/**
 * Time as all rooms see it. Everything that waits or stamps goes through a `Clock`, so that a spec can use a fake one
 * and let a year pass in a moment.
 */
import { checkMethods } from './errors.js'

/** What `setTimeout` gave, undefined included; only good for `clearTimeout` of the same clock. */
export type Alarm = unknown

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /**
   * Calls `fn` once, `ms` milliseconds from now; never where `ms` is Infinity. Any length will do.
   *
   * @param options.keepAlive whether waiting for it keeps the process running; true unless said otherwise.
   */
  setTimeout(fn: () => void, ms: number, options?: { keepAlive?: boolean }): Alarm
  clearTimeout(alarm: Alarm): void
}

/**
 * A time from which something is counted, where the clock has jumped. Nobody answers for a clock that is set, nor for a
 * process that stood still: what came meanwhile may not be read yet.
 *
 * @param lost the milliseconds by which time has jumped on. By how much it was set back nobody knows; what lies in the
 * future then counts from now.
 */
export function forgiven(time: number, now: number, lost: number): number {
  return Math.min(time + lost, now)
}

const METHODS = ['now', 'setTimeout', 'clearTimeout'] as const

/** @throws InvalidOptionError for what tells no time. */
export function checkClock(where: string, clock: Clock): Clock {
  checkMethods(where, 'clock', clock, METHODS)
  return clock
}

/** 20 days: Node takes delays of 2^31 ms and more, a little under 25 days, for 1 ms. */
const LONGEST_DELAY = 20 * 86_400_000

/** A delay that takes several of Node's timers, one after another. */
class LongAlarm {
  timeout: NodeJS.Timeout | undefined

  constructor(fn: () => void, ms: number, keepAlive: boolean) {
    const step = (left: number): void => {
      const delay = Math.min(left, LONGEST_DELAY)
      this.timeout = setTimeout(() => (left > delay ? step(left - delay) : fn()), delay)
      if (!keepAlive) this.timeout.unref()
    }
    step(ms)
  }
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(fn, ms, { keepAlive = true } = {}) {
    if (ms === Number.POSITIVE_INFINITY) return undefined
    if (ms > LONGEST_DELAY) return new LongAlarm(fn, ms, keepAlive)
    const timeout = setTimeout(fn, ms)
    if (!keepAlive) timeout.unref()
    return timeout
  },
  clearTimeout(alarm) {
    clearTimeout(alarm instanceof LongAlarm ? alarm.timeout : (alarm as NodeJS.Timeout | undefined))
  },
}
