/** Schedules as programs write them. They are checked here, so that a plan cannot fail. */

import { shown } from '../errors.js'
import { calendarPlan } from './calendar.js'
import { InvalidScheduleError } from './errors.js'
import { CALENDAR_FIELDS, type CalendarSchedule, cronOfFields } from './fields.js'
import { once, type Plan, periodic, randomPeriodic } from './plan.js'

/** When a timer runs. */
export type Schedule = PeriodSchedule | CronSchedule | CalendarSchedule | AtSchedule | AfterSchedule

export interface PeriodSchedule {
  /**
   * A period in milliseconds, 1 to Infinity, or the bounds of a random period. The first run is one period after the
   * start. A period of Infinity never ends, so its timer never runs.
   */
  readonly every: number | readonly [min: number, max: number]
}

export interface CronSchedule {
  /**
   * Five fields (minute, hour, day, month, day of the week), six with seconds in front, or seven with a year behind,
   * in croner's syntax: `'0 9 * * 1-5'`, `'0,30 * * * * *'`, `'@daily'`.
   */
  readonly cron: string
  /** An IANA name such as `'Europe/Berlin'`; default: the time zone of the process. */
  readonly timeZone?: string | undefined
}

export interface AtSchedule {
  /** Once, at this moment; immediately if it has passed. */
  readonly at: Date
}

export interface AfterSchedule {
  /** Once, this many milliseconds after the timer starts: 0, in the next turn, to Infinity, never. */
  readonly after: number
}

const KEYS = ['every', 'cron', 'at', 'after', 'timeZone', ...CALENDAR_FIELDS] as const
const KINDS = `exactly one of every, cron, at, after, or calendar fields (${CALENDAR_FIELDS.join(', ')})`

/** @throws {InvalidScheduleError} if the schedule is not valid or if it names a date that never comes. */
export function planOf(schedule: Schedule, random: () => number, now: number): Plan {
  const { every, cron, at, after, timeZone, ...fields } = checkedKeys(schedule)
  const hasFields = CALENDAR_FIELDS.some((field) => fields[field] !== undefined)
  const kinds = [every, cron, at, after].filter((value) => value !== undefined).length + (hasFields ? 1 : 0)
  if (kinds !== 1) throw new InvalidScheduleError(schedule, `it has ${kinds} kinds; expected ${KINDS}.`)
  if (timeZone !== undefined && cron === undefined && !hasFields) {
    throw new InvalidScheduleError(schedule, 'timeZone goes with cron or calendar fields only; leave it out.')
  }

  if (cron !== undefined) return calendarPlan(schedule, cron, timeZone, now)
  if (hasFields) {
    return calendarPlan(schedule, cronOfFields(schedule, fields), timeZone, now, { domAndDow: true })
  }
  if (at !== undefined) return momentary(schedule, at)
  if (after !== undefined) return delayed(schedule, after)
  return periodPlan(schedule, every, random)
}

function checkedKeys(schedule: Schedule): { readonly [key in (typeof KEYS)[number]]?: unknown } {
  if (typeof schedule !== 'object' || schedule === null) {
    throw new InvalidScheduleError(schedule, `expected an object with ${KINDS}, such as { every: 60_000 }.`)
  }
  const unknown = Object.keys(schedule).find((key) => !(KEYS as readonly string[]).includes(key))
  if (unknown !== undefined) {
    throw new InvalidScheduleError(schedule, `it has no property ${unknown}; expected ${KINDS}.`)
  }
  return schedule
}

function checkedMs(schedule: Schedule, name: string, value: unknown, least: 0 | 1): number {
  if (typeof value === 'number' && value >= least) return value
  const expected = `expected a number of milliseconds from ${least} to Infinity.`
  const why = value === 0 ? ' A period of 0 would run without end.' : ''
  throw new InvalidScheduleError(schedule, `${name} is ${shown(value)}; ${expected}${why}`)
}

function periodPlan(schedule: Schedule, every: unknown, random: () => number): Plan {
  if (!Array.isArray(every)) return periodic(checkedMs(schedule, 'every', every, 1))
  const [min, max] = every.map((bound, index) => checkedMs(schedule, `every[${index}]`, bound, 1))
  if (every.length !== 2 || min === undefined || max === undefined || min > max) {
    throw new InvalidScheduleError(
      schedule,
      'expected every to be [min, max], two numbers with min not above max.',
    )
  }
  return randomPeriodic(min, max, random)
}

function delayed(schedule: Schedule, after: unknown): Plan {
  const ms = checkedMs(schedule, 'after', after, 0)
  return once((start) => start + ms, ms)
}

function momentary(schedule: Schedule, at: unknown): Plan {
  const moment = at instanceof Date ? at.getTime() : Number.NaN
  if (Number.isNaN(moment)) throw new InvalidScheduleError(schedule, 'expected at to be a valid Date.')
  return once(() => moment)
}
