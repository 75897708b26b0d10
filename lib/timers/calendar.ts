/**
 * Due times by the calendar, found by croner. Only its search for the next due time is used; waiting goes through the
 * service's clock.
 *
 * Its rules for daylight saving time, with `fixedTimeRule: 'no-wildcard'`:
 * - A schedule that names its hours, minutes and seconds (`{ hour: 2, minute: 30 }`, `'30 2,14 * * *'`) is due once
 *   on every such day. A time that the clocks skip is due at the end of the gap (02:30 at 03:00, in Berlin in March); a
 *   time that they repeat is due the first time.
 * - A schedule with a wildcard or step in one of them (`{ minute: 30 }`, every hour) continues in even steps: skipped
 *   times are left out, and repeated times are due both times.
 */
import { Cron, type CronOptions } from 'croner'
import { messageOf, shown } from '../errors.js'
import { InvalidScheduleError } from './errors.js'
import { type Plan, recurring } from './plan.js'

/** `domAndDow`: a day and a weekday must both hold; by cron's own rule one is enough. */
type DayRule = Pick<CronOptions, 'domAndDow'>

/**
 * @param schedule what the program wrote, for errors.
 * @throws {InvalidScheduleError} if the expression or the time zone is not valid, or it will not be due after `now`.
 */
export function calendarPlan(
  schedule: unknown,
  expression: unknown,
  timeZone: unknown,
  now: number,
  options: DayRule = {},
): Plan {
  if (typeof expression !== 'string') {
    throw new InvalidScheduleError(schedule, 'expected cron to be a string.')
  }
  const cron = cronOf(schedule, expression, { ...options, ...checkedTimeZone(schedule, timeZone) })
  if (cron.getPattern() === undefined) {
    throw new InvalidScheduleError(
      schedule,
      'cron is a date; expected a cron expression, or the date as { at }.',
    )
  }
  const next = (after: number) => cron.nextRun(new Date(after))?.getTime()
  if (next(now) === undefined) {
    throw new InvalidScheduleError(schedule, 'it will never be due; check day, month and year.')
  }
  return recurring(next)
}

function cronOf(schedule: unknown, expression: string, options: CronOptions): Cron {
  try {
    return new Cron(expression, { ...options, paused: true, fixedTimeRule: 'no-wildcard' })
  } catch (cause) {
    const problem = `cron is not a cron expression (${messageOf(cause)}); expected one such as '0 9 * * 1-5'.`
    throw new InvalidScheduleError(schedule, problem, { cause })
  }
}

function checkedTimeZone(schedule: unknown, timeZone: unknown): { timezone?: string } {
  if (timeZone === undefined) return {}
  try {
    if (typeof timeZone !== 'string') throw new TypeError('it is not a string')
    new Intl.DateTimeFormat('en', { timeZone })
    return { timezone: timeZone }
  } catch (cause) {
    const problem = `the time zone ${shown(timeZone)} is unknown; expected an IANA name such as 'Europe/Berlin'.`
    throw new InvalidScheduleError(schedule, problem, { cause })
  }
}
