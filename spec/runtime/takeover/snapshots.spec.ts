import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { EdgePort } from '../../../lib/runtime/edge-port.js'
import { Snapshots } from '../../../lib/runtime/takeover/snapshots.js'
import { Store, Stores } from '../../../lib/storage/index.js'
import { persistenceOf } from '../../../lib/storage/persistence.js'
import { FakeClock } from '../../../lib/testing/index.js'

const test = suite('runtime snapshots')

class User extends Store.define('user', { visits: z.number().default(0) }) {}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Snapshots of some users, with what the edge has of them. */
async function setUp(kept = new Map<string, string>()) {
  const clock = new FakeClock()
  const stores = new Stores()
  const users = stores.manager(User)
  await stores.open('memory')
  const forgotten: string[] = []
  const edge = {
    keep: (key: string, text: string) => Boolean(kept.set(key, text)),
    forget: (key: string) => {
      forgotten.push(key)
      kept.delete(key)
    },
  }
  const warnings: string[] = []
  const snapshots = new Snapshots(edge as unknown as EdgePort, {
    clock,
    stores: persistenceOf(stores),
    every: 1000,
    clients: () => [],
    touch: () => {},
    warn: (message) => warnings.push(message),
  })
  const visitsOf = (key: string) => {
    const text = kept.get(`object:user/${key}`)
    return text && JSON.parse(JSON.parse(text).text).visits
  }
  return { clock, stores, users, kept, forgotten, snapshots, warnings, visitsOf }
}

test('an object that another version could not read is active still where a process goes on after all', async () => {
  const { users, kept, snapshots } = await setUp()
  const ann = await users.create('ann')
  ann.visits = 3
  const snapshot = { kind: 'user', key: 'ann', version: 1, text: '{"visits":3}', refused: true }
  kept.set('object:user/ann/refused', JSON.stringify(snapshot))
  snapshots.takeBack(kept)
  assert.is(users.get('ann')?.visits, 3)
})

test('from time to time the edge gets all active objects, and forgets those that are active no longer', async () => {
  const { clock, users, kept, forgotten, snapshots, visitsOf } = await setUp()
  snapshots.listen()
  snapshots.start()
  const ann = await users.create('ann')
  await users.create('bob')
  assert.is(kept.size, 0)
  await clock.advance(1000)
  assert.equal([...kept.keys()], ['object:user/ann', 'object:user/bob'])
  ann.visits = 3
  users.release(users.get('bob') as User)
  // A slow machine waits longer, so that snapshots take no more than their share.
  await clock.advance(60_000)
  assert.equal([...kept.keys()], ['object:user/ann'])
  assert.is(visitsOf('ann'), 3)
  await clock.advance(3000)
  assert.equal(forgotten, ['object:user/bob'], 'once')
  snapshots.stop()
})

test('an object that becomes active again while the others are written down stays with the edge', async () => {
  const { clock, users, kept, snapshots } = await setUp()
  const bob = await users.create('bob')
  await bob.save()
  // So many that other work is done in between.
  for (let i = 0; i < 1000; i++) await users.create(`user-${i}`)
  snapshots.listen()
  snapshots.start()
  await clock.advance(1000)
  while (!kept.has('object:user/user-999')) await turn()
  users.release(bob)
  kept.delete('object:user/user-0')
  const passing = clock.advance(60_000)
  while (!kept.has('object:user/user-0')) await turn()
  await users.load('bob')
  await passing
  while (!kept.has('object:user/user-999')) await turn()
  for (let i = 0; i < 100; i++) await turn()
  assert.ok(kept.has('object:user/bob'))
  snapshots.stop()
})

test('what is to be kept of an object that was deleted takes nothing from the one that has its key by now', async () => {
  const { users, stores, snapshots, visitsOf } = await setUp()
  snapshots.listen()
  snapshots.start()
  const before = await users.create('ann')
  await before.delete()
  const after = await users.create('ann')
  after.visits = 5
  stores.keep(before)
  snapshots.keepActivated()
  assert.is(visitsOf('ann'), 5)
  snapshots.stop()
})

test('an object that was let go is none for the edge from the end of that turn on, unless it is still being saved', async () => {
  const { users, snapshots, visitsOf } = await setUp()
  snapshots.listen()
  snapshots.start()
  const [ann, bob] = [await users.create('ann'), await users.create('bob')]
  snapshots.keepActivated()
  users.release(ann)
  const saved = bob.save()
  users.release(bob)
  snapshots.keepActivated()
  assert.is(visitsOf('ann'), undefined)
  assert.is(visitsOf('bob'), 0)
  await saved
  assert.is(visitsOf('bob'), undefined)
  snapshots.stop()
})

test('what is saved or deleted is with the edge at once, until the snapshots stop', async () => {
  const { users, kept, snapshots, visitsOf } = await setUp()
  snapshots.listen()
  snapshots.start()
  const ann = await users.create('ann', { visits: 2 })
  await ann.save()
  assert.is(visitsOf('ann'), 2)
  await ann.delete()
  assert.is(kept.size, 0)
  snapshots.stop()
  await (await users.create('bob')).save()
  assert.is(kept.size, 0)
})

test('an object that is saved and not active is none for the edge', async () => {
  const { stores, users, kept, snapshots } = await setUp()
  await stores.backend.write('user', 'ann', '{}')
  snapshots.listen()
  snapshots.start()
  for await (const user of users.all()) await user.save()
  assert.is(kept.size, 0)
  snapshots.stop()
})

test('at the end the edge gets all objects at once, and forgets those of the process before that are active no longer', async () => {
  const before = await setUp()
  for (const key of ['ann', 'bob']) await before.users.create(key, { visits: 1 })
  before.snapshots.keepObjects()
  assert.is(before.kept.size, 2)

  const { users, kept, snapshots, visitsOf } = await setUp(before.kept.set('service:lastId', '5'))
  snapshots.restore(kept)
  assert.equal(
    users.active().map(({ key, visits }) => `${key} ${visits}`),
    ['ann 1', 'bob 1'],
  )
  users.release(users.get('bob') as User)
  Object.assign(users.get('ann') as User, { visits: 2 })
  snapshots.keepObjects()
  assert.equal([...kept.keys()].sort(), ['object:user/ann', 'service:lastId'])
  assert.is(visitsOf('ann'), 2)
})

test('of an object that cannot be written the edge keeps what it had, and the log is told', async () => {
  const { clock, users, kept, snapshots, warnings, visitsOf } = await setUp()
  snapshots.listen()
  snapshots.start()
  const ann = await users.create('ann', { visits: 1 })
  await clock.advance(1000)
  ann.visits = Number.NaN
  await clock.advance(1000)
  snapshots.keepObjects()
  assert.is(visitsOf('ann'), 1)
  assert.is(kept.size, 1)
  assert.is(warnings.length, 2)
  assert.match(warnings[0] ?? '', /user\/ann cannot be saved: visits/)
  snapshots.stop()
})

test('what this version cannot read stays with the edge beside an object of the same key', async () => {
  class Newer extends Store.define('user', { visits: z.string().default('') }) {}
  const before = await setUp()
  await before.users.create('ann', { visits: 7 })
  before.snapshots.keepObjects()

  const stores = new Stores()
  stores.onUnreadable(() => {})
  stores.manager(Newer)
  const persistence = persistenceOf(stores)
  persistence.restore([before.kept.get('object:user/ann') as string], false)
  stores.restore({ objects: [{ kind: 'user', key: 'ann', text: '{"visits":"x"}', session: '{}' }] })
  stores.restore({ objects: [JSON.parse(before.kept.get('object:user/ann') as string)] })
  const entries = [...persistence.entries()]
  assert.equal(
    entries.map(({ name }) => name),
    ['user/ann', 'user/ann/refused'],
  )
})

test.run()
