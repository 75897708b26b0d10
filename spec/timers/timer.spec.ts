import { setTimeout as nodeSleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeClock } from '../../lib/testing/clock.js'
import {
  type Schedule,
  type Timer,
  type TimerFunction,
  type TimerOptions,
  Timers,
} from '../../lib/timers/index.js'

const test = suite('timers: timer')

const NEW_YEAR = Date.parse('2025-01-01T00:00:00Z')

interface Stage {
  clock: FakeClock
  timers: Timers
  errors: [timer: Timer, error: unknown][]
  add(schedule: Schedule, fn: TimerFunction, options?: TimerOptions): Timer
  /** How long ago the start was, ms. */
  elapsed(): number
}

function stage({ clock = new FakeClock(NEW_YEAR), random = (): number => 0.5 } = {}): Stage {
  const begin = clock.now()
  const errors: [Timer, unknown][] = []
  const timers = new Timers({ clock, random, onError: (timer, error) => errors.push([timer, error]) })
  timers.start()
  return {
    clock,
    timers,
    errors,
    add: (schedule, fn, options) => timers.add(schedule, fn, options),
    elapsed: () => clock.now() - begin,
  }
}

/** A clock that moves though timeouts stand still: the machine slept, or somebody has set it. */
class MovedClock extends FakeClock {
  moved = 0

  override now(): number {
    return super.now() + this.moved
  }
}

/** A promise for the clock to come that far. */
function sleep(clock: FakeClock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, ms))
}

test('a period runs its function at every period, the first time one period away', async () => {
  const { clock, add, elapsed } = stage()
  const ran: number[] = []
  const timer = add({ every: 100 }, () => ran.push(elapsed()))
  assert.is(timer.next?.getTime(), NEW_YEAR + 100)
  await clock.advance(350)
  assert.equal(ran, [100, 200, 300])
  assert.is(timer.runs, 3)
  assert.is(timer.next?.getTime(), NEW_YEAR + 400)
})

test('periods do not drift, however long the runs take and however late the alarms come', async () => {
  class LateClock extends FakeClock {
    override setTimeout(fn: () => void, ms: number) {
      return super.setTimeout(fn, ms + 3)
    }
  }
  const { clock, add, elapsed } = stage({ clock: new LateClock(NEW_YEAR) })
  const ran: [at: number, due: number][] = []
  add({ every: 100 }, async (timer) => {
    ran.push([elapsed(), Number(timer.due) - NEW_YEAR])
    await sleep(clock, 40)
  })
  await clock.advance(450)
  assert.equal(ran, [
    [103, 100],
    [203, 200],
    [303, 300],
    [403, 400],
  ])
})

test('an alarm that comes early runs nothing before its time', async () => {
  class EarlyClock extends FakeClock {
    override setTimeout(fn: () => void, ms: number) {
      return super.setTimeout(fn, ms > 1 ? ms - 1 : ms)
    }
  }
  const { clock, add, elapsed } = stage({ clock: new EarlyClock(NEW_YEAR) })
  const ran: number[] = []
  add({ every: 100 }, () => ran.push(elapsed()))
  await clock.advance(300)
  assert.equal(ran, [100, 200, 300])
})

test('a random period is drawn anew for each run', async () => {
  const drawn = [0, 0.5, 0.25, 1 - Number.EPSILON, 0]
  const { clock, add, elapsed } = stage({ random: () => drawn.shift() as number })
  const ran: number[] = []
  add({ every: [100, 200] }, () => ran.push(elapsed()))
  await clock.advance(575)
  assert.equal(ran, [100, 250, 375, 575])
})

test('one that is due once runs once and has ended', async () => {
  const { clock, add, elapsed, timers } = stage()
  const ran: string[] = []
  const after = add({ after: 50 }, () => ran.push(`after ${elapsed()}`))
  const at = add({ at: new Date(NEW_YEAR + 70) }, () => ran.push(`at ${elapsed()}`))
  add({ at: new Date(NEW_YEAR - 1) }, () => ran.push('passed'))
  await clock.advance(1_000)
  assert.equal(ran, ['passed', 'after 50', 'at 70'])
  assert.equal([after.next, at.next, timers.size, clock.pending], [undefined, undefined, 0, 0])
})

test('a delay of 0 runs in the next turn, and not before', async () => {
  const { clock, add } = stage()
  const timer = add({ after: 0 }, () => undefined)
  assert.is(timer.runs, 0)
  await clock.advance(1)
  assert.equal([timer.runs, timer.next, clock.pending], [1, undefined, 0])
})

test('a delay or period of Infinity never runs, and holds neither the timers nor the process', async () => {
  const { clock, timers, add } = stage()
  const ran: Timer[] = []
  const never = [Number.POSITIVE_INFINITY, Number.MAX_VALUE].flatMap((ms) => [
    add({ after: ms }, (timer) => ran.push(timer)),
    add({ every: ms }, (timer) => ran.push(timer)),
    add({ every: [ms, ms] }, (timer) => ran.push(timer)),
  ])
  assert.equal([clock.pending, timers.size], [0, 0])
  await clock.advance(1e12)
  timers.stopAll()
  timers.start()
  for (const timer of never) {
    assert.is(timer.next, undefined)
    timer.stop()
  }
  assert.equal([ran, clock.pending], [[], 0])
})

test('a wait longer than setTimeout can wait is made of several', async () => {
  const { clock, add } = stage()
  const day = new Date(NEW_YEAR + 400 * 86_400_000)
  let ranAt: Date | undefined
  const timer = add({ at: day }, () => {
    ranAt = new Date(clock.now())
  })
  assert.equal(timer.next, day)
  await clock.advanceTo(day.getTime() - 1)
  assert.is(ranAt, undefined)
  await clock.advance(1)
  assert.equal(ranAt, day)
})

test('a machine that sleeps before a far due time is noticed within the hour', async () => {
  const clock = new MovedClock(NEW_YEAR)
  const { add, elapsed } = stage({ clock })
  let ranAt = 0
  add({ at: new Date(NEW_YEAR + 20 * 3_600_000) }, () => {
    ranAt = elapsed()
  })
  clock.moved = 15 * 3_600_000 + 60_000
  await clock.advance(24 * 3_600_000)
  assert.is(ranAt, 20 * 3_600_000)
})

test('a run never overlaps itself, and by default the due times that pass meanwhile are left out', async () => {
  const { clock, add, elapsed } = stage()
  const ran: string[] = []
  const timer = add({ every: 100 }, async () => {
    ran.push(`from ${elapsed()}`)
    assert.ok(timer.running)
    await sleep(clock, 250)
    ran.push(`to ${elapsed()}`)
  })
  assert.not.ok(timer.running)
  await clock.advance(900)
  assert.equal(ran, ['from 100', 'to 350', 'from 400', 'to 650', 'from 700'])
  assert.is(timer.runs, 3)
})

test('a due time that comes at the very end of a run is on time', async () => {
  const { clock, add } = stage()
  const dues: number[] = []
  add({ every: 100 }, async (timer) => {
    dues.push(Number(timer.due) - NEW_YEAR)
    if (dues.length === 1) await sleep(clock, 100)
    if (dues.length === 2) await sleep(clock, 99 + 200) // this run began at 201: a due time never runs on the spot
  })
  await clock.advance(650)
  assert.equal(dues, [100, 200, 500, 600])
})

test('to catch up, every due time that passed meanwhile is made up, one run after another', async () => {
  const { clock, add, elapsed } = stage()
  const dues: number[] = []
  let overlapping = 0
  add(
    { every: 100 },
    async (timer) => {
      assert.is(overlapping++, 0)
      dues.push(Number(timer.due) - NEW_YEAR)
      await sleep(clock, dues.length === 1 ? 450 : 10)
      overlapping--
    },
    { late: 'catch-up' },
  )
  await clock.advance(590)
  assert.is(elapsed(), 590)
  assert.equal(dues, [100, 200, 300, 400, 500])
  await clock.advance(110)
  assert.equal(dues.slice(5), [600, 700])
})

test('after a hundred late runs in a row, the rest is left out', async () => {
  const { clock, add, elapsed } = stage()
  const dues: number[] = []
  add(
    { every: 10 },
    async (timer) => {
      dues.push(Number(timer.due) - NEW_YEAR)
      if (dues.length === 1) await sleep(clock, 5_000)
    },
    { late: 'catch-up' },
  )
  await clock.advance(5_200)
  assert.is(elapsed(), 5_200)
  const madeUp = dues.filter((due) => due > 10 && due < 5_010)
  assert.equal([madeUp.length, madeUp[0], madeUp.at(-1)], [100, 20, 1_010])
  const onTime = dues.filter((due) => due > 1_010)
  assert.ok((onTime[0] as number) >= 5_010 && (onTime[0] as number) <= 5_120)
  assert.is(onTime.at(-1), 5_200)
})

test('after a sleep of the machine, one late run stands for all that were missed, or all are made up', async () => {
  for (const [late, expected] of [
    ['skip', [100, 200, 600, 700]],
    ['catch-up', [100, 200, 300, 400, 500, 600, 700]],
  ] as const) {
    const clock = new MovedClock(NEW_YEAR)
    const { add, elapsed } = stage({ clock })
    const dues: number[] = []
    add({ every: 100 }, (timer) => dues.push(Number(timer.due) - NEW_YEAR), { late })
    await clock.advance(100)
    clock.moved = 350
    await clock.advance(250)
    assert.is(elapsed(), 700)
    assert.equal(dues, expected, late)
  }
})

test('a clock that is set back by an hour holds no period up: it begins anew', async () => {
  const HOUR = 3_600_000
  for (const [schedule, expected] of [
    [{ every: 100 }, [100, 200, 400, 500, 600]],
    [{ every: [100, 200] }, [150, 450, 600]],
    [{ after: 300 }, [600]],
    [{ at: new Date(NEW_YEAR + 300) }, []],
  ] as const) {
    const clock = new MovedClock(NEW_YEAR)
    const { add, elapsed } = stage({ clock })
    const ran: number[] = []
    const timer = add(schedule, () => ran.push(elapsed() - clock.moved))
    await clock.advance(250)
    clock.moved = -HOUR
    await clock.advance(350)
    assert.equal(ran, expected, JSON.stringify(schedule))
    timer.stop()
    assert.is(clock.pending, 0)
  }
})

test('a clock that is set back during a run has the next one come a period after it', async () => {
  const clock = new MovedClock(NEW_YEAR)
  const { add, elapsed } = stage({ clock })
  const ran: number[] = []
  add({ every: 100 }, async () => {
    ran.push(elapsed() - clock.moved)
    await sleep(clock, 20)
    clock.moved = -3_600_000
    await sleep(clock, 20)
  })
  await clock.advance(400)
  assert.equal(ran, [100, 240, 340])
})

test('a calendar timer that was late goes on with the next time of the calendar', async () => {
  const { clock, add } = stage()
  const dues: string[] = []
  add({ minute: 0, timeZone: 'UTC' }, async (timer) => {
    dues.push((timer.due as Date).toISOString().slice(11, 16))
    if (dues.length === 1) await sleep(clock, 2.5 * 3_600_000)
  })
  await clock.advance(5 * 3_600_000)
  assert.equal(dues, ['01:00', '04:00', '05:00'])
})

test('an error, thrown or rejected, goes to onError with its timer, and the next run still comes', async () => {
  const { clock, add, errors } = stage()
  const thrown = add({ every: 100 }, () => {
    throw new Error('thrown')
  })
  const rejected = add({ every: 100 }, async () => {
    await sleep(clock, 10)
    throw new Error('rejected')
  })
  await clock.advance(250)
  assert.equal(
    errors.map(([timer, error]) => [timer === thrown || timer === rejected, (error as Error).message]),
    [
      [true, 'thrown'],
      [true, 'rejected'],
      [true, 'thrown'],
      [true, 'rejected'],
    ],
  )
  assert.is(errors[0]?.[0], thrown)
  assert.is(errors[1]?.[0], rejected)
})

test('a timer that was stopped does not run again, and holds nothing', async () => {
  const { clock, add, timers } = stage()
  const timer = add({ every: 100 }, () => undefined)
  await clock.advance(250)
  timer.stop()
  timer.stop()
  assert.equal([timer.next, timer.runs, timers.size, clock.pending], [undefined, 2, 0, 0])
  await clock.advance(1_000)
  assert.is(timer.runs, 2)
})

test('a timer may stop itself in its run', async () => {
  const { clock, add, timers } = stage()
  const timer = add({ every: 100 }, (self) => self.runs === 3 && self.stop())
  await clock.advance(1_000)
  assert.equal([timer.runs, timer.running, timers.size, clock.pending], [3, false, 0, 0])
})

test('stop aborts the signal; the run ends in its own time, and its abort is no error', async () => {
  const { clock, add, errors } = stage()
  const reason = add({ every: 100 }, async ({ signal }) => {
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  const cause = add({ every: 100 }, async ({ signal }) => {
    await nodeSleep(3_600_000, undefined, { signal })
  })
  await clock.advance(150)
  assert.not.ok(reason.signal.aborted)
  for (const timer of [reason, cause]) {
    timer.stop()
    assert.ok(timer.signal.aborted)
    assert.ok(timer.running)
  }
  await clock.settle()
  assert.equal([reason.running, cause.running, clock.pending], [false, false, 0])
  assert.equal(errors, [])
})

test('another error after stop is still told, and so is an abort of something else', async () => {
  const { clock, add, errors } = stage()
  const timer = add({ every: 100 }, async (self) => {
    self.stop()
    throw new Error('while closing')
  })
  const other = add({ every: 100 }, async () => {
    AbortSignal.abort().throwIfAborted()
  })
  await clock.advance(100)
  assert.equal(
    errors.map(([from, error]) => [from, (error as Error).name]),
    [
      [timer, 'Error'],
      [other, 'AbortError'],
    ],
  )
})

test('a year of a one-minute timer, an hourly cron and a daily calendar timer', async () => {
  const begin = Date.parse('2025-01-01T00:00:00+01:00')
  const end = Date.parse('2026-01-01T00:00:00+01:00')
  const clock = new FakeClock(begin)
  const { add, errors } = stage({ clock })
  const timeZone = 'Europe/Berlin'
  const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  const days: string[] = []

  const minutely = add({ every: 60_000 }, async () => undefined)
  const hourly = add({ cron: '0 * * * *', timeZone }, () => undefined)
  const daily = add({ hour: 2, minute: 30, timeZone }, ({ due }) => days.push(dayOf.format(due)))
  await clock.advanceTo(end)

  assert.is(minutely.runs, 365 * 24 * 60)
  assert.is(hourly.runs, 365 * 24)
  assert.is(daily.runs, 365)
  assert.is(new Set(days).size, 365, 'once on every day, also where the clocks change')
  assert.equal(errors, [])
  assert.is(minutely.next?.getTime(), end + 60_000)
})

test.run()
