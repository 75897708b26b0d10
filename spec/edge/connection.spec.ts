import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Connection } from '../../lib/edge/connection.js'
import { ORIGIN, Wire } from './wire.js'

const test = suite('edge/connection')

/** Nobody is told anything. */
const nothing = (): void => {}
const UNHEARD = {
  received: nothing,
  peerEnded: nothing,
  drained: nothing,
  finished: nothing,
  closed: nothing,
}

const connection = (): Connection => new Connection(1, new Wire(), ORIGIN, UNHEARD)
const journalOf = ({ journal }: Connection): string => Buffer.concat(journal).toString()

test('a journal is what was written after what was kept, in however many pieces it came', () => {
  const change = fc.record({ keep: fc.nat(40), text: fc.string({ unit: 'grapheme-ascii', maxLength: 10 }) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const one = connection()
      let expected = ''
      for (const { keep, text } of changes) {
        const kept = Math.min(keep, expected.length)
        expected = expected.slice(0, kept) + text
        one.writeDown(kept, Buffer.from(text))
        assert.is(journalOf(one), expected)
        assert.is(one.journalLength, expected.length)
      }
    }),
  )
})

test('a journal that only grows stays in few pieces', () => {
  const one = connection()
  for (let i = 0; i < 1_000; i++) one.writeDown(one.journalLength, Buffer.from('x'))
  assert.is(one.journalLength, 1_000)
  assert.ok(one.journal.length <= 16, `${one.journal.length} pieces`)
})

test('state and journal are copies, since a frame is a view of memory that is read into again', () => {
  const one = connection()
  const bytes = Buffer.from('abc')
  one.remember(bytes)
  one.writeDown(0, bytes)
  bytes.fill('x')
  assert.is(one.state.toString(), 'abc')
  assert.is(journalOf(one), 'abc')
})

test('its revision grows with each change of what another worker would be told, and only then', () => {
  const one = connection()
  const isNew = (change: () => void): boolean => {
    const before = one.revision
    change()
    return one.revision > before
  }
  assert.ok(isNew(() => one.receive(Buffer.from('look\n'))))
  assert.ok(isNew(() => one.move({ acknowledged: 0, seen: 5, taken: 1 })))
  assert.not.ok(isNew(() => one.move({ acknowledged: 0, seen: 5, taken: 1 })))
  assert.ok(isNew(() => one.move({ acknowledged: 5, seen: 0, taken: 0 })))
  assert.ok(isNew(() => one.remember(Buffer.from('{}'))))
  assert.ok(isNew(() => one.writeDown(0, Buffer.from('[]\n'))))
})

test('kills in a row are forgotten as soon as its input gets on', () => {
  const one = connection()
  one.receive(Buffer.from('a\nb\n'))
  one.kills = 3
  one.move({ acknowledged: 0, seen: 4, taken: 0 })
  assert.is(one.kills, 3)
  one.move({ acknowledged: 0, seen: 4, taken: 1 })
  assert.is(one.kills, 0)
})

test.run()
