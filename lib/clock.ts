/**
 * Time as all rooms see it. Everything that waits or stamps goes through a `Clock`, so that a spec can put a
 * fake one in its place and let a year pass in a moment.
 */

/** What `setTimeout` gave; only good for `clearTimeout` of the same clock. */
export type Alarm = unknown

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /**
   * Calls `fn` once, `ms` milliseconds from now.
   *
   * @param options.keepAlive whether waiting for it keeps the process running; true unless said otherwise.
   */
  setTimeout(fn: () => void, ms: number, options?: { keepAlive?: boolean }): Alarm
  clearTimeout(alarm: Alarm): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(fn, ms, { keepAlive = true } = {}) {
    const timeout = setTimeout(fn, ms)
    if (!keepAlive) timeout.unref()
    return timeout
  },
  clearTimeout: (alarm) => clearTimeout(alarm as NodeJS.Timeout),
}

/** Resolves when `done` is, but after `ms` milliseconds in any case; rejects where it rejects before that. */
export async function within(clock: Clock, ms: number, done: Promise<unknown>): Promise<void> {
  let alarm: Alarm
  const late = new Promise<void>((resolve) => {
    alarm = clock.setTimeout(resolve, ms)
  })
  await Promise.race([done, late]).finally(() => clock.clearTimeout(alarm))
}
