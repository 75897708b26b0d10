import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import {
  DefinitionError,
  InvalidKeyError,
  InvalidValueError,
  Reference,
  reference,
  Store,
} from '../../lib/storage/index.js'
import { openStores, Room, rejection, User } from './support/people.js'

const test = suite('storage reference')

test('a reference leads to the object, active or saved, also of another kind', async () => {
  const { users, rooms, backend } = await openStores()
  const hall = await rooms.create('hall', { title: 'Hall' })
  const ann = await users.create('ann', { home: hall.ref })
  await Promise.all([hall.save(), ann.save()])

  const later = await openStores(backend)
  const home = (await later.users.load('ann'))?.home
  assert.instance(home, Reference)
  assert.equal([home?.kind, home?.key, String(home)], ['room', 'hall', 'room/hall'])
  assert.is(home?.get(), undefined, 'not active yet')
  const found = await home?.load()
  assert.instance(found, Room)
  assert.is(found?.title, 'Hall')
  assert.is(home?.get(), found)
  assert.is(later.rooms.get('hall'), found)
})

test('loading an object loads nothing that it refers to', async () => {
  const { users, backend } = await openStores()
  const ann = await users.create('ann')
  const bob = await users.create('bob')
  ann.friends.push(bob.ref)
  await Promise.all([ann.save(), bob.save()])
  const later = await openStores(backend)
  await later.users.load('ann')
  assert.is(later.users.get('bob'), undefined)
})

test('references in a circle are saved and found again, an object that refers to itself among them', async () => {
  const { users, backend } = await openStores()
  const ann = await users.create('ann')
  const bob = await users.create('bob')
  ann.friends.push(bob.ref, ann.ref)
  bob.friends.push(ann.ref)
  await Promise.all([ann.save(), bob.save()])

  const later = await openStores(backend)
  const again = await later.users.load('ann')
  const friend = await again?.friends[0]?.load()
  assert.is(friend?.key, 'bob')
  assert.is(await friend?.friends[0]?.load(), again)
  assert.is(again?.friends[1]?.get(), again)
})

test('references nest wherever a schema can', async () => {
  const { rooms, backend } = await openStores()
  const hall = await rooms.create('hall', { title: 'Hall' })
  const cellar = await rooms.create('cellar', { title: 'Cellar', exits: { up: hall.ref } })
  await Promise.all([hall.save(), cellar.save()])
  assert.equal(JSON.parse((await backend.read('room', 'cellar')) ?? '').exits, { up: 'hall' })
  const later = await openStores(backend)
  assert.is((await (await later.rooms.load('cellar'))?.exits.up?.load())?.title, 'Hall')
})

test('a reference to an object that was deleted leads to undefined, and stays', async () => {
  const { users } = await openStores()
  const ann = await users.create('ann')
  const bob = await users.create('bob')
  await bob.save()
  ann.friends.push(bob.ref)
  await bob.delete()
  const [friend] = ann.friends
  assert.is(friend?.get(), undefined)
  assert.is(await friend?.load(), undefined)
  await ann.save()
  await ann.load()
  assert.is(String(ann.friends[0]), 'user/bob')
})

test('a reference can be made to a key at which there is nothing yet', async () => {
  const { users } = await openStores()
  const later = users.ref('BOB')
  assert.is(await later.load(), undefined)
  const bob = await users.create('bob')
  assert.is(later.get(), bob)
  assert.throws(
    () => users.ref('..'),
    (error: unknown) => error instanceof InvalidKeyError,
  )
})

test('loading through a reference can be told not to make the object active', async () => {
  const { users } = await openStores()
  const bob = await users.create('bob')
  await bob.save()
  users.release(bob)
  const reference = users.ref('bob')
  assert.is((await reference.load({ activate: false }))?.key, 'bob')
  assert.is(reference.get(), undefined)
  const reason = new Error('enough')
  assert.is(await rejection(reference.load({ signal: AbortSignal.abort(reason) })), reason)
})

test('references are compared by what they point at', async () => {
  const { users, rooms } = await openStores()
  const ann = await users.create('ann')
  const bob = await users.create('bob')
  await rooms.create('ann', { title: 'of the same key' })
  assert.ok(ann.ref.is(ann))
  assert.ok(ann.ref.is(users.ref('Ann')))
  assert.not.ok(ann.ref.is(bob))
  assert.not.ok(ann.ref.is(rooms.ref('ann') as never))
})

test('what is no reference, or one to another kind, is refused when it is saved', async () => {
  const { users, rooms } = await openStores()
  const hall = await rooms.create('hall', { title: 'Hall' })
  const ann = await users.create('ann')
  Object.assign(ann, { home: hall })
  assert.match((await rejection(ann.save())).message, /home: .*object\.ref/)
  Object.assign(ann, { home: ann.ref })
  const error = await rejection(ann.save())
  assert.instance(error, InvalidValueError)
  assert.match(error.message, /home: refers to user\/ann, but must refer to a room/)
})

test('a key in a file that cannot be one makes the file damaged, and the field is named', async () => {
  const { users, stores, backend } = await openStores()
  stores.onUnreadable(() => {})
  await backend.write('user', 'ann', '{"friends":["bob","../../etc/passwd"]}')
  assert.match((await rejection(users.load('ann'))).message, /friends\.1: .*\.\.\/.*key of user/)
})

test('a class refers to another before that is defined, and needs no manager to have been asked for', async () => {
  class Egg extends Store.define('egg', { hen: reference<Hen>(() => Hen).optional() }) {}
  class Hen extends Store.define('hen', { name: z.string().default('Berta') }) {}
  const { stores, backend } = await openStores()
  await backend.write('egg', 'a', '{"hen":"b"}')
  await backend.write('hen', 'b', '{}')
  const egg = await stores.manager(Egg).load('a')
  assert.is((await egg?.hen?.load())?.name, 'Berta')
})

test('a reference belongs to the stores it was read in, even where two read in turns', async () => {
  const one = await openStores()
  const two = await openStores()
  for (const { backend } of [one, two]) {
    await backend.write('user', 'ann', '{"friends":["bob"]}')
    await backend.write('user', 'bob', '{}')
  }
  const [first, second] = await Promise.all([one.users.load('ann'), two.users.load('ann')])
  const bobs = await Promise.all([first?.friends[0]?.load(), second?.friends[0]?.load()])
  assert.is(bobs[0], one.users.get('bob'))
  assert.is(bobs[1], two.users.get('bob'))
})

test('a reference is no use outside a stored object, and says so', () => {
  assert.throws(
    () =>
      z.decode(
        reference(() => User),
        'ann',
      ),
    (error: unknown) => error instanceof DefinitionError && /manager/.test(error.message),
  )
})

test('a reference is compared with objects and references, and with nothing else', async () => {
  const { users } = await openStores()
  const { ref } = await users.create('ann')
  for (const other of [undefined, null, {}, 'ann']) {
    assert.throws(
      () => ref.is(other as never),
      /^is\(\) got other: .*; expected a stored object, or a reference\.$/,
    )
  }
})

test.run()
