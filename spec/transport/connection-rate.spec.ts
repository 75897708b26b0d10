import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ConnectionRate } from '../../lib/transport/connection-rate.js'

/** How many of `count` connections from one address come through. */
function taken(rate: ConnectionRate, count: number, max: number, address = '192.0.2.1'): number {
  let inside = 0
  for (let i = 0; i < count; i++) if (rate.take(address, max)) inside += 1
  return inside
}

test("a minute's connections may come at once, and then one whenever a token is back (rule 19)", async () => {
  const clock = new FakeClock()
  const rate = new ConnectionRate(clock)
  assert.is(taken(rate, 100, 60), 60)
  await clock.advance(999)
  assert.is(taken(rate, 5, 60), 0)
  await clock.advance(1)
  assert.is(taken(rate, 5, 60), 1)
  await clock.advance(10_000)
  assert.is(taken(rate, 100, 60), 10)
  await clock.advance(60_000)
  assert.is(taken(rate, 100, 60), 60)
})

test('a bucket is never fuller than full, however long nobody comes', async () => {
  const clock = new FakeClock()
  const rate = new ConnectionRate(clock)
  for (const max of [1, 7, 300]) {
    assert.is(taken(rate, 1_000, max, `to ${max}`), max)
    await clock.advance(86_400_000)
    assert.is(taken(rate, 1_000, max, `to ${max}`), max)
  }
})

test('addresses do not pay for each other', () => {
  const rate = new ConnectionRate(new FakeClock())
  assert.is(taken(rate, 10, 5), 5)
  assert.is(taken(rate, 10, 5, '192.0.2.2'), 5)
})

test('whoever is turned away and tries again does not wait longer for it', async () => {
  const clock = new FakeClock()
  const rate = new ConnectionRate(clock)
  taken(rate, 60, 60)
  for (let i = 0; i < 10; i++) {
    await clock.advance(100)
    const expected = i === 9 ? 1 : 0
    assert.is(taken(rate, 50, 60), expected)
  }
})

test('buckets that are full again are forgotten, and there are never more than so many', async () => {
  const clock = new FakeClock()
  const rate = new ConnectionRate(clock)
  for (let i = 0; i < 15_000; i++) taken(rate, 1, 60, `address ${i}`)
  assert.ok(rate.size <= 10_000, `${rate.size}`)
  await clock.advance(60_000)
  for (let i = 0; i < 6_000; i++) taken(rate, 1, 60, 'the last one')
  assert.is(rate.size, 1)
})

test('a clock that is set back locks nobody out', () => {
  let now = 10_000_000
  const rate = new ConnectionRate({ now: () => now })
  assert.is(taken(rate, 3, 3), 3)
  now -= 3_600_000
  assert.is(taken(rate, 10, 3), 3)
  now += 20_000
  assert.is(taken(rate, 10, 3), 1)
})

test.run()
