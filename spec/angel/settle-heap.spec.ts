import { getHeapSpaceStatistics } from 'node:v8'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { settleHeap } from '../../lib/angel/settle-heap.js'

const test = suite('angel/settle-heap')

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_used_size ?? 0

test('what lives is not in the young generation any more', () => {
  const living = Array.from({ length: 5_000 }, (_, i) => ({ i, text: [String(i)] }))
  settleHeap()
  assert.ok(youngBytes() < 500_000, `${youngBytes()} bytes are`)
  assert.is(living.length, 5_000)
})

test('a program does not find the collector in its global object', () => {
  settleHeap()
  assert.not('gc' in globalThis)
})

test.run()
