import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { once, periodic, randomPeriodic, recurring } from '../../lib/timers/plan.js'

const test = suite('timers: plan')

test('a period is due at the start plus one, two, three periods', () => {
  const plan = periodic(10)
  assert.is(plan.first(3), 13)
  assert.is(plan.following(13), 23)
})

test('whatever was missed, the upcoming due time of a period is on its grid, and the first that has not passed', () => {
  const anyTime = fc.integer({ min: 0, max: 4e12 })
  fc.assert(
    fc.property(
      anyTime,
      fc.integer({ min: 1, max: 1e9 }),
      fc.integer({ min: 1, max: 1e12 }),
      (missed, period, ago) => {
        const now = missed + ago
        const next = periodic(period).upcoming(missed, now) as number
        assert.is((next - missed) % period, 0)
        assert.ok(next >= now && next - period < now)
      },
    ),
  )
})

test('a random period lies between its bounds, and is drawn anew each time', () => {
  const drawn = [0, 0.5, 0.999, 0.25]
  const plan = randomPeriodic(100, 200, () => drawn.shift() as number)
  assert.is(plan.first(1_000), 1_100)
  assert.is(plan.following(1_100), 1_250)
  assert.is(plan.following(1_250), 1_449.9)
  assert.is(plan.upcoming(1_449.9, 5_000), 5_125)
})

test('once is once', () => {
  const plan = once((start) => start + 5)
  assert.is(plan.first(1), 6)
  assert.is(plan.following(6), undefined)
  assert.is(plan.upcoming(6, 100), undefined)
})

test('of a recurring time, one that is now has not passed', () => {
  const everyTen = recurring((after) => Math.floor(after / 10) * 10 + 10)
  assert.is(everyTen.first(10), 20)
  assert.is(everyTen.following(20), 30)
  assert.is(everyTen.upcoming(10, 29), 30)
  assert.is(everyTen.upcoming(10, 30), 30)
  assert.is(everyTen.upcoming(10, 31), 40)
})

test('a due time is no further away than a period; by the calendar, it may be any time away', () => {
  assert.is(periodic(10).longest, 10)
  assert.is(randomPeriodic(100, 200, () => 0).longest, 200)
  assert.is(once((start) => start + 5, 5).longest, 5)
  assert.is(once(() => 5).longest, Infinity)
  assert.is(recurring(() => 5).longest, Infinity)
})

test.run()
