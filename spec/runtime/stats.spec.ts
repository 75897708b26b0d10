import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultLimits } from '../../lib/limits.js'
import { Counters } from '../../lib/observability/counters.js'
import { EventTallies } from '../../lib/observability/tallies.js'
import { statsOf } from '../../lib/runtime/stats.js'

const RUN = {
  uptime: 5_000,
  queues: { ready: 1, unreadLines: 2, unreadBytes: 3, unsentBytes: 4 },
  eventLoop: { delay: { min: 1, mean: 2, p50: 3, p99: 4, max: 5 } },
}

const sources = () => ({
  now: 20_000,
  since: 10_000,
  connected: 3,
  counters: new Counters(),
  tallies: new EventTallies(),
  run: RUN,
})

test('each figure is where its name says', () => {
  const all = sources()
  const counted = { accepted: 1, restored: 2, refused: 3, bytesIn: 4, linesIn: 5, bytesOut: 6, linesOut: 7 }
  Object.assign(all.counters, counted)
  all.counters.limits.maxLineLength = 8
  const stats = statsOf(all)
  assert.equal([stats.at, stats.since, stats.uptime], [20_000, 10_000, 5_000])
  assert.equal(stats.clients, { connected: 3, accepted: 1, restored: 2, refused: 3 })
  assert.equal(stats.input, { bytes: 4, lines: 5 })
  assert.equal(stats.output, { bytes: 6, lines: 7 })
  assert.equal(stats.queues, RUN.queues)
  assert.equal(stats.eventLoop, RUN.eventLoop)
  assert.is(stats.limits.maxLineLength, 8)
})

test('every limit is listed, those that nobody has met with 0', () => {
  const { limits } = statsOf(sources())
  assert.equal(Object.keys(limits).sort(), Object.keys(defaultLimits).sort())
  assert.equal(new Set(Object.values(limits)), new Set([0]))
})

test('events and handlers in flight are told by the class, and the sum is theirs', () => {
  const all = sources()
  all.tallies.of('Receive').events = 5
  all.tallies.of('Receive').flights.count = 2
  all.tallies.of('Connect').flights.count = 1
  const { events, handlers } = statsOf(all)
  assert.equal(events, { Receive: 5, Connect: 0 })
  assert.equal(handlers, { inFlight: 3, byEvent: { Receive: 2, Connect: 1 } })
})

test('a service that has never run has no time, no queues, and nothing is known of its event loop', () => {
  const stats = statsOf({ ...sources(), run: undefined })
  assert.equal([stats.uptime, stats.eventLoop.delay], [0, null])
  assert.equal(stats.queues, { ready: 0, unreadLines: 0, unreadBytes: 0, unsentBytes: 0 })
})

test('what was read is of that moment: nothing that is counted later changes it, and nobody can', () => {
  const all = sources()
  all.tallies.of('Connect').events = 1
  const stats = statsOf(all)
  const before = structuredClone(stats)
  all.counters.bytesIn += 1
  all.counters.limits.maxUnsentBytes += 1
  all.tallies.of('Connect').events += 1
  all.tallies.of('Receive').events += 1
  assert.equal(stats, before)
  const parts = [
    stats,
    stats.clients,
    stats.queues,
    stats.eventLoop.delay,
    stats.limits,
    stats.events,
    stats.handlers.byEvent,
  ]
  for (const part of parts) assert.ok(Object.isFrozen(part))
  assert.throws(() => {
    ;(stats.clients as { connected: number }).connected = 4
  }, TypeError)
})

test('it is plain data: JSON says all of it', () => {
  const stats = statsOf({ ...sources(), run: undefined })
  assert.equal(JSON.parse(JSON.stringify(stats)), stats)
})

test.run()
