import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Backend,
  BackendError,
  DeletedError,
  ExistsError,
  InvalidKeyError,
  InvalidValueError,
  Manager,
  memoryBackend,
  Stores,
  UnreadableError,
} from '../../lib/storage/index.js'
import { memoryInUse } from '../support/gc.js'
import { collect, keysOf, openStores, rejection, User } from './support/people.js'
import { temporaryDirectory } from './support/temporary.js'

const test = suite('storage manager')

/** A back end that holds `count` saved users `u00000`, ..., and counts how many reads are under way at most. */
async function crowd(count: number) {
  const inner = memoryBackend()
  for (let i = 0; i < count; i++) {
    await inner.write('user', `u${String(i).padStart(5, '0')}`, `{"visits":${i}}`)
  }
  const seen = { reads: 0, most: 0 }
  let reading = 0
  const backend: Backend = {
    ...inner,
    async read(kind, key) {
      seen.reads++
      seen.most = Math.max(seen.most, ++reading)
      await new Promise((resolve) => setImmediate(resolve))
      reading--
      return inner.read(kind, key)
    },
  }
  return { ...(await openStores(backend)), seen }
}

test('a new object is active, and not saved before save', async () => {
  const { users, backend } = await openStores()
  const ann = await users.create('ann')
  assert.is(users.get('ann'), ann)
  assert.is(users.get('ANN'), ann)
  assert.is(await backend.read('user', 'ann'), undefined)
  await ann.save()
  assert.equal(await backend.list('user'), ['ann'])
})

test('get gives active objects only, load saved ones too, and undefined when there is none', async () => {
  const { users, backend } = await openStores()
  await backend.write('user', 'ann', '{"visits":3}')
  assert.is(users.get('ann'), undefined)
  const ann = await users.load('ann')
  assert.instance(ann, User)
  assert.is(ann?.visits, 3)
  assert.is(users.get('ann'), ann)
  assert.is(await users.load('ann'), ann)
  assert.is(await users.load('nobody'), undefined)
})

test('there is no second object for a key, active or saved, in whatever case', async () => {
  const { users, backend } = await openStores()
  await users.create('ann')
  await backend.write('user', 'bob', '{}')
  for (const key of ['ann', 'Ann', 'bob', 'BOB']) {
    const error = await rejection(users.create(key))
    assert.instance(error, ExistsError)
    assert.match(error.message, new RegExp(`user "${key.toLowerCase()}"`))
  }
  assert.is(await backend.read('user', 'bob'), '{}')
})

test('keys that are none are refused by name everywhere, and reach no back end', async () => {
  const touched: string[] = []
  const backend = new Proxy(memoryBackend(), {
    get(target, name: keyof Backend) {
      touched.push(name)
      return target[name]
    },
  })
  const { users } = await openStores(backend)
  // Whether it is a back end was looked at.
  touched.length = 0
  for (const key of ['..', 'CON', '', 'x'.repeat(300), '__proto__', 'a/b', '../user/ann', 'ann.damaged']) {
    assert.throws(
      () => users.get(key),
      (error: unknown) => error instanceof InvalidKeyError,
    )
    assert.throws(
      () => users.ref(key),
      (error: unknown) => error instanceof InvalidKeyError,
    )
    for (const attempt of [users.load(key), users.create(key), users.delete(key)]) {
      assert.instance(await rejection(attempt), InvalidKeyError)
    }
  }
  assert.equal(touched, [])
})

test('create refuses what a schema refuses, what is missing, and fields that there are not', async () => {
  const { rooms } = await openStores()
  const attempts: [object, RegExp][] = [
    [{ title: 5 }, /room\/hall.*title/],
    [{}, /title/],
    [{ title: 'Hall', colour: 'red' }, /colour: there is no such field/],
    [{ title: 'Hall', exits: { up: 'attic' } }, /exits\.up: .*reference/],
  ]
  for (const [values, message] of attempts) {
    const error = await rejection(rooms.create('hall', values as never))
    assert.instance(error, InvalidValueError)
    assert.match(error.message, message)
  }
  assert.is(rooms.get('hall'), undefined)
  assert.is((await rooms.create('hall', { title: 'Hall' })).key, 'hall')
})

test('release makes an object inactive; it stays itself, and session fields go back to their defaults', async () => {
  const { users } = await openStores()
  const ann = await users.create('ann', { here: true })
  await ann.save()
  users.release(ann)
  users.release(ann)
  assert.is(users.get('ann'), undefined)
  assert.is(ann.here, false)
  assert.equal(users.active(), [])
  ann.visits = 2
  await ann.save()
  assert.is(users.get('ann'), undefined, 'saving does not make it active')
  assert.is(await users.load('ann'), ann)
})

test('an object that was never saved ends when it is released', async () => {
  const { users } = await openStores()
  const guest = await users.create('guest')
  users.release(guest)
  assert.instance(await rejection(guest.save()), DeletedError)
  assert.is(await users.load('guest'), undefined)
  assert.is.not(await users.create('guest'), guest)
})

test('delete takes an object or a key, loaded or not', async () => {
  const { stores, users, backend } = await openStores()
  const deleted: string[] = []
  stores.onDelete((kind, key) => deleted.push(`${kind}/${key}`))
  const ann = await users.create('ann')
  await ann.save()
  await backend.write('user', 'bob', '{}')
  await users.delete(ann)
  await users.delete('BOB')
  await users.delete('nobody')
  assert.equal(await users.keys(), [])
  assert.equal(deleted, ['user/ann', 'user/bob', 'user/nobody'])
  assert.instance(await rejection(ann.save()), DeletedError)
})

test('active, saved and all list by key; all has each object once', async () => {
  const { users, backend } = await openStores()
  for (const key of ['dora', 'carl', 'bob']) await backend.write('user', key, '{}')
  const bob = await users.load('bob')
  const ann = await users.create('ann')
  assert.equal(users.active(), [ann, bob])
  assert.equal(await users.keys(), ['bob', 'carl', 'dora'])
  const saved = await collect(users.saved())
  assert.equal(keysOf(saved), ['bob', 'carl', 'dora'])
  assert.is(saved[0], bob)
  const all = await collect(users.all())
  assert.equal(keysOf(all), ['ann', 'bob', 'carl', 'dora'])
  assert.equal([all[0] === ann, all[1] === bob], [true, true])
})

test('a listing makes nothing active, and what it gives can be changed and saved', async () => {
  const { users, backend } = await openStores()
  await backend.write('user', 'ann', '{"visits":1}')
  for await (const user of users.all()) {
    user.visits++
    await user.save()
  }
  assert.equal(users.active(), [])
  assert.equal(JSON.parse((await backend.read('user', 'ann')) ?? '').visits, 2)
})

test('an object that is deleted during a listing is left out', async () => {
  const { users, backend } = await openStores()
  for (const key of ['ann', 'bob', 'carl']) await backend.write('user', key, '{}')
  const seen: string[] = []
  for await (const user of users.all()) {
    seen.push(user.key)
    if (user.key === 'ann') await users.delete('bob')
  }
  assert.equal(seen, ['ann', 'carl'])
})

test('10,000 objects are listed a few at a time, and do not stay', async () => {
  const { users, seen } = await crowd(10_000)
  const before = await memoryInUse()
  let visits = 0
  let count = 0
  for await (const user of users.all()) {
    visits += user.visits
    count++
  }
  assert.equal([count, visits], [10_000, (10_000 * 9_999) / 2])
  assert.is(seen.reads, 10_000)
  assert.ok(seen.most <= 32, `${seen.most} reads at once`)
  assert.equal(users.active(), [])
  const kept = (await memoryInUse()) - before
  assert.ok(kept < 1_000_000, `${kept} bytes are still held`)
})

test('keys are listed without reading one object, and leaving a listing early reads no further', async () => {
  const { users, seen } = await crowd(1000)
  assert.is((await users.keys()).length, 1000)
  assert.is(seen.reads, 0)
  for await (const user of users.saved()) if (user.key === 'u00000') break
  assert.is(seen.reads, 32)
})

test('a listing ends when its signal aborts', async () => {
  const { users } = await crowd(100)
  const controller = new AbortController()
  const reason = new Error('enough')
  const seen: string[] = []
  const listing = async () => {
    for await (const user of users.all({ signal: controller.signal })) {
      seen.push(user.key)
      if (seen.length === 40) controller.abort(reason)
    }
  }
  assert.is(await rejection(listing()), reason)
  assert.is(seen.length, 64, 'what had been read is still given')
})

test('a listing that the back end refuses is refused', async () => {
  const { users } = await openStores({
    ...memoryBackend(),
    list: async () => ['ann'],
    read: async () => {
      throw new Error('the server is away')
    },
  })
  assert.is((await rejection(collect(users.all()))).message, 'the server is away')
})

/** Saved users `ann`, `bob` and `cat`, of which the back end can't read `bob`. */
async function withoutBob(list?: Backend['list']) {
  const inner = memoryBackend()
  for (const key of ['ann', 'bob', 'cat']) await inner.write('user', key, '{}')
  const opened = await openStores({
    ...inner,
    list: list ?? inner.list,
    async read(kind, key) {
      if (key !== 'bob') return inner.read(kind, key)
      throw new BackendError(
        'user/bob',
        'Cannot read user/bob (EIO).',
        Object.assign(new Error(), { code: 'EIO' }),
      )
    },
  })
  const reports: UnreadableError[] = []
  opened.stores.onUnreadable((error) => reports.push(error))
  return { ...opened, reports, inner }
}

test('an object that the back end fails to read is reported once, and all others are listed', async () => {
  const { users, reports, inner } = await withoutBob()
  for (const listing of [users.saved(), users.all()]) {
    assert.equal(keysOf(await collect(listing)), ['ann', 'cat'])
  }
  assert.is(reports.length, 1)
  const [report] = reports
  assert.instance(report, UnreadableError)
  assert.equal([report?.kind, report?.key], ['user', 'bob'])
  assert.match(report?.message ?? '', /^user\/bob .* left out.*: Cannot read user\/bob \(EIO\)\.$/)
  assert.instance(report?.cause, BackendError)
  assert.instance(await rejection(users.load('bob')), BackendError)
  assert.is(await inner.read('user', 'bob'), '{}', 'a text that was not read is not damaged')
})

test('a listing ends where the back end fails as a whole: it can list no more, either', async () => {
  let lists = 0
  const away = new BackendError('user', 'The server is away.', undefined)
  const { users, reports } = await withoutBob(async () => {
    if (lists++ === 0) return ['ann', 'bob', 'cat']
    throw away
  })
  assert.is(await rejection(collect(users.saved())), away)
  assert.equal(reports, [])
})

test('a YAML file makes no object in the place of one that the back end fails to read', async () => {
  const { users } = await withoutBob()
  const path = join(temporaryDirectory(), 'users.yaml')
  writeFileSync(path, 'key: bob\nvisits: 5\n')
  assert.instance(await rejection(users.loadYaml(path)), BackendError)
  assert.is(users.get('bob'), undefined)
})

test('a manager of its own class answers questions of its own', async () => {
  class Users extends Manager<User> {
    async findByEmail(email: string): Promise<User | undefined> {
      for await (const user of this.all()) if (user.email === email) return user
      return undefined
    }
  }
  const stores = new Stores()
  const users = stores.manager(User, Users)
  assert.is(stores.manager(User), users)
  assert.is(stores.manager(User, Users), users)
  await stores.open(memoryBackend())
  await stores.backend.write('user', 'ann', '{"email":"a@example.org"}')
  assert.is((await users.findByEmail('a@example.org'))?.key, 'ann')
  assert.is(await users.findByEmail('b@example.org'), undefined)
  const plain = new Stores()
  plain.manager(User)
  assert.throws(() => plain.manager(User, Users), /user.*another class.*Users/)
})

test.run()
