import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeClock, FakeClockError } from '../../lib/testing/clock.js'

const test = suite('FakeClock')

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was expected to reject')
}

test('the time stands still until it is moved, and then is exactly where it was moved to', async () => {
  const clock = new FakeClock(1_000)
  assert.is(clock.now(), 1_000)
  await clock.advance(250)
  assert.is(clock.now(), 1_250)
  await clock.advanceTo(new Date(2_000))
  assert.is(clock.now(), 2_000)
  await clock.advanceTo(2_000)
  assert.is(clock.now(), 2_000)
})

test('it starts with the year 2000 unless told otherwise', () => {
  assert.is(new Date(new FakeClock().now()).toISOString(), '2000-01-01T00:00:00.000Z')
  assert.is(new FakeClock(new Date(5)).now(), 5)
})

test('alarms run in the order they are due, at the time they are due', async () => {
  const clock = new FakeClock(0)
  const ran: [name: string, at: number][] = []
  const set = (name: string, ms: number) => clock.setTimeout(() => ran.push([name, clock.now()]), ms)
  set('c', 30)
  set('a', 10)
  set('b', 20)
  set('d', 31)
  await clock.advance(30)
  assert.equal(ran, [
    ['a', 10],
    ['b', 20],
    ['c', 30],
  ])
  assert.is(clock.pending, 1)
})

test('alarms due at once run in the order they were set', async () => {
  const clock = new FakeClock(0)
  const ran: string[] = []
  clock.setTimeout(() => ran.push('set first'), 20)
  await clock.advance(10)
  clock.setTimeout(() => ran.push('set second'), 10)
  clock.setTimeout(() => ran.push('set third'), 10)
  await clock.advance(10)
  assert.equal(ran, ['set first', 'set second', 'set third'])
})

test('alarms that are set while the time moves take their turn', async () => {
  const clock = new FakeClock(0)
  const ran: number[] = []
  function again(): void {
    ran.push(clock.now())
    clock.setTimeout(again, 10)
  }
  clock.setTimeout(again, 10)
  clock.setTimeout(() => clock.setTimeout(() => ran.push(-clock.now()), 5), 20)
  await clock.advance(45)
  assert.equal(ran, [10, 20, -25, 30, 40])
})

test('between alarms, promises settle however long their chain', async () => {
  const clock = new FakeClock(0)
  const seen: string[] = []
  async function later(name: string): Promise<void> {
    for (let count = 0; count < 100; count++) await undefined
    await new Promise<void>((resolve) => process.nextTick(resolve))
    seen.push(`${name} at ${clock.now()}`)
    clock.setTimeout(() => seen.push(`from ${name} at ${clock.now()}`), 5)
  }
  clock.setTimeout(() => void later('first'), 10)
  clock.setTimeout(() => void later('second'), 11)
  await clock.advance(20)
  assert.equal(seen, ['first at 10', 'second at 11', 'from first at 15', 'from second at 16'])
})

test('what is ready before the first alarm runs before the time moves', async () => {
  const clock = new FakeClock(0)
  const waiting = Promise.resolve().then(() => new Promise<void>((done) => void clock.setTimeout(done, 10)))
  let woken = -1
  void waiting.then(() => {
    woken = clock.now()
  })
  await clock.advance(10)
  assert.is(woken, 10)
})

test('settle waits as many turns of the event loop as asked for', async () => {
  const clock = new FakeClock(0, { turns: 3 })
  let turns = 0
  let going = true
  function count(): void {
    if (!going) return
    turns++
    setImmediate(count)
  }
  setImmediate(count)
  await clock.settle()
  going = false
  assert.is(turns, 3)
})

test('an alarm that was cleared does not run, and clearing one that has run changes nothing', async () => {
  const clock = new FakeClock(0)
  const ran: string[] = []
  const first = clock.setTimeout(() => ran.push('first'), 10)
  const second = clock.setTimeout(() => ran.push('second'), 10)
  const third = clock.setTimeout(() => ran.push('third'), 10)
  clock.clearTimeout(second)
  clock.clearTimeout(second)
  assert.is(clock.pending, 2)
  await clock.advance(10)
  clock.clearTimeout(first)
  clock.clearTimeout(third)
  assert.equal(ran, ['first', 'third'])
  assert.is(clock.pending, 0)
})

test('clearing what is no alarm changes nothing, as elsewhere', () => {
  const clock = new FakeClock(0)
  clock.setTimeout(() => {}, 10)
  for (const alarm of [undefined, null, 0, 'alarm', {}]) clock.clearTimeout(alarm)
  assert.is(clock.pending, 1)
})

test('whatever is set and cleared, the rest runs in order', async () => {
  const anyAlarms = fc.array(fc.record({ ms: fc.integer({ min: 1, max: 20 }), clear: fc.boolean() }))
  await fc.assert(
    fc.asyncProperty(anyAlarms, async (alarms) => {
      const clock = new FakeClock(0)
      const ran: number[] = []
      const set = alarms.map(({ ms }, index) => clock.setTimeout(() => ran.push(index), ms))
      for (const [index, { clear }] of alarms.entries()) if (clear) clock.clearTimeout(set[index])
      const expected = alarms
        .map(({ ms, clear }, index) => ({ ms, clear, index }))
        .filter(({ clear }) => !clear)
        .sort((a, b) => a.ms - b.ms || a.index - b.index)
      assert.is(clock.pending, expected.length)
      await clock.advance(20)
      assert.equal(
        ran,
        expected.map(({ index }) => index),
      )
    }),
    { numRuns: 30 },
  )
})

test('a delay below 1 is taken for 1 ms, fractions are cut off, and Infinity never comes', async () => {
  const clock = new FakeClock(0)
  const ran: [delay: number, at: number][] = []
  for (const ms of [0, -5, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY, 2.9, 2 ** 31 - 1]) {
    clock.setTimeout(() => ran.push([ms, clock.now()]), ms)
  }
  await clock.advance(2)
  const [one, two] = [ran.filter(([, at]) => at === 1).length, ran.filter(([, at]) => at === 2)]
  assert.is(one, 3)
  assert.equal(two, [[2.9, 2]])
  assert.is(clock.pending, 2)
  await clock.advance(2 ** 31)
  assert.is(clock.pending, 0)
  assert.is(ran.at(-1)?.[1], 2 ** 31)
})

test('time never goes back, nor to where there is no time', async () => {
  const clock = new FakeClock(1_000)
  for (const move of [
    () => clock.advance(-1),
    () => clock.advance(Number.NaN),
    () => clock.advance(Number.POSITIVE_INFINITY),
    () => clock.advanceTo(999),
    () => clock.advanceTo(new Date(Number.NaN)),
  ]) {
    assert.instance(await rejection(move()), FakeClockError)
  }
  assert.is(clock.now(), 1_000)
  assert.throws(
    () => new FakeClock(new Date(Number.NaN)),
    (error: Error) => error instanceof FakeClockError,
  )
})

test('an advance within an advance is refused, and the first goes on', async () => {
  const clock = new FakeClock(0)
  let refused: Promise<unknown> | undefined
  clock.setTimeout(() => {
    refused = rejection(clock.advance(1))
  }, 5)
  await clock.advance(10)
  assert.instance(await refused, FakeClockError)
  assert.is(clock.now(), 10)
})

test('what an alarm throws, advance throws, and the time stays there until moved again', async () => {
  const clock = new FakeClock(0)
  const failure = new Error('from an alarm')
  clock.setTimeout(() => {
    throw failure
  }, 5)
  let ran = false
  clock.setTimeout(() => {
    ran = true
  }, 6)
  assert.is(await rejection(clock.advance(10)), failure)
  assert.is(clock.now(), 5)
  assert.not.ok(ran)
  await clock.advance(1)
  assert.ok(ran)
})

test('what is neither a date nor a number moves no clock and starts none', async () => {
  const clock = new FakeClock(5)
  for (const value of [1n, '5', null, Symbol('soon'), {}, new Date(Number.NaN)] as never[]) {
    const errors = [
      await rejection(clock.advance(value)),
      await rejection(clock.advanceTo(value)),
      await rejection((async () => new FakeClock(value))()),
    ]
    for (const error of errors) assert.instance(error, FakeClockError)
  }
  assert.match(String(await rejection((async () => clock.advance(1n as never))())), /by or to 1 \(bigint\)/)
  assert.is(clock.now(), 5)
})

test.run()
