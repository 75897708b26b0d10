import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import {
  DamagedError,
  ExistsError,
  MisfitError,
  memoryBackend,
  Store,
  UnreadableError,
} from '../../lib/storage/index.js'
import { collect, keysOf, openStores, rejection } from './support/people.js'
import { temporaryDirectory } from './support/temporary.js'

const test = suite('storage saved texts')

async function withDamaged(text: string, backend = memoryBackend()) {
  await backend.write('user', 'ann', text)
  const opened = await openStores(backend)
  const reports: UnreadableError[] = []
  opened.stores.onUnreadable((error) => reports.push(error))
  return { ...opened, reports }
}

test('what is damaged is named with its place and reason, and set aside', async () => {
  const damages: [string, RegExp][] = [
    ['', /it is empty/],
    [' \n', /it is empty/],
    ['{"email": "a', /cut short/],
    ['{"visits": 1,', /no.* JSON/],
    ['garbage', /not JSON/],
    ['{\n"visits": 1\n"email": 2\n}', /not JSON, from line 3 on/],
    ['[]', /not an object/],
    ['null', /not an object/],
    ['{"$version":"new"}', /\$version/],
    ['{"$version":0}', /\$version/],
    ['{"$version":1.5}', /\$version/],
  ]
  for (const [text, reason] of damages) {
    const { users, backend, reports } = await withDamaged(text)
    const error = await rejection<DamagedError>(users.load('ann'))
    assert.instance(error, DamagedError)
    assert.match(error.message, reason, text)
    assert.match(error.message, /^user\/ann is damaged: .*set aside as user\/ann\.damaged/)
    assert.equal([error.kind, error.key, error.setAside], ['user', 'ann', 'user/ann.damaged'])
    assert.equal(reports, [error])
    assert.is(await backend.read('user', 'ann'), undefined)
    assert.is(await backend.read('user', 'ann.damaged'), text)
  }
})

test('what does not fit the schema stays as it is, since another version may read it, and its key is not free', async () => {
  const misfits: [text: string, reason: RegExp][] = [
    ['{"visits":"many"}', /visits: .*number/],
    ['{"visits":1,"friends":[5]}', /friends\.0: .*string/],
    ['{"visits":"a","email":7}', /email: .*; visits: /],
  ]
  for (const [text, reason] of misfits) {
    const { users, backend, reports } = await withDamaged(text)
    const error = await rejection<MisfitError>(users.load('ann'))
    assert.instance(error, MisfitError)
    assert.match(error.message, reason, text)
    assert.match(error.message, /^user\/ann does not fit its schema: .* It stays as it is/)
    assert.ok(error.problems.length > 0)
    await rejection(users.load('ann'))
    assert.equal(reports, [error], 'once')
    assert.is(await backend.read('user', 'ann'), text)
    assert.instance(await rejection(users.create('ann')), ExistsError)
  }
})

test('no message quotes what is in a damaged file', async () => {
  for (const text of [
    '{"password": "sesame" x}',
    '{"email": sesame}',
    'sesame',
    '{"visits": "sesame"}',
    '"sesame',
  ]) {
    const { users } = await withDamaged(text)
    assert.not.match(inspect(await rejection(users.load('ann'))), /sesame/)
  }
})

test('the key of what was set aside is free for nobody before a person has seen to it', async () => {
  const { users, backend } = await withDamaged('{')
  await rejection(users.load('ann'))
  const again = await rejection(users.load('ann'))
  assert.instance(again, DamagedError)
  assert.match(again.message, /user\/ann\.damaged.*move it back to user\/ann, or remove it/)
  assert.instance(await rejection(users.create('ann')), DamagedError)
  assert.is(await backend.read('user', 'ann.damaged'), '{')

  await backend.write('user', 'ann', '{"visits":5}')
  assert.is((await users.load('ann'))?.visits, 5, 'put back')
})

test('what is damaged is not overwritten by creating an object of its key', async () => {
  const { users, backend } = await withDamaged('{ damaged')
  await rejection(users.create('ann'))
  assert.is(await backend.read('user', 'ann'), '{ damaged')
})

test('a listing reports what it cannot read and goes on without it', async () => {
  const { users, backend, reports } = await withDamaged('{')
  await backend.write('user', 'bob', '{}')
  await backend.write('user', 'carl', '{"$version":9}')
  await backend.write('user', 'Dora', '{}')
  await backend.write('user', 'e f', '{}')
  assert.equal(keysOf(await collect(users.all())), ['bob'])
  assert.equal(reports.map(({ key, name }) => `${key} ${name}`).sort(), [
    'Dora DamagedError',
    'ann DamagedError',
    'carl NewerVersionError',
    'e f DamagedError',
  ])
  assert.match(reports.find(({ key }) => key === 'Dora')?.message ?? '', /"Dora".*Rename/)
  assert.is(await backend.read('user', 'Dora'), '{}')
})

test('what is damaged and cannot be set aside stays where it is, and is still not overwritten', async () => {
  const backend = memoryBackend()
  backend.setAside = async () => {
    throw new Error('read-only')
  }
  const { users, reports } = await withDamaged('{', backend)
  const error = await rejection<DamagedError>(users.load('ann'))
  assert.instance(error, DamagedError)
  assert.is(error.setAside, undefined)
  assert.match(error.message, /could not be set aside \(read-only\)/)
  assert.is(reports.length, 1)
  await rejection(users.create('ann'))
  assert.is(await backend.read('user', 'ann'), '{')
})

test('an object in memory is not touched by damage on disk, and is saved over nothing in silence', async () => {
  const { users, backend } = await withDamaged('{"visits":1}')
  const ann = await users.load('ann')
  if (ann) ann.visits = 2
  await backend.write('user', 'ann', '{ torn')
  assert.instance(await rejection(ann?.load() ?? Promise.resolve()), DamagedError)
  assert.is(ann?.visits, 2)
  await ann?.save()
  assert.is(await backend.read('user', 'ann.damaged'), '{ torn')
  assert.match((await backend.read('user', 'ann')) ?? '', /"visits": 2/)
})

test('an object whose class throws when it is read is unreadable, stays where it is, and is told once', async () => {
  const broken = () => {
    throw new RangeError('the schema is broken')
  }
  class Pet extends Store.define('pet', { name: z.string().refine(broken) }) {}
  const { stores, users, backend, reports } = await withDamaged('{}')
  const pets = stores.manager(Pet)
  await backend.write('pet', 'rex', '{"name":"Rex"}')
  const error = await rejection<UnreadableError>(pets.load('rex'))
  assert.instance(error, UnreadableError)
  assert.instance(error.cause, Error)
  assert.equal([error.kind, error.key], ['pet', 'rex'])
  assert.match(error.message, /^pet\/rex cannot be read.*Field name.*the schema is broken.*stays as it is/)
  assert.equal(keysOf(await collect(pets.all())), [])
  assert.equal(keysOf(await collect(users.all())), ['ann'])
  await rejection(pets.load('rex'))
  await rejection(pets.create('rex', { name: 'Tom' }))
  assert.equal(reports, [error])
  assert.is(await backend.read('pet', 'rex'), '{"name":"Rex"}')
})

test('what is unreadable is told again only when something else is wrong with it', async () => {
  const { users, backend, reports } = await withDamaged('{')
  for (let i = 0; i < 3; i++) await rejection(users.load('ann'))
  assert.is(reports.length, 1)
  await backend.write('user', 'ann', '{"visits":1}')
  const ann = await users.load('ann')
  if (ann) users.release(ann)
  await backend.write('user', 'ann', '{ again')
  for (let i = 0; i < 3; i++) await rejection(users.load('ann'))
  assert.is(reports.length, 2)
  await backend.write('user', 'Dora', '{}')
  for (let i = 0; i < 3; i++) await users.keys()
  assert.is(reports.length, 3)
})

test('what cannot be read and has stayed where it is, is set aside before another object is saved there', async () => {
  for (const text of ['{"$version":9,"visits":1}', '{"visits":"many"}', '{ torn']) {
    const backend = memoryBackend()
    const setAside = backend.setAside
    const { users, reports } = await withDamaged(text, backend)
    backend.setAside = () => Promise.reject(new Error('not now'))
    const path = join(temporaryDirectory(), 'users.yaml')
    writeFileSync(path, 'key: ann\nvisits: 2\n')
    const [ann] = await users.loadYaml(path)
    assert.is(reports.length, 1)
    assert.is((await rejection(ann?.save() ?? Promise.resolve())).message, 'not now')
    assert.is(await backend.read('user', 'ann'), text)
    backend.setAside = setAside
    await ann?.save()
    await ann?.save()
    assert.is(await backend.read('user', 'ann.damaged'), text)
    assert.is(await backend.read('user', 'ann.damaged-2'), undefined)
    assert.match((await backend.read('user', 'ann')) ?? '', /"visits": 2/)
  }
})

test('without a listener what is damaged becomes a warning of the process', async () => {
  const backend = memoryBackend()
  await backend.write('user', 'ann', '{')
  const { users } = await openStores(backend)
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  const error = await rejection(users.load('ann'))
  assert.is(await warned, error)
})

test.run()
