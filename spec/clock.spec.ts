import { mock } from 'node:test'
import { Service, tls, websocket } from 'mara-ts'
import { timeout } from 'mara-ts/streams'
import { Timers } from 'mara-ts/timers'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../lib/clock.js'

const test = suite('clock')
const DAY = 86_400_000

test.before.each(() => mock.timers.enable({ apis: ['setTimeout'] }))
test.after.each(() => mock.timers.reset())

test('a delay of any length ends when it is over, not before', () => {
  for (const days of [1, 24, 25, 30, 365]) {
    let ended = false
    systemClock.setTimeout(() => {
      ended = true
    }, days * DAY)
    // Day by day: a timer that is set within a tick starts at the tick's end.
    for (let day = 1; day < days; day++) mock.timers.tick(DAY)
    mock.timers.tick(DAY - 1)
    assert.is(ended, false, `${days} days`)
    mock.timers.tick(1)
    assert.is(ended, true, `${days} days`)
  }
})

test('a delay of Infinity never ends', () => {
  systemClock.setTimeout(() => assert.unreachable(), Number.POSITIVE_INFINITY)
  mock.timers.tick(400 * DAY)
})

test('a long delay can be taken back at any time', () => {
  const alarm = systemClock.setTimeout(() => assert.unreachable(), 60 * DAY)
  mock.timers.tick(59 * DAY)
  systemClock.clearTimeout(alarm)
  mock.timers.tick(400 * DAY)
})

test('what tells no time is refused wherever a clock is taken', () => {
  for (const wrong of [null, 5, {}, Date, { now: () => 0 }]) {
    const clock = wrong as never
    const takers = [
      () => new Service({ clock }),
      () => new Timers({ onError() {}, clock }),
      () => tls({ cert: 'a', key: 'b', clock }),
      () => websocket({ clock }),
      () => timeout(5, { clock }),
    ]
    for (const take of takers) assert.throws(take, /got clock: .*; expected an object that has the methods/)
  }
})

test.run()
