import { setImmediate as turn } from 'node:timers/promises'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { JournalRecord } from '../../lib/conversation/journal.js'
import { type Divergence, Replay } from '../../lib/conversation/replay.js'

const replayOf = (records: readonly JournalRecord[], clock = new FakeClock()): Replay =>
  new Replay({ head: {}, headLength: 10, records }, clock)

/** Where a handler that asks for these kinds leaves its way. */
async function divergence(
  records: readonly JournalRecord[],
  asks: readonly (readonly [kind: string, hint?: string])[],
) {
  const replay = replayOf(records)
  replay.begin()
  for (const [number, [kind, hint]] of asks.entries()) {
    if (replay.asked(number, { kind, hint }))
      await Promise.race([replay.answerTo(number), replay.outcome, turn()])
  }
  replay.handlerEnded()
  return replay.outcome
}

const NAME_AND_CITY: readonly JournalRecord[] = [
  ['?', 0, 'input', 'Name: '],
  ['line', 0, 'ann'],
  ['?', 1, 'input', 'City: '],
  ['line', 1, 'rome'],
  ['?', 2, 'password', 'Password: '],
]

test('answers come in the order in which they came before, whatever the order of the questions', async () => {
  const replay = replayOf([
    ['?', 0, 'line'],
    ['?', 1, 'line'],
    ['timeout', 1],
    ['line', 0, 'hello'],
  ])
  replay.begin()
  const got: unknown[] = []
  for (const number of [0, 1]) {
    replay.asked(number, { kind: 'line' })
    void replay.answerTo(number).then((answer) => got.push(answer))
  }
  assert.is(await replay.outcome, undefined)
  assert.equal(got, [
    ['timeout', 1],
    ['line', 0, 'hello'],
  ])
})

test('the next answer comes only when the one before has had all its effect', async () => {
  const replay = replayOf([
    ['?', 0, 'line'],
    ['?', 1, 'line'],
    ['line', 0, 'a'],
    ['line', 1, 'b'],
  ])
  replay.begin()
  const order: string[] = []
  replay.asked(0, { kind: 'line' })
  replay.asked(1, { kind: 'line' })
  const deep = replay.answerTo(0).then(async () => {
    for (let i = 0; i < 50; i++) await undefined
    order.push('all of a')
  })
  void replay.answerTo(1).then(() => order.push('b'))
  await Promise.all([deep, replay.outcome])
  assert.equal(order, ['all of a', 'b'])
})

test('a handler that asks the same in other words is on its way', async () => {
  const asks = [
    ['input', 'Your name: '],
    ['input', 'Where from? '],
    ['password', 'Secret: '],
  ] as const
  const replay = replayOf(NAME_AND_CITY)
  replay.begin()
  for (const [number, [kind, hint]] of asks.entries()) {
    assert.ok(replay.asked(number, { kind, hint }))
    if (replay.isAnswered(number)) await replay.answerTo(number)
  }
  assert.is(await replay.outcome, undefined)
})

test('another kind, another order, more questions and an early end are told, with the place', async () => {
  assert.equal(
    await divergence(NAME_AND_CITY, [
      ['input', 'Name: '],
      ['password', 'Password: '],
    ]),
    {
      question: 1,
      asked: 'password',
      recorded: 'input "City: "',
      reason: 'it asks for something else',
    },
  )
  assert.equal(await divergence(NAME_AND_CITY, [['input', 'City: ']]), {
    question: 0,
    asked: 'input "City: "',
    recorded: 'input "Name: "',
    reason: 'it asks in another order',
  })
  assert.equal(
    await divergence(
      [
        ['?', 0, 'line'],
        // As it is read from a journal, where the question had no words but a deadline.
        ['?', 1, 'line', null as never, 7],
        ['line', 0, 'a'],
      ],
      [['line'], ['confirm']],
    ),
    {
      question: 1,
      asked: 'confirm',
      recorded: 'line',
      reason: 'it asks for something else',
    },
  )
  assert.equal(await divergence(NAME_AND_CITY, [['input', 'Name: ']]), {
    question: 1,
    asked: undefined,
    recorded: 'input "City: "',
    reason: 'it ends',
  })
})

test('words that several questions have tell nothing of their order', async () => {
  const records: readonly JournalRecord[] = [
    ['?', 0, 'ask', '10 hp> '],
    ['line', 0, 'hit'],
    ['?', 1, 'ask', '9 hp> '],
    ['line', 1, 'hit'],
    ['?', 2, 'ask', '9 hp> '],
  ]
  const replay = replayOf(records)
  replay.begin()
  for (const number of [0, 1, 2]) {
    replay.asked(number, { kind: 'ask', hint: '9 hp> ' })
    if (number < 2) await replay.answerTo(number)
  }
  assert.is(await replay.outcome, undefined)
})

test('a handler that fails is told with its error', async () => {
  const replay = replayOf(NAME_AND_CITY)
  replay.begin()
  replay.handlerEnded(new RangeError('no'))
  assert.match((await replay.outcome)?.reason ?? '', 'it fails (RangeError: no)')
})

test('a handler that awaits what is not in the journal has two seconds for each answer, and no more than four', async () => {
  const clock = new FakeClock()
  const replay = replayOf(NAME_AND_CITY, clock)
  let outcome: Divergence | undefined
  void replay.outcome.then((found) => {
    outcome = found
  })
  replay.begin()
  await clock.advance(1_900)
  replay.asked(0, { kind: 'input', hint: 'Name: ' })
  await replay.answerTo(0)
  await clock.advance(2_000)
  assert.is(outcome, undefined)
  await clock.advance(2_000)
  assert.match(outcome?.reason ?? '', 'for 2000 ms')
  assert.is(outcome?.question, 1)
  assert.is(clock.pending, 0)
})

test('a handler that comes farther than the process before is found out, whether it ends or asks', async () => {
  const ends = replayOf(NAME_AND_CITY.slice(0, 2))
  ends.begin()
  ends.asked(0, { kind: 'input' })
  await ends.answerTo(0)
  ends.handlerEnded()
  assert.is(await ends.outcome, undefined)
  assert.ok(ends.beyond)

  const asks = replayOf(NAME_AND_CITY.slice(0, 2))
  asks.begin()
  asks.asked(0, { kind: 'input' })
  await asks.answerTo(0)
  assert.not(asks.asked(1, { kind: 'input' }))
  assert.ok(asks.beyond)

  const waits = replayOf(NAME_AND_CITY)
  waits.begin()
  for (const number of [0, 1, 2]) {
    waits.asked(number, { kind: number === 2 ? 'password' : 'input' })
    if (number < 2) await waits.answerTo(number)
  }
  await waits.outcome
  waits.handlerEnded()
  assert.not(waits.beyond)
})

test('the last answer may wait until the replay is released', async () => {
  const saved = { head: {}, headLength: 10, records: NAME_AND_CITY.slice(0, 4) }
  const replay = new Replay(saved, new FakeClock(), true)
  replay.begin()
  const got: unknown[] = []
  replay.asked(0, { kind: 'input' })
  replay.take(0, (answer) => got.push(answer))
  await turn()
  replay.asked(1, { kind: 'input' })
  replay.take(1, (answer) => got.push(answer))
  assert.is(await replay.outcome, undefined)
  assert.equal(got, [['line', 0, 'ann']])
  replay.release()
  assert.equal(got.at(-1), ['line', 1, 'rome'])
})

test.run()
