import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { heard, tick } from '../../lib/angel/heartbeat.js'
import { BEATS } from '../../lib/edge/frames.js'

test('whoever gives a sign with each tick is alive, for ever', () => {
  const heartbeat = { alarm: 1, silentTicks: 0, heardAt: 0 }
  for (let i = 0; i < 100; i++) {
    assert.not(tick(heartbeat))
    heard(heartbeat, i)
  }
  assert.is(heartbeat.heardAt, 99)
})

test('whoever is silent for longer than the limit, which is one tick more than it has, is blocked', () => {
  const heartbeat = { alarm: 1, silentTicks: 0, heardAt: 0 }
  heard(heartbeat, 500)
  for (let i = 0; i < BEATS; i++) assert.not(tick(heartbeat))
  assert.ok(tick(heartbeat))
  assert.is(heartbeat.heardAt, 500)
})

test.run()
