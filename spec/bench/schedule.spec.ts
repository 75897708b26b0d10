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

spec(
  'a script that pauses is late by its own doing: it counts from when it would have asked without any wait',
  () => {
    const schedule = new Schedule(0, 100)
    schedule.woke(schedule.take(), 0)
    // Answered at 10, and paused for 150: ready at 160, and at 150 had there been no wait.
    assert.is(schedule.lateFrom(schedule.take(150), 160), 150)
    // Answered after a second: what was due meanwhile counts from when it was due.
    assert.is(schedule.lateFrom(schedule.take(10), 1_170), 200)
    assert.is(schedule.lateFrom(schedule.take(10), 1_190), 300)
    assert.is(schedule.missed(1_000), 6)
  },
)

spec(
  'a script that is a whole interval late by its own pauses leaves out what was due, and that is missed',
  () => {
    const schedule = new Schedule(0, 100)
    schedule.woke(schedule.take(), 0)
    // In time for nothing up to 350: the next slot is at 400.
    assert.is(schedule.take(350), 400)
    assert.is(schedule.missed(400), 3)
    assert.is(schedule.woke(400, 400), 0)
    // A wait for the service leaves out nothing.
    assert.is(schedule.take(), 500)
    assert.is(schedule.lateFrom(500, 5_000), 500)
    assert.is(schedule.take(), 600)
    assert.is(schedule.missed(700), 3)
  },
)

spec(
  'pauses that fit between two questions change nothing, however long the service made it wait before',
  () => {
    const schedule = new Schedule(0, 100)
    schedule.woke(schedule.take(), 0)
    for (let n = 1; n <= 50; n += 1)
      assert.is(schedule.lateFrom(schedule.take(n % 2 === 0 ? 40 : 90), 10_000 + n), n * 100)
  },
)

spec(
  'a client that begins in the ramp misses nothing there; one that begins late waits for its first slot',
  () => {
    assert.is(new Schedule(-950, 100, -1_000).missed(1_000), 10)
    const schedule = new Schedule(50, 100, 0)
    // A second passed in vain, with the pause after a failure.
    assert.is(schedule.take(1_000), 1_050)
    assert.is(schedule.missed(1_000), 10)
  },
)

spec('what was due before the end and was not asked is counted', () => {
  const schedule = new Schedule(5, 10)
  schedule.take()
  assert.is(schedule.missed(15), 0)
  assert.is(schedule.missed(16), 1)
  assert.is(schedule.missed(100), 9)
  assert.is(schedule.missed(0), 0)
})

spec.run()
