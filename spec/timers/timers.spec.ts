import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/clock.js'
import { FakeClock } from '../../lib/testing/clock.js'
import { InvalidScheduleError, Timers } from '../../lib/timers/index.js'

const test = suite('timers: owner')

function onError(_timer: unknown, error: unknown): never {
  throw error
}

test('timers added before the start begin with it, and periods count from there', async () => {
  const clock = new FakeClock(0)
  const timers = new Timers({ clock, onError })
  const ran: number[] = []
  const timer = timers.add({ every: 100 }, () => ran.push(clock.now()))
  const after = timers.add({ after: 30 }, () => ran.push(-clock.now()))
  await clock.advance(1_000)
  assert.equal([ran, timer.next, after.next, timers.size, clock.pending], [[], undefined, undefined, 2, 0])
  timers.start()
  timers.start()
  assert.is(timer.next?.getTime(), 1_100)
  assert.is(clock.pending, 2)
  await clock.advance(200)
  assert.equal(ran, [-1_030, 1_100, 1_200])
})

test('timers added after the start begin at once', async () => {
  const clock = new FakeClock(0)
  const timers = new Timers({ clock, onError })
  timers.start()
  await clock.advance(50)
  assert.is(timers.add({ every: 100 }, () => undefined).next?.getTime(), 150)
})

test('stopAll stops all, running or waiting', async () => {
  const clock = new FakeClock(0)
  const timers = new Timers({ clock, onError })
  const waiting = timers.add({ every: 100 }, () => undefined)
  timers.start()
  const running = timers.add({ every: 10 }, ({ signal }) => new Promise((done) => (signal.onabort = done)))
  await clock.advance(50)
  assert.ok(running.running)
  timers.stopAll()
  assert.ok(waiting.signal.aborted && running.signal.aborted)
  assert.is(waiting.next, undefined)
  await clock.advance(1_000)
  assert.equal([waiting.runs, running.runs, running.running, clock.pending], [0, 1, false, 0])
})

test('after stopAll and another start timers begin anew, with a signal of their own', async () => {
  const clock = new FakeClock(0)
  const timers = new Timers({ clock, onError })
  const ran: number[] = []
  const timer = timers.add({ every: 100 }, () => ran.push(clock.now()))
  const ended = timers.add({ every: 100 }, () => ran.push(-1))
  ended.stop()
  timers.start()
  await clock.advance(250)
  timers.stopAll()
  await clock.advance(500)
  timers.start()
  assert.not(timer.signal.aborted)
  await clock.advance(150)
  assert.equal(ran, [100, 200, 850])
})

test('a run that outlives stopAll and another start is not overlapped', async () => {
  const clock = new FakeClock(0)
  const timers = new Timers({ clock, onError })
  let inside = 0
  let most = 0
  const ends: (() => void)[] = []
  const timer = timers.add({ every: 100 }, async () => {
    most = Math.max(most, ++inside)
    await new Promise<void>((end) => ends.push(end))
    inside -= 1
  })
  timers.start()
  await clock.advance(100)
  timers.stopAll()
  timers.start()
  await clock.advance(1_000)
  assert.equal([timer.runs, most], [1, 1])
  ends[0]?.()
  await clock.advance(100)
  assert.equal([timer.runs, most], [2, 1])
})

test('a timer that was stopped before the start does not start', async () => {
  const clock = new FakeClock(0)
  const timers = new Timers({ clock, onError })
  const timer = timers.add({ every: 100 }, () => undefined)
  timer.stop()
  timers.start()
  await clock.advance(1_000)
  assert.equal([timer.runs, timers.size, clock.pending], [0, 0, 0])
})

test('a timer added after stopAll waits for the next start', async () => {
  const clock = new FakeClock(0)
  const timers = new Timers({ clock, onError })
  timers.start()
  timers.stopAll()
  const timer = timers.add({ every: 100 }, () => undefined)
  await clock.advance(500)
  assert.is(timer.runs, 0)
  timers.start()
  await clock.advance(100)
  assert.is(timer.runs, 1)
})

test('a wrong schedule is refused when it is added, and leaves nothing behind', () => {
  const timers = new Timers({ clock: new FakeClock(0), onError })
  assert.throws(
    () => timers.add({ every: 0 }, () => undefined),
    (error: Error) => error instanceof InvalidScheduleError && /every is 0/.test(error.message),
  )
  assert.is(timers.size, 0)
})

test('without another clock, the system’s is used', async () => {
  const timers = new Timers({ onError })
  timers.start()
  const ranAt = new Promise<number>((resolve) => {
    timers.add({ after: 5 }, ({ due }) => resolve(Number(due)))
  })
  assert.ok((await ranAt) <= systemClock.now())
  timers.stopAll()
})

test.run()
