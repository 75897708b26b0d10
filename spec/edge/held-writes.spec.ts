import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HeldWrites } from '../../lib/edge/held-writes.js'

const test = suite('edge/held-writes')

const MOST = 64 * 1024
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.integer({ min: 1, max: 2 * MOST }).map((length) => new Uint8Array(length).fill(length)),
)

test('all that is held comes out in order, joined, and no piece is cut', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const held = new HeldWrites()
      for (const data of pieces) held.add(data)
      const all = Buffer.concat(pieces)
      assert.is(held.length, all.length)
      const chunks = held.take()
      assert.ok(Buffer.concat(chunks).equals(all))
      // Two that follow each other did not fit into one.
      assert.ok(chunks.length <= 1 + (2 * all.length) / MOST)
      const endsOf = (parts: readonly Uint8Array[]): number[] =>
        parts.map((_, i) => Buffer.concat(parts.slice(0, i + 1)).length)
      const ends = new Set(endsOf(pieces))
      assert.ok(endsOf(chunks).every((end) => ends.has(end)))
      const longest = Math.max(MOST, ...pieces.map(({ length }) => length))
      assert.ok(chunks.every(({ length }) => length <= longest))
    }),
  )
})

test('what is held is a copy', () => {
  const held = new HeldWrites()
  const bytes = Uint8Array.of(1, 2)
  held.add(bytes)
  bytes.fill(0)
  assert.equal(Buffer.concat(held.take()), Buffer.of(1, 2))
})

test.run()
