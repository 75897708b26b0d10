import fsLite from 'unstorage/drivers/fs-lite'
import memory from 'unstorage/drivers/memory'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BackendError, unstorageBackend } from '../../../lib/storage/index.js'
import { addConformance } from '../support/conformance.js'
import { openStores, rejection } from '../support/people.js'
import { temporaryDirectory } from '../support/temporary.js'

const test = suite('storage backend unstorage')

addConformance(test, { open: () => unstorageBackend(memory()) })

test("objects are saved and loaded through any of the library's drivers", async () => {
  const base = temporaryDirectory()
  const { users } = await openStores(unstorageBackend(fsLite({ base })))
  const ann = await users.create('ann', { visits: 4 })
  await ann.save()
  const later = await openStores(unstorageBackend(fsLite({ base })))
  assert.equal(await later.users.keys(), ['ann'])
  assert.is((await later.users.load('ann'))?.visits, 4)
})

test('a driver that parses what it keeps is read all the same', async () => {
  const kept = new Map<string, unknown>()
  const backend = unstorageBackend({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => void kept.set(key, JSON.parse(text)),
    removeItem: (key) => void kept.delete(key),
    getKeys: () => [...kept.keys()],
  })
  const { users } = await openStores(backend)
  const ann = await users.create('ann', { visits: 4 })
  await ann.save()
  ann.visits = 5
  await ann.load()
  assert.is(ann.visits, 4)
  await ann.delete()
  assert.is(kept.size, 0)
})

test('a driver that lists more than was asked for, or twice, is put right', async () => {
  const backend = unstorageBackend({
    getItem: () => null,
    getKeys: () => ['user:ann', 'users:bob', 'user:ann', 'room:user:x', 'user:carl.damaged'],
  })
  assert.equal(await backend.list('user'), ['ann'])
})

test('what a driver throws is an error that names kind, key and driver, and a driver that only reads says so', async () => {
  const broken = () => {
    throw new Error('no route')
  }
  const backend = unstorageBackend({ name: 'far-away', getItem: broken, getKeys: broken })
  const attempts: [Promise<unknown>, RegExp][] = [
    [backend.read('user', 'ann'), /Cannot read far-away: user\/ann\. no route/],
    [backend.list('user'), /Cannot list far-away: user\. no route/],
    [backend.write('user', 'ann', '1'), /Cannot write far-away: user\/ann\. .*read-only/],
    [backend.remove('user', 'ann'), /Cannot remove far-away: user\/ann\. .*read-only/],
  ]
  for (const [attempt, message] of attempts) {
    const error = await rejection(attempt)
    assert.instance(error, BackendError)
    assert.match(error.message, message)
  }
  await backend.close()
  assert.is(unstorageBackend({ getItem: broken, getKeys: broken }).locate('a', 'b'), 'unstorage: a/b')
})

test('closing closes the driver', async () => {
  let closed = 0
  await unstorageBackend({ getItem: () => null, getKeys: () => [], dispose: () => void closed++ }).close()
  assert.is(closed, 1)
})

test.run()
