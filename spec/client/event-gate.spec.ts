import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EventGate } from '../../lib/client/event-gate.js'
import { deferred, turns } from '../support/service.js'

function setUp(max: number) {
  const clock = { time: 0, now: () => clock.time }
  const counts = { raised: 0, reports: 0 }
  const gate = new EventGate(max, clock, () => counts.reports++)
  const raise = (times: number, running?: Promise<unknown>): void => {
    for (let i = 0; i < times; i++) {
      if (!gate.allows()) continue
      counts.raised += 1
      gate.count(running)
    }
  }
  return { clock, counts, raise }
}

test('so many events are raised in a second, and the rest is told once (rule 19)', () => {
  const { clock, counts, raise } = setUp(10)
  raise(1_000)
  assert.equal(counts, { raised: 10, reports: 1 })
  clock.time += 1_000
  raise(1_000)
  assert.equal(counts, { raised: 20, reports: 2 })
})

test('handlers of no more events than that run at a time, however they end (rule 19)', async () => {
  const { clock, counts, raise } = setUp(10)
  const [well, badly] = [deferred(), deferred()]
  for (let second = 0; second < 10; second++) {
    raise(1, well.promise)
    raise(1, badly.promise)
    clock.time += 1_000
  }
  assert.equal(counts, { raised: 10, reports: 5 })
  well.resolve()
  badly.reject(new Error('failed'))
  await turns()
  raise(5)
  assert.is(counts.raised, 15)
})

test.run()
