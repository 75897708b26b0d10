import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import {
  type Store as AnyStore,
  DefinitionError,
  InvalidValueError,
  memoryBackend,
  NotOpenError,
  type Reference,
  SessionStore,
  Store,
  Stores,
  type StoresSnapshot,
  type UnreadableError,
} from '../../lib/storage/index.js'
import { gatedBackend } from './support/gated.js'
import { keysOf, openStores, Party, Room, rejection, User } from './support/people.js'

const test = suite('storage stores')

/** As a restart does it: through JSON, into stores of their own, on the same back end. */
async function restarted(from: Stores) {
  const snapshot: StoresSnapshot = JSON.parse(JSON.stringify(from.snapshot()))
  const later = await openStores(from.backend)
  later.stores.restore(snapshot)
  return later
}

test('a class has one manager, whoever asks and however often', () => {
  const stores = new Stores()
  assert.is(stores.manager(User), stores.manager(User))
  assert.is.not(stores.manager(User), new Stores().manager(User))
})

test('two classes of one kind are refused by name', () => {
  class Other extends Store.define('user', {}) {}
  class Sub extends User {}
  const stores = new Stores()
  stores.manager(User)
  for (const storeClass of [Other, Sub]) {
    assert.throws(
      () => stores.manager<AnyStore>(storeClass),
      (error: unknown) =>
        error instanceof DefinitionError && error.message.includes(`User and ${storeClass.name}`),
    )
  }
})

test('managers can be asked for before storage is open; using them then says what to do', async () => {
  const stores = new Stores()
  const users = stores.manager(User)
  assert.is(users.get('ann'), undefined)
  const error = await rejection(users.load('ann'))
  assert.instance(error, NotOpenError)
  assert.match(error.message, /open\(\)/)
  await stores.open('memory')
  assert.is(await users.load('ann'), undefined)
  assert.instance(await rejection(stores.open('memory')), DefinitionError)
})

test('closing waits for what is under way, and closes the back end once', async () => {
  let closed = 0
  const gated = gatedBackend()
  gated.close = async () => {
    closed++
  }
  const { stores, users } = await openStores(gated)
  const ann = await users.create('ann')
  gated.closeGate()
  const saving = ann.save()
  const closing = stores.close()
  await gated.next()
  await Promise.all([saving, closing])
  await stores.close()
  assert.is(closed, 1)
  assert.instance(await rejection(ann.save()), NotOpenError)
})

test('listeners hear of every save and delete, until they are removed', async () => {
  const { stores, users } = await openStores()
  const log: string[] = []
  const stop = [
    stores.onSave((object) => log.push(`save ${object.ref}`)),
    stores.onDelete((kind, key) => log.push(`delete ${kind}/${key}`)),
  ]
  const ann = await users.create('ann')
  await ann.save()
  await ann.delete()
  assert.equal(log, ['save user/ann', 'delete user/ann'])
  for (const remove of stop) remove()
  const bob = await users.create('bob')
  await bob.save()
  await bob.delete()
  assert.is(log.length, 2)
})

test('a listener that throws fails no save, and becomes a warning of the process', async () => {
  const { stores, users } = await openStores()
  const broken = new Error('the listener is broken')
  stores.onSave(() => {
    throw broken
  })
  const warned = new Promise((resolve) => process.once('warning', resolve))
  await (await users.create('ann')).save()
  assert.is(await warned, broken)
})

test('active objects come through a restart with session fields and unsaved changes', async () => {
  const { stores, users, rooms, parties } = await openStores()
  const hall = await rooms.create('hall', { title: 'Hall' })
  const ann = await users.create('ann', { home: hall.ref, here: true })
  await ann.save()
  ann.visits = 7
  await parties.create('birthday', { name: 'Birthday', members: [ann.ref] })

  const later = await restarted(stores)
  const again = later.users.get('ann')
  assert.instance(again, User)
  assert.equal([again?.visits, again?.here], [7, true])
  assert.is(again?.home?.get(), later.rooms.get('hall'))
  assert.instance(later.rooms.get('hall'), Room)
  const party = later.parties.get('birthday')
  assert.instance(party, Party)
  assert.is(party?.members[0]?.get(), again)
  assert.match((await later.backend.read('user', 'ann')) ?? '', /"visits": 0/)
})

test('what was saved and what was not is known after a restart as before', async () => {
  const { stores, users } = await openStores()
  for (const key of ['saved', 'changed', 'never']) await users.create(key)
  await users.get('saved')?.save()
  await users.get('changed')?.save()
  Object.assign(users.get('changed') ?? {}, { visits: 1 })
  const later = await restarted(stores)
  const [changed, never, saved] = later.users.active()
  for (const object of later.users.active()) later.users.release(object)
  await later.backend.write('user', 'saved', '{"visits":9}')
  await later.backend.write('user', 'changed', '{"visits":9}')
  assert.equal([await later.users.load('saved'), saved?.visits], [saved, 9])
  assert.equal([await later.users.load('changed'), changed?.visits], [changed, 1])
  assert.match(
    (await rejection(never?.save() ?? Promise.resolve())).message,
    /released before it was ever saved/,
  )
})

test('fields that the class does not know come through a restart too', async () => {
  const { stores, users, backend } = await openStores()
  await backend.write('user', 'ann', '{"legs":4}')
  await users.load('ann')
  const later = await restarted(stores)
  await later.users.get('ann')?.save()
  assert.match((await backend.read('user', 'ann')) ?? '', /"legs": 4/)
})

test('a snapshot does not follow later changes', async () => {
  const { stores, users } = await openStores()
  const ann = await users.create('ann')
  const snapshot = stores.snapshot()
  const text = JSON.stringify(snapshot)
  ann.visits = 9
  ann.friends.push(ann.ref)
  assert.is(JSON.stringify(snapshot), text)
})

test('objects that are not active are in no snapshot', async () => {
  const { stores, users } = await openStores()
  const ann = await users.create('ann')
  await ann.save()
  users.release(ann)
  assert.equal(stores.snapshot(), { objects: [] })
})

test('what is restored before its manager is asked for waits for it, through further restarts', async () => {
  const { stores, users } = await openStores()
  await users.create('ann', { visits: 4 })
  const between = new Stores()
  between.restore(stores.snapshot())
  const last = new Stores()
  last.restore(between.snapshot())
  assert.is(last.manager(User).get('ann')?.visits, 4)
  assert.is(last.snapshot().objects.length, 1)
})

test('restoring over objects that are in memory keeps them and gives them what the snapshot has', async () => {
  const { stores, users } = await openStores()
  const ann = await users.create('ann', { visits: 1 })
  const snapshot = stores.snapshot()
  ann.visits = 2
  stores.restore(snapshot)
  assert.is(users.get('ann'), ann)
  assert.is(ann.visits, 1)
})

test('an object restored while it is being loaded from disk is that object, with what the snapshot has', async () => {
  const gated = gatedBackend()
  await gated.write('user', 'ann', '{"visits":1}')
  const { stores, users } = await openStores(gated)
  const before = await openStores()
  await before.users.create('ann', { visits: 2 })
  gated.closeGate()
  const loading = users.load('ann')
  await new Promise((resolve) => setImmediate(resolve))
  stores.restore(before.stores.snapshot())
  gated.openGate()
  const ann = await loading
  assert.is(ann, users.get('ann'))
  assert.is(ann?.visits, 2)
})

test('a snapshot is brought to a newer version of its class, and new fields get their defaults', async () => {
  const Pet1 = class extends Store.define('pet', { title: z.string() }) {}
  const Pet2 = class extends Store.define('pet', { name: z.string(), legs: z.number().default(4) }) {
    static override version = 2
    static override migrate(_from: number, { title }: Record<string, unknown>) {
      return { name: title }
    }
  }
  const { stores } = await openStores()
  await stores.manager(Pet1).create('rex', { title: 'Rex' })
  const later = new Stores()
  later.restore(stores.snapshot())
  const rex = later.manager(Pet2).get('rex')
  assert.equal([rex?.name, rex?.legs], ['Rex', 4])
})

test('what a changed class refuses of a snapshot is reported and left out, and the rest is restored', async () => {
  const { stores } = await openStores()
  const Pet1 = class extends Store.define('pet', { size: z.string().default('big') }) {}
  const Game1 = class extends SessionStore.define('game', {}) {}
  const Game2 = class extends SessionStore.define('game', { name: z.string() }) {}
  const Pet2 = class extends Store.define('pet', {
    size: z.union([z.number(), z.literal('small')]).default(1),
  }) {}
  await stores.manager(Pet1).create('rex')
  await stores.manager(Pet1).create('tom', { size: 'small' })
  await stores.manager(Game1).create('chess')
  const later = new Stores()
  const reports: UnreadableError[] = []
  later.onUnreadable((error) => reports.push(error))
  later.restore(stores.snapshot())
  assert.equal(keysOf(later.manager(Pet2).active()), ['tom'])
  assert.equal(keysOf(later.manager(Game2).active()), [])
  assert.equal(
    reports.map(({ message }) => message.replace(/ does not fit.*: (\w+): .*/, ' $1')),
    ['The snapshot of pet/rex size', 'The snapshot of game/chess name'],
  )
})

test('a snapshot is refused by name when a field holds what its schema refuses', async () => {
  const { stores, users } = await openStores()
  const ann = await users.create('ann')
  Object.assign(ann, { here: 'yes' })
  assert.throws(
    () => stores.snapshot(),
    (error: unknown) => error instanceof InvalidValueError && /user\/ann.*here/.test(error.message),
  )
})

test('a snapshot can be kept up to date, object by object', async () => {
  const { stores, users } = await openStores()
  const kept = new Map<string, unknown>()
  stores.onSave((object) => kept.set(String(object.ref), stores.snapshotOf(object)))
  stores.onDelete((kind, key) => kept.delete(`${kind}/${key}`))
  const ann = await users.create('ann')
  const bob = await users.create('bob')
  ann.visits = 3
  await Promise.all([ann.save(), bob.save()])
  await bob.delete()
  assert.equal([...kept.values()], stores.snapshot().objects)
  assert.throws(() => stores.snapshotOf(bob), /user\/bob/)
  assert.throws(() => new Stores().snapshotOf(ann), /user\/ann/)
})

test('stored objects and references in data of the program are revived from its JSON', async () => {
  const { stores, users, rooms } = await openStores()
  const ann = await users.create('ann')
  const hall = await rooms.create('hall', { title: 'Hall' })
  await hall.save()
  const state = {
    user: ann,
    seen: [{ room: hall.ref }],
    gone: await users.create('gone'),
    plain: { $ref: 'schema.json' },
  }
  const text = JSON.stringify(state)
  users.release(state.gone)
  const later = await restarted(stores)
  const revived = JSON.parse(text, later.stores.revive)
  assert.is(revived.user, later.users.get('ann'))
  assert.is((revived.seen[0].room as Reference<Room>).get(), later.rooms.get('hall'))
  assert.is(revived.gone, undefined)
  assert.equal(revived.plain, { $ref: 'schema.json' })
  for (const other of [
    { $ref: 'user/..' },
    { $object: 'nothing/ann' },
    { $object: 5 },
    { $ref: 'user/ann', more: 1 },
    null,
    'user/ann',
  ]) {
    assert.equal(JSON.parse(JSON.stringify(other), later.stores.revive), other)
  }
})

test('stores that are never opened can still hold session objects and snapshots', async () => {
  const stores = new Stores()
  const parties = stores.manager(Party)
  await parties.create('a', { name: 'A' })
  assert.is(stores.snapshot().objects.length, 1)
  assert.equal(await parties.keys(), [])
  assert.throws(
    () => stores.backend,
    (error: unknown) => error instanceof NotOpenError,
  )
  await stores.open(memoryBackend())
})

test.run()
