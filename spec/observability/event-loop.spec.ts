import { type IntervalHistogram, performance } from 'node:perf_hooks'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EventLoopMonitor } from '../../lib/observability/event-loop.js'
import type { EventLoopDelay } from '../../lib/observability/stats.js'
import { turns } from '../support/service.js'

/** Keeps the event loop busy. */
function block(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

/** Reads until there is an answer that is as it should be. */
async function readUntil(
  monitor: EventLoopMonitor,
  isSo: (delay: EventLoopDelay) => boolean = () => true,
): Promise<EventLoopDelay> {
  for (;;) {
    const delay = monitor.read()
    if (delay !== undefined && isSo(delay)) return delay
    await turns()
  }
}

test('the first answer has nothing, since measuring begins with it', async () => {
  const monitor = new EventLoopMonitor()
  assert.is(monitor.read(), undefined)
  const delay = await readUntil(monitor)
  monitor.stop()
  assert.equal(Object.keys(delay), ['min', 'mean', 'p50', 'p99', 'max'])
  for (const value of Object.values(delay)) assert.ok(Number.isFinite(value) && value >= 0, String(value))
})

test('a handler that keeps the loop busy shows in the maximum', async () => {
  const monitor = new EventLoopMonitor()
  await readUntil(monitor)
  block(200)
  const delay = await readUntil(monitor, ({ max }) => max > 100)
  monitor.stop()
  assert.ok(delay.min <= delay.mean && delay.mean <= delay.max)
  assert.ok(delay.p50 <= delay.p99 && delay.p99 <= delay.max)
})

test('what was long ago is forgotten, and nobody who asks in between makes it last', () => {
  let now = 0
  const running: string[] = []
  /** Each has another maximum: how many were opened before it, in milliseconds. */
  let opened = 0
  const open = (): IntervalHistogram => {
    const ms = opened++
    const value = (20 + ms) * 1e6
    const disable = (): boolean => running.splice(running.indexOf(`${ms}`), 1).length > 0
    const enable = (): boolean => running.push(`${ms}`) > 0
    return {
      count: 1,
      min: value,
      mean: value,
      max: value,
      percentile: () => value,
      enable,
      disable,
    } as never
  }
  const monitor = new EventLoopMonitor(() => now, open)
  const maxAt = (time: number): number | undefined => {
    now = time
    return monitor.read()?.max
  }
  assert.equal([0, 29_999, 30_000, 59_999].map(maxAt), [0, 0, 0, 0])
  assert.equal(running, ['0', '1'])
  assert.equal([60_000, 89_999].map(maxAt), [1, 1])
  assert.equal(running, ['1', '2'])
  // Nobody has asked for an hour: what has happened since is in the answer.
  assert.is(maxAt(3_600_000), 2)
  monitor.stop()
  assert.equal(running, [])
})

test('after stop it begins anew', async () => {
  const monitor = new EventLoopMonitor()
  await readUntil(monitor)
  monitor.stop()
  assert.is(monitor.read(), undefined)
  monitor.stop()
  monitor.stop()
})

test.run()
