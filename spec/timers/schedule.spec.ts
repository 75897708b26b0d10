import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MaraError } from '../../lib/errors.js'
import { InvalidScheduleError, type Schedule } from '../../lib/timers/index.js'
import { planOf } from '../../lib/timers/schedule.js'

const test = suite('timers: schedule')

const NOW = Date.parse('2025-01-01T00:00:00Z')
const HALF = () => 0.5

/** The first due times of a schedule from a moment on, in UTC. */
function dueTimes(schedule: Schedule, from: string, count: number): string[] {
  const plan = planOf(schedule, () => 0.5, Date.parse(from))
  const times: (number | undefined)[] = [plan.first(Date.parse(from))]
  while (times.length < count) times.push(plan.following(times.at(-1) as number))
  return times.map((time) => new Date(time as number).toISOString().replace('.000Z', 'Z'))
}

function refusal(schedule: unknown): Error {
  try {
    planOf(schedule as Schedule, HALF, NOW)
  } catch (error) {
    assert.instance(error, InvalidScheduleError)
    assert.instance(error, MaraError)
    assert.is((error as InvalidScheduleError).name, 'InvalidScheduleError')
    assert.is((error as InvalidScheduleError).schedule, schedule)
    return error as Error
  }
  throw new Error(`it was expected to be refused: ${JSON.stringify(schedule)}`)
}

test('a cron expression is in its time zone', () => {
  assert.equal(dueTimes({ cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin' }, '2025-01-03T00:00:00Z', 3), [
    '2025-01-03T08:00:00Z',
    '2025-01-06T08:00:00Z',
    '2025-01-07T08:00:00Z',
  ])
  assert.equal(dueTimes({ cron: '30 0 9 * * *', timeZone: 'Asia/Tokyo' }, '2025-07-01T00:00:00Z', 1), [
    '2025-07-01T00:00:30Z',
  ])
})

test('without a time zone, the calendar is that of the process', () => {
  const next = new Date(dueTimes({ hour: 9, minute: 30 }, '2025-01-01T00:00:00Z', 1)[0] as string)
  assert.equal([next.getHours(), next.getMinutes(), next.getSeconds()], [9, 30, 0])
})

test('a time of day that the clocks skip is due at the end of the gap, one that they repeat is due once', () => {
  for (const schedule of [{ hour: 2, minute: 30 }, { cron: '30 2 * * *' }]) {
    const inBerlin = { ...schedule, timeZone: 'Europe/Berlin' }
    assert.equal(dueTimes(inBerlin, '2025-03-28T12:00:00Z', 4), [
      '2025-03-29T01:30:00Z',
      '2025-03-30T01:00:00Z', // 03:00, since 02:30 is skipped
      '2025-03-31T00:30:00Z',
      '2025-04-01T00:30:00Z',
    ])
    assert.equal(dueTimes(inBerlin, '2025-10-24T12:00:00Z', 4), [
      '2025-10-25T00:30:00Z',
      '2025-10-26T00:30:00Z', // the first 02:30
      '2025-10-27T01:30:00Z',
      '2025-10-28T01:30:00Z',
    ])
  }
})

test('a list of hours names its hours: also these are due once on every day', () => {
  const schedule = { cron: '30 2,14 * * *', timeZone: 'Europe/Berlin' }
  assert.equal(dueTimes(schedule, '2025-03-29T14:00:00Z', 3), [
    '2025-03-30T01:00:00Z',
    '2025-03-30T12:30:00Z',
    '2025-03-31T00:30:00Z',
  ])
  assert.equal(dueTimes(schedule, '2025-10-25T13:00:00Z', 3), [
    '2025-10-26T00:30:00Z',
    '2025-10-26T13:30:00Z',
    '2025-10-27T01:30:00Z',
  ])
})

test('an hourly schedule is due every sixty minutes, also where the clocks change', () => {
  for (const day of ['2025-03-30', '2025-10-26']) {
    assert.equal(dueTimes({ minute: 30, timeZone: 'Europe/Berlin' }, `${day}T00:00:00Z`, 3), [
      `${day}T00:30:00Z`,
      `${day}T01:30:00Z`,
      `${day}T02:30:00Z`,
    ])
  }
})

test('a moment and a delay are due once', () => {
  const at = planOf({ at: new Date(5) }, HALF, NOW)
  assert.is(at.first(NOW), 5)
  assert.is(at.following(5), undefined)
  const after = planOf({ after: 100 }, HALF, NOW)
  assert.is(after.first(NOW), NOW + 100)
  assert.is(after.following(NOW + 100), undefined)
})

test('a moment is the one that was given, whatever becomes of its Date', () => {
  const at = new Date(5)
  const plan = planOf({ at }, HALF, NOW)
  at.setTime(6)
  assert.is(plan.first(NOW), 5)
})

test('a delay of 0 is due at the start', () => {
  assert.is(planOf({ after: 0 }, HALF, NOW).first(NOW), NOW)
})

test('what is due after the end of time is never due', () => {
  for (const ms of [Number.POSITIVE_INFINITY, Number.MAX_VALUE, 8.64e15]) {
    for (const schedule of [
      { after: ms },
      { every: ms },
      { every: [1, ms] },
      { every: [ms, ms] },
    ] as Schedule[]) {
      for (const random of [() => 0, () => 0.9999]) {
        const first = planOf(schedule, random, NOW).first(NOW)
        assert.ok(first === undefined || first === NOW + 1, JSON.stringify(schedule))
      }
    }
  }
  assert.is(planOf({ after: 8.64e15 - NOW }, HALF, NOW).first(NOW), 8.64e15)
  assert.is(planOf({ every: 1 }, HALF, NOW).following(8.64e15), undefined)
})

test('a period of 0 is refused, since it would run without end', () => {
  assert.match(refusal({ every: 0 }).message, 'A period of 0 would run without end.')
  assert.match(refusal({ every: [0, 10] }).message, 'A period of 0 would run without end.')
})

test('periods are milliseconds, from 1 to Infinity, and delays from 0', () => {
  assert.is(planOf({ every: 1 }, HALF, NOW).first(NOW), NOW + 1)
  assert.is(planOf({ every: 31_536_000_000_000 }, HALF, NOW).first(NOW), NOW + 31_536_000_000_000)
  assert.is(planOf({ every: [10, 20] }, () => 0.5, NOW).first(NOW), NOW + 15)
  assert.is(planOf({ every: [10, 10] }, () => 0.5, NOW).first(NOW), NOW + 10)
  for (const wrong of [0, -1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY, '60', null]) {
    assert.match(
      refusal({ every: wrong }).message,
      `every is ${wrong}; expected a number of milliseconds from 1 to Infinity`,
    )
    assert.match(refusal({ every: [wrong, 10] }).message, `every[0] is ${wrong}; expected`)
    assert.match(refusal({ every: [10, wrong] }).message, `every[1] is ${wrong}; expected`)
  }
  for (const wrong of [-1, -0.5, Number.NaN, Number.NEGATIVE_INFINITY, '0', null]) {
    assert.match(
      refusal({ after: wrong }).message,
      `after is ${wrong}; expected a number of milliseconds from 0 to Infinity`,
    )
  }
  for (const wrong of [[], [10], [10, 20, 30], [20, 10]]) {
    assert.match(refusal({ every: wrong }).message, 'expected every to be [min, max]')
  }
})

test('a schedule has exactly one kind, and no property that it does not know', () => {
  const message = /exactly one of every, cron, at, after, or calendar fields \(second, minute, /
  for (const wrong of [
    {},
    { every: undefined },
    { timeZone: 'Europe/Berlin' },
    { every: 1_000, cron: '* * * * *' },
    { every: 1_000, hour: 3 },
    { at: new Date(), after: 5 },
    { evry: 1_000 },
    { every: 1_000, minutes: 3 },
    undefined,
    null,
    60_000,
    '* * * * *',
  ]) {
    assert.match(refusal(wrong).message, message)
  }
  assert.match(refusal({ evry: 1_000 }).message, 'Invalid schedule { evry: 1000 }: it has no property evry;')
  assert.match(refusal({ every: 1, cron: '* * * * *' }).message, 'it has 2 kinds')
})

test('a time zone must exist, and goes with the calendar only', () => {
  for (const timeZone of ['Mars/Olympus', '', 5]) {
    for (const schedule of [
      { hour: 9, timeZone },
      { cron: '0 9 * * *', timeZone },
    ]) {
      assert.match(refusal(schedule).message, `the time zone ${timeZone} is unknown; expected an IANA name`)
    }
  }
  assert.match(
    refusal({ every: 1_000, timeZone: 'UTC' }).message,
    'timeZone goes with cron or calendar fields only',
  )
})

test('a cron expression must be one, and come true some day', () => {
  for (const wrong of ['', 'soon', '* * *', '60 * * * *', '* * * * * * * *', '1-x * * * *']) {
    const error = refusal({ cron: wrong })
    assert.match(error.message, 'cron is not a cron expression (')
    assert.instance(error.cause, Error)
  }
  assert.match(refusal({ cron: 5 }).message, 'expected cron to be a string')
  assert.match(refusal({ cron: '2030-01-01T00:00:00' }).message, 'cron is a date; expected')
  assert.match(refusal({ cron: '0 0 30 2 *' }).message, 'it will never be due')
  assert.match(refusal({ cron: '0 0 0 1 1 * 2024' }).message, 'it will never be due')
})

test('a moment must be a valid Date', () => {
  for (const wrong of [new Date(Number.NaN), 5, '2025-01-01']) {
    assert.match(refusal({ at: wrong }).message, 'expected at to be a valid Date')
  }
})

test.run()
