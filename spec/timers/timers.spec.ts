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

test('a process that takes back goes on with due times: each timer by its own, whatever has ended meanwhile', async () => {
  const clock = new FakeClock(0)
  const timers = new Timers({ clock, onError })
  const ran: string[] = []
  const note =
    (name: string) =>
    ({ signal }: { signal: AbortSignal }) => {
      ran.push(`${name} ${clock.now()}${signal.aborted ? ' aborted' : ''}`)
    }
  const kept = new Map<string, number | 'ended'>()
  timers.add({ after: 100 }, note('first'))
  timers.add({ after: 100 }, note('second')).stop()
  timers.add({ every: 400 }, note('every'))
  timers.start(kept)
  await clock.advance(200)
  // Those that are added later are not told to another process: one has the schedule of a timer that has ended.
  timers.add({ after: 100 }, note('later'))
  timers.add({ after: 300 }, note('much later'))
  await clock.advance(50)
  timers.stopAll()
  await clock.advance(20)
  timers.start(kept)
  await clock.advance(600)
  assert.equal(ran, ['first 100', 'later 300', 'every 400', 'much later 500', 'every 800'])
  assert.equal([...kept.values()], ['ended', 1_200])
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

/** Runs the same program in one process after another, on one clock. */
function processes(set: (timers: Timers) => void) {
  const clock = new FakeClock(0)
  const dueTimes = new Map<string, number | 'ended'>()
  let timers: Timers | undefined
  return {
    clock,
    dueTimes,
    stop: () => timers?.stopAll(),
    restart(): void {
      timers?.stopAll()
      timers = new Timers({ clock, onError })
      set(timers)
      timers.start(dueTimes)
    },
  }
}

test('a period goes on over restarts: it is longer than any process lives, and is kept to the millisecond', async () => {
  const ran: number[] = []
  const { clock, restart } = processes((timers) => {
    timers.add({ every: 600_000 }, () => ran.push(clock.now()))
  })
  const from = clock.now()
  restart()
  for (let minute = 1; minute <= 30; minute++) {
    await clock.advance(60_000)
    restart()
  }
  assert.equal(ran, [from + 600_000, from + 1_200_000, from + 1_800_000])
})

test('a due time of before the clock was set back is put right, and kept so for the next process', async () => {
  const ran: number[] = []
  const { clock, restart, dueTimes } = processes((timers) => {
    timers.add({ every: 1_000 }, () => ran.push(clock.now() - from))
  })
  const from = clock.now()
  dueTimes.set('{"every":1000} 1', from + 3_600_000)
  restart()
  assert.is(dueTimes.get('{"every":1000} 1'), from + 1_000)
  await clock.advance(700)
  restart()
  await clock.advance(1_300)
  assert.equal(ran, [1_000, 2_000])
})

test('a timer that was due while no process ran runs once, at once, and is in step afterwards', async () => {
  const ran: number[] = []
  const { clock, stop, restart } = processes((timers) => {
    timers.add({ every: 1_000 }, () => ran.push(clock.now() - from))
  })
  const from = clock.now()
  restart()
  await clock.advance(1_000)
  stop()
  await clock.advance(4_500)
  restart()
  await clock.advance(1)
  assert.equal(ran, [1_000, 5_501])
  await clock.advance(1_500)
  assert.equal(ran, [1_000, 5_501, 6_000, 7_000])
})

test('a calendar timer neither misses nor doubles a run, however often processes change', async () => {
  const ran: number[] = []
  const { clock, restart } = processes((timers) => {
    timers.add({ cron: '*/5 * * * *', timeZone: 'UTC' }, () => ran.push(clock.now() / 60_000))
  })
  restart()
  for (let second = 0; second < 1_200; second += 7) {
    await clock.advance(7_000)
    restart()
  }
  const first = Math.ceil(ran[0] ?? 0)
  assert.equal(ran.map(Math.floor), [first, first + 5, first + 10, first + 15])
})

test('a timer that runs once does so once, whatever restarts come before and after', async () => {
  const ran: number[] = []
  const { clock, restart } = processes((timers) => {
    timers.add({ after: 2_500 }, () => ran.push(clock.now()))
    timers.add({ at: new Date(5_200) }, () => ran.push(clock.now()))
  })
  const from = clock.now()
  restart()
  for (let second = 1; second <= 10; second++) {
    await clock.advance(1_000)
    restart()
  }
  assert.equal(
    ran.filter((time) => time === from + 2_500),
    [from + 2_500],
  )
  assert.is(ran.length, 2)
})

test('timers of one schedule are told apart by their order, and one that was stopped begins anew', async () => {
  const ran: string[] = []
  const { clock, restart, dueTimes } = processes((timers) => {
    timers.add({ every: 100 }, () => ran.push('one'))
    timers.add({ every: 100 }, (timer) => {
      ran.push('two')
      timer.stop()
    })
  })
  restart()
  await clock.advance(250)
  assert.equal(ran, ['one', 'two', 'one'])
  assert.equal([...dueTimes.keys()], ['{"every":100} 1'])
  restart()
  await clock.advance(50)
  assert.equal(ran.slice(3), ['one'])
  await clock.advance(50)
  assert.equal(ran.slice(4), ['two'])
})

test.run()
