import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SnapshotStore } from '../../lib/angel/snapshot-store.js'

test('what was kept last under a key is what there is, until it is deleted', () => {
  const kept = new SnapshotStore()
  assert.ok(kept.set('a', Buffer.from('1')))
  assert.ok(kept.set('b', Buffer.from('2')))
  assert.ok(kept.set('a', Buffer.from('3')))
  assert.equal(
    [...kept].map(([key, value]) => `${key}${value}`),
    ['a3', 'b2'],
  )
  kept.delete('a')
  kept.delete('never there')
  assert.is(kept.size, 1)
})

test('more than there is room for is refused, and changes nothing', () => {
  const kept = new SnapshotStore()
  // A view that claims more than it has costs this test no memory.
  const huge = Object.create(Buffer.alloc(0), { length: { value: 400 * 1024 * 1024 } }) as Buffer
  assert.ok(kept.set('a', huge))
  assert.not(kept.set('b', huge))
  assert.is(kept.size, 1)
  assert.ok(kept.set('a', Buffer.from('small')), 'what is replaced makes room')
  assert.ok(kept.set('b', huge))
})

test.run()
