import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Pulse, TICKS } from '../../lib/angel/pulse.js'

test('whoever gives a sign with each tick is alive, for ever', async () => {
  const clock = new FakeClock()
  let blocked = 0
  const pulse = new Pulse(clock, 1_000, () => blocked++)
  for (let i = 0; i < 100; i++) {
    await clock.advance(1_000 / TICKS)
    pulse.beat()
  }
  assert.is(blocked, 0)
  pulse.stop()
  await clock.advance(10_000)
  assert.is(blocked, 0)
})

test('whoever is silent for longer than the limit is blocked, and that is said once', async () => {
  const clock = new FakeClock(5_000)
  const blocked: number[] = []
  const pulse = new Pulse(clock, 1_000, (lastHeard) => blocked.push(lastHeard))
  await clock.advance(500)
  pulse.beat()
  await clock.advance(1_000)
  assert.equal(blocked, [])
  await clock.advance(10_000)
  assert.equal(blocked, [5_500])
})

test.run()
