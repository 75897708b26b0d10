import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Unread } from '../../lib/client/unread.js'
import { defaultLimits } from '../../lib/limits.js'
import { memoryInUse } from '../support/gc.js'

const limited = (maxUnreadLines: number, maxUnreadBytes: number): Unread<string> =>
  new Unread({ ...defaultLimits, maxUnreadLines, maxUnreadBytes })

test('items are taken in the order in which they came, each with what it cost and how it was typed', () => {
  const item = fc.record({ text: fc.string(), hidden: fc.boolean() })
  const move = fc.oneof(item, fc.constant('take' as const))
  fc.assert(
    fc.property(fc.array(move), (moves) => {
      const unread = limited(5, 20)
      const model: { text: string; hidden: boolean }[] = []
      let taken = 0
      for (const move of moves) {
        if (move !== 'take') {
          model.push(move)
          unread.add(move.text, move.text.length, move.hidden)
        } else if (model.length > 0) {
          const expected = model.shift() as (typeof model)[number]
          taken += 1
          assert.is(unread.take(), expected.text)
          assert.is(unread.lastHidden, expected.hidden)
        }
        const bytes = model.reduce((sum, { text }) => sum + text.length, 0)
        assert.equal(
          unread.snapshot(),
          model.map(({ text }) => text),
        )
        assert.equal([unread.count, unread.bytes, unread.taken], [model.length, bytes, taken])
        assert.is(
          unread.hasHidden,
          model.some(({ hidden }) => hidden),
        )
        const exceeded = model.length > 5 ? 'maxUnreadLines' : bytes > 20 ? 'maxUnreadBytes' : undefined
        assert.is(unread.exceeded, exceeded)
        assert.is(unread.hasRoom, model.length <= 2.5 && bytes <= 10)
      }
    }),
  )
})

test('what is cleared is gone, and what comes next is counted on', () => {
  const unread = limited(10, 10)
  unread.add('one', 3, false)
  unread.take()
  unread.add('secret', 6, true)
  unread.clear()
  assert.equal([unread.count, unread.bytes, unread.hasHidden], [0, 0, false])
  unread.add('two', 3, true)
  assert.equal([unread.take(), unread.lastHidden, unread.taken], ['two', true, 2])
})

test('what was taken is kept no longer, though something is unread all the time', async () => {
  const unread = limited(10_000, 10_000)
  const before = await memoryInUse()
  unread.add('always one', 10, false)
  for (let i = 0; i < 1_000_000; i++) {
    unread.add(`line ${i}`, 10, i % 3 === 0)
    if (i > 100) unread.take()
  }
  assert.is(unread.count, 102)
  assert.equal([unread.take(), unread.take()], ['line 999898', 'line 999899'])
  assert.equal([unread.lastHidden, unread.taken], [false, 999_901])
  const kept = (await memoryInUse()) - before
  assert.ok(kept < 1_000_000, `${kept} bytes are kept`)
})

test.run()
