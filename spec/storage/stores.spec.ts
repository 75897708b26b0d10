import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import {
  type Store as AnyStore,
  DefinitionError,
  DeletedError,
  fileBackend,
  InvalidValueError,
  memoryBackend,
  NotOpenError,
  type ObjectSnapshot,
  type Reference,
  SessionStore,
  Store,
  type StoreClass,
  Stores,
  type StoresSnapshot,
  UnreadableError,
} from '../../lib/storage/index.js'
import { gatedBackend } from './support/gated.js'
import { collect, keysOf, openStores, Party, Room, rejection, User } from './support/people.js'
import { temporaryDirectory } from './support/temporary.js'

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

test('closing waits also for what begins meanwhile, of whatever kind', async () => {
  const gated = gatedBackend()
  let isOpen = true
  gated.close = async () => {
    isOpen = false
  }
  const { stores, users, rooms } = await openStores(gated)
  const [ann, hall] = [await users.create('ann'), await rooms.create('hall', { title: 'The hall' })]
  gated.closeGate()
  const saving = ann.save()
  const closing = stores.close()
  // Nothing of this kind was under way when the close began.
  const meanwhile = hall.save()
  await gated.next()
  assert.ok(isOpen, 'it closes under an operation')
  await gated.next()
  await Promise.all([saving, meanwhile, closing])
  assert.not(isOpen)
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

test('closing lets go of all objects: what is opened next is read, and an object of before is never saved over it', async () => {
  const { stores, users, parties } = await openStores()
  const ann = await users.create('ann', { visits: 1 })
  await ann.save()
  ann.visits = 2
  await parties.create('birthday', { name: 'Birthday' })
  await stores.close()
  assert.equal([users.active(), parties.active()], [[], []])
  await stores.open(memoryBackend())
  assert.is(await users.load('ann'), undefined)
  const other = await users.create('ann', { visits: 7 })
  await other.save()
  assert.instance(await rejection(ann.save()), DeletedError)
  assert.instance(await rejection(ann.load()), DeletedError)
  assert.match((await stores.backend.read('user', 'ann')) ?? '', /"visits": 7/)
  await stores.close()
})

test('closing forgets what could not be read: the next back end has texts of its own', async () => {
  const { stores, users } = await openStores()
  const errors: UnreadableError[] = []
  stores.onUnreadable((error) => errors.push(error))
  await stores.backend.write('user', 'ann', '{"visits":"many"}')
  await rejection(users.load('ann'))
  stores.restore({ objects: [{ kind: 'user', key: 'bob', text: '{"visits":"many"}', session: '{}' }] })
  stores.restore({ objects: [{ kind: 'later', key: 'x', text: '{}', session: '{}' }] })
  await stores.close()
  assert.equal(stores.snapshot().objects, [])
  await stores.open('memory')
  await (await users.create('ann')).save()
  await (await users.create('bob')).save()
  assert.is(await stores.backend.findSetAside('user', 'ann'), undefined)
  await stores.backend.write('user', 'ann', '{"visits":"many"}')
  await stores.close()
  assert.is(errors.length, 2)
})

test('a process that may go on after all suspends its stores, and keeps their objects', async () => {
  const { stores, users, backend } = await openStores()
  const ann = await users.create('ann')
  await ann.save()
  await stores.suspend()
  assert.is(users.get('ann'), ann)
  assert.instance(await rejection(ann.save()), NotOpenError)
  await stores.open(backend)
  ann.visits = 5
  await ann.save()
  assert.is(await users.load('ann'), ann)
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
    reports.map(({ message }) => message.replace(/: (\w+): .*/, ': $1')),
    ['This version cannot read pet/rex: size', 'This version cannot read game/chess: name'],
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

const broken = () => {
  throw new RangeError('the schema is broken')
}

/** Three versions of one class: the middle one refuses what the others read. */
function petVersions(refusal: () => z.ZodType) {
  const old = class extends Store.define('pet', { name: z.string().default('') }) {}
  const middle = class extends Store.define('pet', { name: refusal() }) {}
  return { old, middle }
}

/** A pet `rex` with an unsaved change, as the version that refuses it gets it. */
async function refusedRex(refusal: () => z.ZodType = () => z.string().refine(broken)) {
  const { old, middle } = petVersions(refusal)
  const backend = memoryBackend()
  const before = await openStores(backend)
  const rex = await before.stores.manager(old).create('rex', { name: 'saved' })
  await rex.save()
  rex.name = 'changed'
  const snapshot: StoresSnapshot = JSON.parse(JSON.stringify(before.stores.snapshot()))
  const { stores } = await openStores(backend)
  const reports: UnreadableError[] = []
  stores.onUnreadable((error) => reports.push(error))
  stores.restore(snapshot)
  return { old, middle, backend, stores, reports, pets: stores.manager(middle) }
}

test('an object whose class throws when it is read is unreadable, and a restart goes on without it', async () => {
  const ofClass = class extends Store.define('pet', { name: z.string() }) {
    readonly broken = broken()
  }
  const classes: [StoreClass, RegExp][] = [
    [
      class extends Store.define('pet', { name: z.string().refine(broken) }) {},
      /pet\/rex.*Field name.*the schema is broken/,
    ],
    [
      class extends Store.define('pet', { name: z.string(), more: z.string().default(broken) }) {},
      /pet\/rex.*Field more.*the schema is broken/,
    ],
    [ofClass, /pet\/rex.*the schema is broken/],
  ]
  for (const [storeClass, message] of classes) {
    const { stores, users } = await openStores()
    await stores.manager(petVersions(z.string).old).create('rex')
    await users.create('ann')
    const later = await openStores()
    const reports: UnreadableError[] = []
    later.stores.onUnreadable((error) => reports.push(error))
    later.stores.restore(stores.snapshot())
    assert.equal(later.stores.manager(storeClass).active(), [])
    assert.equal(keysOf(later.users.active()), ['ann'])
    assert.is(reports.length, 1)
    assert.instance(reports[0], UnreadableError)
    assert.match(reports[0]?.message ?? '', message)
  }
})

test('a snapshot that is no JSON is unreadable', () => {
  const stores = new Stores()
  stores.manager(User)
  const reports: UnreadableError[] = []
  stores.onUnreadable((error) => reports.push(error))
  stores.restore({ objects: [{ kind: 'user', key: 'ann', text: '{}', session: '{' }] })
  stores.restore({ objects: [{ kind: 'user', key: 'bob', text: '{', session: '{}' }] })
  assert.equal(
    reports.map(({ key }) => key),
    ['ann', 'bob'],
  )
})

for (const [what, refusal] of [
  ['refuses', () => z.string().max(3)],
  ['throws at', () => z.string().refine(broken)],
] as const) {
  test(`an object that a new version ${what} keeps its unsaved changes for the version that can read it`, async () => {
    const { old, pets, stores, backend } = await refusedRex(refusal)
    assert.equal(pets.active(), [])
    const back = new Stores()
    const again = back.manager(old)
    await back.open(backend)
    back.restore(JSON.parse(JSON.stringify(stores.snapshot())))
    const rex = again.get('rex')
    assert.is(rex?.name, 'changed')
    assert.match((await backend.read('pet', 'rex')) ?? '', /saved/)
    await rex?.save()
    assert.match((await backend.read('pet', 'rex')) ?? '', /changed/)
    assert.is(back.snapshot().objects.length, 1, 'it is refused no longer')
  })
}

for (const saves of [false, true]) {
  const what = saves ? 'saved' : 'changed'
  test(`what a later version has ${what} is not lost in silence where the version before goes on after all`, async () => {
    const backend = fileBackend(temporaryDirectory())
    const Pet1 = class extends Store.define('pet', { name: z.string().default('Rex') }) {}
    const Pet2 = class extends Store.define('pet', { name: z.string().default('') }) {
      static override version = 2
      static override migrate = (_: number, data: Record<string, unknown>) => data
    }
    const { stores } = await openStores(backend)
    const reports: UnreadableError[] = []
    stores.onUnreadable((error) => reports.push(error))
    const rex = await stores.manager(Pet1).create('rex')
    await rex.save()

    const later = await openStores(backend)
    later.stores.restore(stores.snapshot())
    const after = later.stores.manager(Pet2).get('rex')
    Object.assign(after ?? {}, { name: 'Rex II' })
    if (saves) await after?.save()
    const left = later.stores.snapshot()
    for (let time = 0; time < 2; time++) stores.restore(left, { back: true })

    assert.is(stores.manager(Pet1).get('rex'), rex)
    assert.is(rex.name, 'Rex')
    assert.is(reports.length, 1)
    assert.match(
      reports[0]?.message ?? '',
      /^This version cannot read pet\/rex as another version has left it: /,
    )
    assert.match(reports[0]?.message ?? '', /It goes on as it was here before/)
    assert.is(stores.snapshot().objects.length, 1, 'nothing is kept for the later version')
    rex.name = 'old'
    await rex.save()
    const aside = await backend.findSetAside?.('pet', 'rex')
    if (saves) assert.match(readFileSync(aside ?? '', 'utf8'), 'Rex II')
    else assert.is(aside, undefined)
    assert.match((await backend.read('pet', 'rex')) ?? '', 'old')
  })
}

test('the key of an object that a new version refuses is free for nobody, and that is told once', async () => {
  const { pets, stores, reports, backend } = await refusedRex()
  const error = await rejection(pets.load('rex'))
  assert.is(error, reports[0])
  assert.match(error.message, /kept with its unsaved changes/)
  assert.is(await rejection(pets.create('rex', { name: 'other' })), error)
  assert.equal(keysOf(await collect(pets.all())), [])
  assert.is(reports.length, 1)
  assert.match((await backend.read('pet', 'rex')) ?? '', /saved/)
  await pets.delete('rex')
  assert.equal(stores.snapshot().objects, [])
  assert.is(await pets.load('rex'), undefined)
})

test('an object that a new version refuses and one of its own with the same key both come through restarts', async () => {
  const { old, middle, stores } = await refusedRex(() => z.number().default(1))
  const between = new Stores()
  between.onUnreadable(() => {})
  const pets = between.manager(middle)
  await between.open('memory')
  const [document] = stores.snapshot().objects
  between.restore({ objects: [{ kind: 'pet', key: 'rex', text: '{"name":5}', session: '{}' }] })
  between.restore({ objects: [document as ObjectSnapshot] })
  assert.is(pets.get('rex')?.name, 5)
  const again = new Stores()
  again.onUnreadable(() => {})
  again.manager(old)
  again.restore(JSON.parse(JSON.stringify(between.snapshot())))
  assert.is(again.manager(old).get('rex')?.name, 'changed')
  const last = new Stores()
  last.onUnreadable(() => {})
  last.restore(JSON.parse(JSON.stringify(again.snapshot())))
  assert.is(last.manager(middle).get('rex')?.name, 5)
})

test('an object whose schema throws when it is written is left out of snapshots one by one, and named', async () => {
  let isBroken = false
  class Pet extends Store.define('pet', { name: z.string().refine(() => (isBroken ? broken() : true)) }) {}
  const { stores, users } = await openStores()
  await stores.manager(Pet).create('rex', { name: 'Rex' })
  await users.create('ann')
  isBroken = true
  const problems: Error[] = []
  const objects = [...stores.snapshots((error) => problems.push(error))]
  assert.equal(
    objects.map(({ key }) => key),
    ['ann'],
  )
  assert.match(problems[0]?.message ?? '', /Field name of pet.*the schema is broken/)
})

test('an object that is deleted while snapshots are taken one by one is in none that follows', async () => {
  const { stores, users } = await openStores()
  for (const key of ['ann', 'bob', 'cat']) await users.create(key)
  const seen: string[] = []
  for (const { key } of stores.snapshots(() => {})) {
    seen.push(key)
    if (key === 'ann') await users.delete('bob')
    else users.release(users.get('cat') as User)
  }
  assert.equal(seen, ['ann', 'cat'])
})

test.run()
