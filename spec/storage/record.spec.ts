import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import {
  InvalidValueError,
  MigrationError,
  memoryBackend,
  NewerVersionError,
  Store,
} from '../../lib/storage/index.js'
import { openStores, rejection, User } from './support/people.js'

const test = suite('storage record')

const V1 = Store.define('pet', { name: z.string().default('') })
class Pet extends V1 {}

/** Loads the object `a` of a class from a text. */
async function loadFrom<T extends Store>(storeClass: Parameters<typeof managerOf<T>>[0], text: string) {
  const backend = memoryBackend()
  await backend.write(storeClass.kind, 'a', text)
  const manager = await managerOf(storeClass, backend)
  return { backend, manager, load: () => manager.load('a') as Promise<T> }
}

async function managerOf<T extends Store>(
  storeClass: import('../../lib/storage/index.js').StoreClass<T>,
  backend = memoryBackend(),
) {
  const { stores } = await openStores(backend)
  stores.onUnreadable(() => {})
  return stores.manager(storeClass)
}

test('a saved object is pretty JSON: version, fields in the order of definition, what else there was, a newline', async () => {
  const { users, rooms, backend } = await openStores()
  const hall = await rooms.create('hall', { title: 'Hall' })
  const ann = await users.create('ann', { visits: 3, home: hall.ref, email: 'a' })
  ann.friends.push(ann.ref)
  ann.here = true
  await ann.save()
  const expected = {
    $version: 1,
    email: 'a',
    visits: 3,
    friends: ['ann'],
    home: 'hall',
  }
  assert.is(await backend.read('user', 'ann'), `${JSON.stringify(expected, null, 2)}\n`)
})

test('whatever the fields hold comes back as it was, and is written the same again', async () => {
  class Any extends Store.define('any', {
    text: z.string().default(''),
    data: z.record(z.string(), z.json()).default({}),
    list: z.array(z.number()).default([]),
  }) {}
  const backend = memoryBackend()
  const manager = await managerOf(Any, backend)
  const any = await manager.create('a')
  // zod drops the name __proto__ wherever it meets it.
  const json = fc
    .jsonValue()
    .filter((value) => !JSON.stringify(value).includes('"__proto__"'))
    .map((value) => JSON.parse(JSON.stringify(value)))
  const names = fc.string().filter((name) => name !== '__proto__')
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.dictionary(names, json), async (text, data) => {
      Object.assign(any, { text, data: { ...data } })
      await any.save()
      const written = await backend.read('any', 'a')
      Object.assign(any, { text: 'other', data: {} })
      await any.load()
      assert.equal([any.text, any.data], [text, { ...data }])
      await any.save()
      assert.is(await backend.read('any', 'a'), written)
    }),
    { numRuns: 50 },
  )
})

test('a text that a person edited reads too: order, spaces, a byte order mark, fields left out', async () => {
  const { load } = await loadFrom(User, '\uFEFF{ "visits" : 7,\n\n"friends":["BOB"] }')
  const user = await load()
  assert.equal([user.visits, user.email, user.friends.map(String)], [7, '', ['user/bob']])
})

test('a field that was added later gets its default', async () => {
  const { load } = await loadFrom(User, '{"$version":1}')
  assert.equal((await load()).visits, 0)
})

test('what is in a file beside the fields is written back: a newer version may need it', async () => {
  const { load, backend } = await loadFrom(
    Pet,
    '{"$version":1,"name":"Rex","legs":{"n":4},"$note":"x","__proto__":{"a":1}}',
  )
  const pet = await load()
  pet.name = 'Tom'
  assert.is('legs' in pet, false)
  assert.is(({} as { a?: number }).a, undefined)
  await pet.save()
  assert.is(
    JSON.stringify(JSON.parse((await backend.read('pet', 'a')) ?? '')),
    '{"$version":1,"name":"Tom","legs":{"n":4},"$note":"x","__proto__":{"a":1}}',
  )
})

test('an older version is migrated, from its own number, before it is checked', async () => {
  const seen: unknown[] = []
  class Pet3 extends V1 {
    static override version = 3
    static override migrate(from: number, data: Record<string, unknown>) {
      seen.push(from, { ...data })
      const { title, ...rest } = data
      return { ...rest, name: title }
    }
  }
  const { load, backend } = await loadFrom(Pet3, '{"$version":2,"title":"Rex","legs":4}')
  const pet = await load()
  assert.equal(seen, [2, { title: 'Rex', legs: 4 }])
  assert.is(pet.name, 'Rex')
  await pet.save()
  assert.equal(JSON.parse((await backend.read('pet', 'a')) ?? ''), { $version: 3, name: 'Rex', legs: 4 })
  await pet.load()
  assert.is(seen.length, 2, 'what has this version already is not migrated')
})

test('the version that is saved is the class’s own, whatever a migration leaves in its data', async () => {
  class Pet3 extends V1 {
    static override version = 3
    static override migrate(from: number, data: Record<string, unknown>) {
      return { ...data, $version: from }
    }
  }
  const { load, backend } = await loadFrom(Pet3, '{"$version":2,"name":"Rex"}')
  await (await load()).save()
  assert.is(JSON.parse((await backend.read('pet', 'a')) ?? '').$version, 3)
})

test('a text without a version counts as version 1', async () => {
  class Pet2 extends V1 {
    static override version = 2
    static override migrate(from: number) {
      return { name: `from ${from}` }
    }
  }
  assert.is((await (await loadFrom(Pet2, '{}')).load()).name, 'from 1')
})

test('a version that was raised without a migration takes the data as it is', async () => {
  class Pet2 extends V1 {
    static override version = 2
  }
  const { load, backend } = await loadFrom(Pet2, '{"$version":1,"name":"Rex"}')
  const pet = await load()
  assert.is(pet.name, 'Rex')
  await pet.save()
  assert.is(JSON.parse((await backend.read('pet', 'a')) ?? '').$version, 2)
})

test('a migration that throws, or gives back no object, is the bug of the program: what is saved stays', async () => {
  for (const result of [new Error('oops'), undefined, [], 'text']) {
    class Pet2 extends V1 {
      static override version = 2
      static override migrate() {
        if (result instanceof Error) throw result
        return result as never
      }
    }
    const { load, backend } = await loadFrom(Pet2, '{"name":"Rex"}')
    const error = await rejection(load())
    assert.instance(error, MigrationError)
    assert.match(error.message, /pet\/a from version 1 to 2: Pet2\.migrate (threw: oops|gave back no object)/)
    assert.is(await backend.read('pet', 'a'), '{"name":"Rex"}')
  }
})

test('what a newer version saved is refused by name and stays as it is', async () => {
  const { load, backend } = await loadFrom(Pet, '{"$version":2,"name":"Rex"}')
  const error = await rejection<NewerVersionError>(load())
  assert.instance(error, NewerVersionError)
  assert.equal([error.kind, error.key], ['pet', 'a'])
  assert.match(error.message, /pet\/a was saved by version 2/)
  assert.is(await backend.read('pet', 'a'), '{"$version":2,"name":"Rex"}')
})

test('a value that its schema refuses, or that JSON cannot keep, is not written, and the field is named', async () => {
  class Thing extends Store.define('thing', { size: z.number().default(0), any: z.unknown().optional() }) {}
  const backend = memoryBackend()
  const manager = await managerOf(Thing, backend)
  const thing = await manager.create('a')
  await thing.save()
  const before = await backend.read('thing', 'a')
  for (const [change, message] of [
    [{ size: 'big' }, /thing\/a cannot be saved: size: .*number/],
    [{ size: Number.NaN }, /size/],
    [{ size: 0, any: new Date() }, /any: .*Date/],
    [{ any: { deep: [new Map()] } }, /any\.deep\.0: .*Map/],
  ] as const) {
    Object.assign(thing, change)
    const error = await rejection(thing.save())
    assert.instance(error, InvalidValueError)
    assert.match(error.message, message)
  }
  assert.is(await backend.read('thing', 'a'), before)
  Object.assign(thing, { size: 1, any: undefined })
  await thing.save()
  assert.not.equal(await backend.read('thing', 'a'), before)
})

test.run()
