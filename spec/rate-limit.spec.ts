import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RateLimit } from '../lib/rate-limit.js'

const test = suite('rate limit')

function bucket(perSecond: number) {
  const clock = { time: 1_000_000, now: () => clock.time }
  let reports = 0
  const bucket = new RateLimit(perSecond, clock, () => reports++)
  const take = (times: number) => {
    let taken = 0
    for (let i = 0; i < times; i++) if (bucket.take()) taken++
    return taken
  }
  return { clock, take, reports: () => reports }
}

test("a second's worth may go at once, and no more (rule 19)", () => {
  const { take } = bucket(100)
  assert.is(take(1_000_000), 100)
})

test('the allowance comes back evenly, and never exceeds one second', () => {
  const { clock, take } = bucket(100)
  take(100)
  clock.time += 250
  assert.is(take(1000), 25)
  clock.time += 3_600_000
  assert.is(take(1000), 100)
})

test('time that passes in small steps is not lost', () => {
  const { clock, take } = bucket(3)
  take(3)
  let taken = 0
  for (let i = 0; i < 10_000; i++) {
    clock.time += 1
    taken += take(1)
  }
  assert.ok(taken === 29 || taken === 30, `${taken}`)
})

test('the limit is reported once a second, however many requests there are', () => {
  const { clock, take, reports } = bucket(2)
  take(2)
  assert.is(reports(), 0)
  take(1000)
  assert.is(reports(), 1)
  clock.time += 999
  take(1000)
  assert.is(reports(), 1)
  clock.time += 1
  take(1000)
  assert.is(reports(), 2)
})

test('a clock that is set back neither drains the bucket nor silences its report for ever', () => {
  const { clock, take, reports } = bucket(2)
  take(10)
  clock.time -= 86_400_000
  assert.is(take(10), 0)
  assert.is(reports(), 2)
  clock.time += 1000
  assert.is(take(10), 2)
})

test('what is denied for another reason is reported as seldom', () => {
  const clock = { time: 0, now: () => clock.time }
  let reports = 0
  const limit = new RateLimit(2, clock, () => reports++)
  for (let i = 0; i < 1500; i++) {
    limit.deny()
    clock.time += 1
  }
  assert.is(reports, 2)
  assert.ok(limit.take())
})

test.run()
