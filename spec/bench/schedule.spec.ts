import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Schedule } from '../../lib/bench/schedule.js'

const spec = suite('bench/schedule')

spec('slots lie evenly, whatever happens to the client', () => {
  const schedule = new Schedule(5, 10)
  assert.equal([schedule.take(), schedule.take(), schedule.take()], [5, 15, 25])
})

spec('a client that its service kept waiting is late from when its question was due', () => {
  const schedule = new Schedule(0, 10)
  schedule.woke(schedule.take(), 0)
  // Answered after a second: a hundred questions are due by then, and each has waited since its own time.
  assert.is(schedule.lateFrom(schedule.take(), 1_000), 10)
  assert.is(schedule.lateFrom(schedule.take(), 1_001), 20)
})

spec('time by which the generator itself was late is lag, and no latency', () => {
  const schedule = new Schedule(0, 10)
  assert.is(schedule.woke(schedule.take(), 25), 25)
  // Without that it would have been free in time, so that only what goes beyond is the service's.
  assert.is(schedule.lateFrom(schedule.take(), 26), 26)
  assert.is(schedule.lateFrom(schedule.take(), 90), 45)
})

spec('a client that is on time again owes nothing', () => {
  const schedule = new Schedule(0, 10)
  schedule.woke(schedule.take(), 25)
  assert.is(schedule.woke(schedule.take(), 9), 0)
  assert.is(schedule.lateFrom(schedule.take(), 90), 20)
})

spec('what was due before the end and was not asked is counted', () => {
  const schedule = new Schedule(5, 10)
  schedule.take()
  assert.is(schedule.missed(15), 0)
  assert.is(schedule.missed(16), 1)
  assert.is(schedule.missed(100), 9)
  assert.is(schedule.missed(0), 0)
})

spec.run()
