import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { IdentityMap } from '../../lib/storage/identity.js'
import type { Store } from '../../lib/storage/index.js'
import { memoryInUse } from '../support/gc.js'

const test = suite('storage identity')

const make = (key: string) => ({ key, ballast: 'x'.repeat(1000) }) as unknown as Store

test('what is active is held, what is not is known as long as something else holds it', async () => {
  const objects = new IdentityMap<Store>()
  objects.add(make('active'), true)
  const held = make('held')
  objects.add(held, false)
  ;(() => objects.add(make('dropped'), false))()
  await memoryInUse()
  assert.is(objects.inMemory('active')?.key, 'active')
  assert.is(objects.inMemory('held'), held)
  assert.is(objects.inMemory('dropped'), undefined)
  assert.is(objects.active('held'), undefined)
})

test('an object that is deactivated is still known, one that is removed is not', () => {
  const objects = new IdentityMap<Store>()
  const ann = make('ann')
  objects.add(ann, true)
  assert.ok(objects.isActive(ann))
  objects.deactivate(ann)
  assert.not.ok(objects.isActive(ann))
  assert.is(objects.inMemory('ann'), ann)
  objects.remove(ann)
  assert.is(objects.inMemory('ann'), undefined)
})

test('what is said of an object that has lost its key does not touch the one that has it now', async () => {
  const objects = new IdentityMap<Store>()
  const old = make('ann')
  objects.add(old, true)
  objects.remove(old)
  const next = make('ann')
  objects.add(next, true)
  objects.deactivate(old)
  objects.remove(old)
  assert.is(objects.active('ann'), next)
})

test('the collection of an earlier object does not forget a later one of its key', async () => {
  const objects = new IdentityMap<Store>()
  ;(() => {
    const old = make('ann')
    objects.add(old, false)
    objects.remove(old)
  })()
  const next = make('ann')
  objects.add(next, false)
  await memoryInUse()
  assert.is(objects.inMemory('ann'), next)
})

test('active objects are listed by key', () => {
  const objects = new IdentityMap<Store>()
  for (const key of ['c', 'a', 'b']) objects.add(make(key), true)
  objects.add(make('d'), false)
  assert.equal(
    objects.allActive().map(({ key }) => key),
    ['a', 'b', 'c'],
  )
})

test.run()
