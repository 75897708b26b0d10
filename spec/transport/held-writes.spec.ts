import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HeldWrites } from '../../lib/transport/held-writes.js'

const test = suite('transport/held-writes')

const MOST = 64 * 1024
const write = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }),
  fc.integer({ min: 1, max: 2 * MOST }).map((length) => 'x'.repeat(length)),
)

test('all that is held comes out in order, joined, and no piece is cut', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
      const held = new HeldWrites()
      const pieces = writes.map((data) => Buffer.from(data as string))
      for (const data of writes) held.add(data, Buffer.byteLength(data))
      assert.is(held.length, Buffer.concat(pieces).length)
      let at = 0
      let chunks = 0
      for (const { bytes, writes: count } of held) {
        const expected = Buffer.concat(pieces.slice(at, at + count))
        assert.ok(bytes.equals(expected))
        assert.ok(bytes.length <= MOST || count === 1)
        at += count
        chunks += 1
      }
      assert.is(at, writes.length)
      // Two that follow each other did not fit into one.
      assert.ok(chunks <= 1 + (2 * held.length) / MOST)
    }),
  )
})

test('what is held is a copy', () => {
  const held = new HeldWrites()
  const bytes = Uint8Array.of(1, 2)
  held.add(bytes, 2)
  bytes.fill(0)
  assert.equal(
    [...held].map((one) => [...one.bytes]),
    [[1, 2]],
  )
})

test.run()
