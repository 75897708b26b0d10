import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { shown } from '../../lib/errors.js'
import { InvalidScheduleError, type Schedule } from '../../lib/timers/index.js'
import { planOf } from '../../lib/timers/schedule.js'

const test = suite('timers: calendar fields')

/** The first due times of a schedule after a moment, in UTC, without the seconds where they are 0. */
function dueTimes(schedule: Schedule, from: string, count = 2): string[] {
  const plan = planOf({ timeZone: 'UTC', ...schedule } as Schedule, () => 0.5, Date.parse(from))
  const times = [plan.first(Date.parse(from))]
  while (times.length < count) times.push(plan.following(times.at(-1) as number))
  return times.map((time) => {
    return time === undefined ? 'never' : new Date(time).toISOString().replace(/(:00)?\.000Z$/, '')
  })
}

function refusal(schedule: unknown): string {
  try {
    planOf(schedule as Schedule, () => 0.5, Date.parse('2025-01-01T00:00:00Z'))
  } catch (error) {
    assert.instance(error, InvalidScheduleError)
    return (error as Error).message
  }
  throw new Error(`it was expected to be refused: ${JSON.stringify(schedule)}`)
}

const FROM = '2025-01-01T08:59:45Z' // a Wednesday

test('a time of day: smaller fields that are missing are 0, larger ones are every one', () => {
  assert.equal(dueTimes({ hour: 9 }, FROM), ['2025-01-01T09:00', '2025-01-02T09:00'])
  assert.equal(dueTimes({ hour: 9, minute: 30 }, FROM), ['2025-01-01T09:30', '2025-01-02T09:30'])
  assert.equal(dueTimes({ hour: 9, second: 5 }, FROM), ['2025-01-01T09:00:05', '2025-01-02T09:00:05'])
  assert.equal(dueTimes({ minute: 15 }, FROM), ['2025-01-01T09:15', '2025-01-01T10:15'])
  assert.equal(dueTimes({ minute: 59, second: 59 }, FROM), ['2025-01-01T08:59:59', '2025-01-01T09:59:59'])
  assert.equal(dueTimes({ second: 50 }, FROM), ['2025-01-01T08:59:50', '2025-01-01T09:00:50'])
  assert.equal(dueTimes({ hour: 0 }, FROM), ['2025-01-02T00:00', '2025-01-03T00:00'])
})

test('a day is of the month, and its first moment unless it has a time', () => {
  assert.equal(dueTimes({ day: 1 }, FROM), ['2025-02-01T00:00', '2025-03-01T00:00'])
  assert.equal(dueTimes({ day: 15, hour: 12 }, FROM), ['2025-01-15T12:00', '2025-02-15T12:00'])
})

test('a month that lacks the day is passed over', () => {
  assert.equal(dueTimes({ day: 31 }, FROM, 3), ['2025-01-31T00:00', '2025-03-31T00:00', '2025-05-31T00:00'])
  assert.equal(dueTimes({ day: 29, month: 2 }, FROM), ['2028-02-29T00:00', '2032-02-29T00:00'])
})

test('a weekday is a name or a number, Sunday 0', () => {
  assert.equal(dueTimes({ weekday: 'monday' }, FROM), ['2025-01-06T00:00', '2025-01-13T00:00'])
  assert.equal(dueTimes({ weekday: 1, hour: 9 }, FROM), ['2025-01-06T09:00', '2025-01-13T09:00'])
  const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
  for (const [number, weekday] of names.entries()) {
    assert.equal(dueTimes({ weekday }, FROM), dueTimes({ weekday: number }, FROM))
    assert.is(new Date(`${dueTimes({ weekday }, FROM)[0]}Z`).getUTCDay(), number)
  }
})

test('a weekday takes the place of a missing day, and must hold besides a given one', () => {
  assert.equal(dueTimes({ weekday: 'friday', month: 3 }, FROM), ['2025-03-07T00:00', '2025-03-14T00:00'])
  assert.equal(dueTimes({ weekday: 'friday', day: 13 }, FROM), ['2025-06-13T00:00', '2026-02-13T00:00'])
})

test('a month begins with its first day, a year with its first month, and a year comes once', () => {
  assert.equal(dueTimes({ month: 5 }, FROM), ['2025-05-01T00:00', '2026-05-01T00:00'])
  assert.equal(dueTimes({ month: 5, hour: 9 }, FROM), ['2025-05-01T09:00', '2026-05-01T09:00'])
  assert.equal(dueTimes({ year: 2026 }, FROM), ['2026-01-01T00:00', 'never'])
  assert.equal(dueTimes({ year: 2025, month: 12, day: 24, hour: 18 }, FROM), ['2025-12-24T18:00', 'never'])
})

test('a field may have several values', () => {
  assert.equal(dueTimes({ hour: [9, 17] }, FROM, 3), [
    '2025-01-01T09:00',
    '2025-01-01T17:00',
    '2025-01-02T09:00',
  ])
  assert.equal(dueTimes({ weekday: ['saturday', 0], hour: 8 }, FROM), [
    '2025-01-04T08:00',
    '2025-01-05T08:00',
  ])
  assert.equal(dueTimes({ month: [1, 7], day: [1, 2] }, FROM, 3), [
    '2025-01-02T00:00',
    '2025-07-01T00:00',
    '2025-07-02T00:00',
  ])
})

test('the fields are those of the time zone', () => {
  assert.equal(dueTimes({ day: 1, timeZone: 'Asia/Tokyo' }, FROM), ['2025-01-31T15:00', '2025-02-28T15:00'])
})

test('a value that a field cannot have is refused, and the field named', () => {
  const wrong = {
    second: [60, -1, 0.5],
    minute: [60, Number.NaN],
    hour: [24, '9', null, {}],
    day: [0, 32, 'last'],
    month: [0, 13, 'may'],
    year: [1969, 10_000, '2026', Number.POSITIVE_INFINITY],
  }
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const expected = `${field} is ${shown(value)}; expected a whole number from `
      assert.match(refusal({ [field]: value }), expected)
      assert.match(refusal({ [field]: [field === 'year' ? 2030 : 1, value] }), expected)
    }
    assert.match(refusal({ [field]: [] }), `${field} is an empty list`)
  }
  for (const value of [7, -1, 1.5, 'Monday', 'mon', 'someday', null]) {
    assert.match(
      refusal({ weekday: value }),
      `weekday is ${value}; expected a name such as 'monday', or a whole`,
    )
  }
  assert.match(refusal({ hour: [] }), 'hour is an empty list')
})

test('a date that never comes is refused when the timer is added', () => {
  for (const never of [{ day: 30, month: 2 }, { year: 2024 }, { year: 2025, month: 2, day: 29 }]) {
    assert.match(refusal({ ...never, timeZone: 'UTC' }), 'it will never be due; check day, month and year')
  }
})

test('a field that does not exist is named', () => {
  assert.match(refusal({ hours: 9 }), 'it has no property hours; expected')
  assert.match(refusal({ hour: 9, week: 3 }), 'it has no property week; expected')
})

test('whatever the fields, each due time has exactly the values that were asked for', () => {
  const maybe = (first: number, last: number) =>
    fc.option(fc.integer({ min: first, max: last }), { nil: undefined })
  const fields = fc.record({
    second: maybe(0, 59),
    minute: maybe(0, 59),
    hour: maybe(0, 23),
    day: maybe(1, 28),
    weekday: maybe(0, 6),
    month: maybe(1, 12),
  })
  fc.assert(
    fc.property(fields, (schedule) => {
      fc.pre(Object.values(schedule).some((value) => value !== undefined))
      for (const time of dueTimes(schedule as Schedule, FROM, 3)) {
        const date = new Date(`${time}Z`)
        const actual = {
          second: date.getUTCSeconds(),
          minute: date.getUTCMinutes(),
          hour: date.getUTCHours(),
          day: date.getUTCDate(),
          weekday: date.getUTCDay(),
          month: date.getUTCMonth() + 1,
        }
        for (const [field, value] of Object.entries(schedule)) {
          if (value !== undefined)
            assert.is(actual[field as keyof typeof actual], value, `${field} of ${time}`)
        }
      }
    }),
    { numRuns: 60, seed: 7 },
  )
})

test.run()
