import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { InvalidOptionError } from '../../lib/errors.js'
import {
  DefinitionError,
  InvalidKeyError,
  type Manager,
  type Reference,
  reference,
  SessionStore,
  Store,
  Stores,
  session,
} from '../../lib/storage/index.js'
import { rejection } from '../support/service.js'
import { openStores, type Room, User } from './support/people.js'

const test = suite('storage store')

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Checked by the compiler: fails to compile unless the types are the same. */
const sameType = <A, B>(..._same: Equal<A, B> extends true ? [] : [never]): void => {}

const refuses = (message: RegExp) => (error: unknown) =>
  error instanceof DefinitionError && message.test(error.message)

test('types are inferred from the schemas, with no annotation beside them', async () => {
  sameType<User['email'], string>()
  sameType<User['visits'], number>()
  sameType<User['here'], boolean>()
  sameType<User['friends'], Reference<User>[]>()
  sameType<User['home'], Reference<Room> | undefined>()
  sameType<Room['owner'], Reference<User> | undefined>()
  sameType<Room['exits'], Record<string, Reference<Room>>>()
  sameType<User['key'], string>()
  sameType<typeof User.kind, 'user'>()
  sameType<ReturnType<User['greet']>, string>()
  const { stores, users, rooms } = await openStores()
  sameType<typeof users, Manager<User>>()
  const ann = await users.create('ann')
  const hall = await rooms.create('hall', { title: 'Hall' })
  sameType<typeof ann, User>()
  sameType<typeof ann.ref, Reference<User>>()
  sameType<Awaited<ReturnType<typeof users.load>>, User | undefined>()
  ann.home = hall.ref
  sameType<ReturnType<typeof ann.home.load>, Promise<Room | undefined>>()
  for await (const user of users.all()) sameType<typeof user, User>()

  const wrong = () => {
    // @ts-expect-error a reference to a room is none to a user
    ann.friends.push(hall.ref)
    // @ts-expect-error a number is no string
    ann.email = 5
    // @ts-expect-error the key is fixed
    ann.key = 'bob'
    // @ts-expect-error there is no such field
    ann.nothing
    // @ts-expect-error a room needs its title
    void rooms.create('cellar')
    // @ts-expect-error a title is a string
    void rooms.create('cellar', { title: 5 })
    // @ts-expect-error there is no such field
    void users.create('bob', { emial: '' })
    // @ts-expect-error no class, so nothing to refer to
    reference(() => 5)
    // @ts-expect-error this would hide a method
    Store.define('bad', { save: z.string() })
    // @ts-expect-error no schema
    Store.define('bad', { age: 5 })
    // @ts-expect-error a manager is asked for by a class
    stores.manager('user')
  }
  assert.type(wrong, 'function')
})

test('an object has its fields, their defaults, its key, and the methods of its class', async () => {
  const { users } = await openStores()
  const ann = await users.create('Ann', { email: 'ann@example.org' })
  assert.ok(ann instanceof User && ann instanceof Store)
  assert.is(ann.key, 'ann')
  assert.is(ann.email, 'ann@example.org')
  assert.is(ann.visits, 0)
  assert.equal(ann.friends, [])
  assert.is(ann.home, undefined)
  assert.is(ann.here, false)
  assert.is(ann.greet(), 'Hello, ann')
  assert.equal(Object.keys(ann), ['key', 'email', 'visits', 'friends', 'home', 'here'])
})

test('the key of an object cannot be changed', async () => {
  const { users } = await openStores()
  const ann = await users.create('ann')
  assert.throws(() => {
    ;(ann as { key: string }).key = 'bob'
  }, TypeError)
})

test('objects share no default with one another', async () => {
  const { users } = await openStores()
  const ann = await users.create('ann')
  const bob = await users.create('bob')
  ann.friends.push(bob.ref)
  assert.equal(bob.friends, [])
})

test('standard class fields of a subclass are plain properties, not saved and not in the way of fields', async () => {
  class Guest extends Store.define('guest', { name: z.string().default('nobody') }) {
    lines: string[] = []
    shout = this.name.toUpperCase()
    #secret = 5
    get secret() {
      return this.#secret
    }
  }
  const { stores, backend } = await openStores()
  const guest = await stores.manager(Guest).create('a', { name: 'ann' })
  assert.is(guest.shout, 'ANN')
  assert.is(guest.secret, 5)
  guest.lines.push('hi')
  await guest.save()
  assert.is(await backend.read('guest', 'a'), '{\n  "$version": 1,\n  "name": "ann"\n}\n')
})

test('a class field with the name of a field does not hide what was saved', async () => {
  class Guest extends Store.define('guest', { name: z.string().default('nobody') }) {
    override name = 'somebody'
  }
  const { stores } = await openStores()
  const guests = stores.manager(Guest)
  const guest = await guests.create('a', { name: 'ann' })
  assert.is(guest.name, 'ann')
  await guest.save()
  guests.release(guest)
  assert.is((await guests.load('a'))?.name, 'ann')
})

test('a class defined from another has the fields and methods of both', async () => {
  class Admin extends User.define('admin', { level: z.number().default(1), title: z.string() }) {}
  sameType<Admin['email'], string>()
  sameType<Admin['level'], number>()
  sameType<typeof Admin.kind, 'admin'>()
  const { stores, users } = await openStores()
  const admins = stores.manager(Admin)
  // @ts-expect-error the title is missing
  const missing = () => admins.create('zoe', { email: '' })
  assert.type(missing, 'function')
  const zoe = await admins.create('zoe', { title: 'Chief', email: 'z' })
  assert.is(zoe.greet(), 'Hello, zoe')
  assert.equal([zoe.level, zoe.title, zoe.email], [1, 'Chief', 'z'])
  await zoe.save()
  admins.release(zoe)
  assert.equal([(await admins.load('zoe'))?.email, (await admins.load('zoe'))?.title], ['z', 'Chief'])
  assert.is(await users.load('zoe'), undefined)
})

test('a field that would hide a member of its class, or break objects, is refused by name', () => {
  const names = [
    'save',
    'load',
    'delete',
    'ref',
    'key',
    'toJSON',
    'then',
    'constructor',
    'toString',
    '$version',
    '__proto__',
  ]
  for (const name of names) {
    const fields = Object.fromEntries([[name, z.string().default('')]])
    assert.throws(
      () => Store.define('bad', fields),
      refuses(new RegExp(`Field ${name.replace('$', '\\$')} of bad`)),
    )
  }
  assert.throws(() => User.define('bad', { greet: z.string() }), refuses(/greet/))
})

test('a kind follows the rules of keys', () => {
  for (const kind of ['', '..', 'a/b', 'con', '__proto__', 'x'.repeat(300)]) {
    assert.throws(
      () => Store.define(kind, {}),
      (error: unknown) => error instanceof InvalidKeyError,
    )
  }
  assert.is(Store.define('Car', {}).kind, 'car')
})

test('an object in JSON says which one it is, and gives nothing of it away', async () => {
  const { users } = await openStores()
  const ann = await users.create('ann', { email: 'private' })
  assert.is(
    JSON.stringify({ user: ann, friend: ann.ref }),
    '{"user":{"$object":"user/ann"},"friend":{"$ref":"user/ann"}}',
  )
})

test('of a session store nothing is saved, and saving and loading it are no errors', async () => {
  class Game extends SessionStore.define('game', {
    score: z.number().default(0),
    tags: session(z.array(z.string())),
  }) {}
  const { stores, backend } = await openStores()
  const games = stores.manager(Game)
  const game = await games.create('one', { tags: [] })
  game.score = 5
  let saves = 0
  stores.onSave(() => saves++)
  await game.save()
  await game.load()
  assert.is(saves, 1)
  assert.is(game.score, 5)
  assert.equal(await backend.list('game'), [])
  assert.is(await games.load('one'), game)
  assert.equal(await games.keys(), [])
  await game.delete()
  assert.is(games.get('one'), undefined)
})

test('a class without a kind has no manager', () => {
  class Bare extends Store {}
  assert.throws(() => new Stores().manager(Bare), refuses(/Bare.*define/))
})

test('a program makes objects by a manager: new, which plain JavaScript could call with a key, says so', () => {
  class Pet extends Store.define('pet', {}) {}
  for (const init of ['rex', {}, undefined, null]) {
    assert.throws(() => new Pet(init as never), refuses(/^new Pet\(\) is for managers: .*create\(key\)/))
  }
})

test('an object refuses options that there are not, before anything is written', async () => {
  const { users } = await openStores()
  const ann = await users.create('ann')
  for (const options of [null, 5, 'now', { signl: 1 }, { signal: 5 }] as never[]) {
    for (const ask of [() => ann.save(options), () => ann.load(options), () => ann.delete(options)]) {
      assert.instance(await rejection(ask()), InvalidOptionError)
    }
  }
  assert.equal(await users.keys(), [])
  await ann.save({})
  assert.equal(await users.keys(), ['ann'])
})

test.run()
