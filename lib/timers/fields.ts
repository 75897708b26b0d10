/** Calendar schedules in words: `{ hour: 9, minute: 30 }` as a cron expression. */
import { shown } from '../errors.js'
import { InvalidScheduleError } from './errors.js'

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** From the smallest to the largest, in the order of cron, but with the weekday apart. */
const FIELDS = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const
type Field = (typeof FIELDS)[number]

const RANGES: { readonly [field in Field]: readonly [first: number, last: number] } = {
  second: [0, 59],
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  month: [1, 12],
  year: [1970, 9999],
}

export type Weekday = (typeof WEEKDAYS)[number]

/**
 * Moments of the calendar, named by their fields. A field may have several values: `{ hour: [9, 17] }` is 09:00 and
 * 17:00.
 *
 * Of the fields that are missing, those larger than all given ones are every one, and the others are their first:
 * `{ minute: 30 }` is half past every hour, `{ hour: 9 }` 09:00:00 on every day, `{ day: 1 }` the beginning of every
 * month, `{ month: 5, hour: 9 }` 1 May at 09:00. A weekday takes the place of a missing day: `{ weekday: 'monday' }` is
 * the beginning of every Monday. With a day besides, both must hold: `{ day: 13, weekday: 'friday' }`.
 */
export interface CalendarSchedule {
  /** 0 to 59. */
  readonly second?: number | readonly number[] | undefined
  /** 0 to 59. */
  readonly minute?: number | readonly number[] | undefined
  /** 0 to 23. */
  readonly hour?: number | readonly number[] | undefined
  /** Of the month, 1 to 31. A month that lacks it is passed over. */
  readonly day?: number | readonly number[] | undefined
  /** A lower-case English name, or a number as `Date.getDay` gives it: 0 (Sunday) to 6. */
  readonly weekday?: Weekday | number | readonly (Weekday | number)[] | undefined
  /** 1 to 12. */
  readonly month?: number | readonly number[] | undefined
  /** 1970 to 9999. */
  readonly year?: number | readonly number[] | undefined
  /** An IANA name such as `'Europe/Berlin'`; default: the time zone of the process. */
  readonly timeZone?: string | undefined
}

export const CALENDAR_FIELDS = [...FIELDS, 'weekday'] as const

type GivenFields = { readonly [field in (typeof CALENDAR_FIELDS)[number]]?: unknown }

/**
 * The fields as a cron expression of seven fields, in which a day and a weekday must both hold.
 *
 * @param schedule what the program wrote, for errors.
 * @throws {InvalidScheduleError} naming the first field with a value that it cannot have.
 */
export function cronOfFields(schedule: unknown, given: GivenFields): string {
  const weekday = given.weekday === undefined ? '*' : list(schedule, 'weekday', given.weekday, weekdayNumber)
  const largest = Math.max(
    FIELDS.findLastIndex((field) => given[field] !== undefined),
    weekday === '*' ? -1 : FIELDS.indexOf('day'),
  )
  const [second, minute, hour, day, month, year] = FIELDS.map((field, index) => {
    const [first, last] = RANGES[field]
    const value = given[field]
    if (value !== undefined) {
      return list(schedule, field, value, (each) => (isWithin(each, first, last) ? each : undefined))
    }
    return index > largest || (field === 'day' && weekday !== '*') ? '*' : String(first)
  })
  return [second, minute, hour, day, month, weekday, year].join(' ')
}

function list(
  schedule: unknown,
  field: Field | 'weekday',
  value: unknown,
  numberOf: (value: unknown) => number | undefined,
): string {
  const values = Array.isArray(value) ? value : [value]
  if (values.length === 0) throw new InvalidScheduleError(schedule, `${field} is an empty list.`)
  return values
    .map((each) => {
      const number = numberOf(each)
      if (number !== undefined) return number
      const expected =
        field === 'weekday'
          ? `a name such as 'monday', or a whole number from 0 (Sunday) to 6`
          : `a whole number from ${RANGES[field].join(' to ')}`
      throw new InvalidScheduleError(schedule, `${field} is ${shown(each)}; expected ${expected}.`)
    })
    .join(',')
}

function weekdayNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return isWithin(value, 0, 6) ? value : undefined
  const index = (WEEKDAYS as readonly unknown[]).indexOf(value)
  return index === -1 ? undefined : index
}

function isWithin(value: unknown, first: number, last: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= first && value <= last
}
