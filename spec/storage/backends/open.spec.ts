import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  BackendError,
  BackendSettingError,
  memoryBackend,
  openBackend,
  Stores,
} from '../../../lib/storage/index.js'
import { rejection, User } from '../support/people.js'
import { temporaryDirectory } from '../support/temporary.js'

const test = suite('storage backend open')

/** Saves a user through a setting, and says what files that made in the storage directory. */
async function filesOf(setting: string, storePath: string): Promise<string[]> {
  const stores = new Stores()
  await stores.open(setting, { storePath })
  await (await stores.manager(User).create('ann')).save()
  await stores.close()
  return existsSync(storePath) ? (readdirSync(storePath, { recursive: true }) as string[]).sort() : []
}

test('one setting chooses the back end, and the storage directory is where it keeps what it keeps', async () => {
  const here = temporaryDirectory()
  assert.equal(await filesOf('file', join(here, 'a')), ['user', join('user', 'ann.json')])
  assert.equal(await filesOf('memory', join(here, 'b')), [])
  assert.equal(await filesOf('sqlite', join(here, 'c')), ['mara.sqlite'])
})

test('a setting that names a place of its own goes there', async () => {
  const here = temporaryDirectory()
  assert.equal(await filesOf(`file:${join(here, 'mine')}`, join(here, 'a')), [])
  assert.ok(existsSync(join(here, 'mine', 'user', 'ann.json')))
  assert.equal(await filesOf(`sqlite:${join(here, 'my.db')}`, join(here, 'a')), [])
  assert.ok(existsSync(join(here, 'my.db')))
})

test("a back end of one's own is taken as it is", async () => {
  const stores = new Stores()
  const backend = memoryBackend()
  await stores.open(backend)
  assert.is(stores.backend, backend)
})

test('any other setting is refused by name, with those that there are', async () => {
  for (const setting of ['oracle://x', '', 'File', 'mongodb:x']) {
    const error = await rejection(openBackend(setting))
    assert.instance(error, BackendSettingError)
    assert.match(error.message, /no back end "\w*"\. Use file, .*redis/)
  }
})

test('storage that could not be opened can be opened otherwise', async () => {
  const stores = new Stores()
  assert.instance(await rejection(stores.open('redis://127.0.0.1:1')), BackendError)
  await stores.open('memory')
  assert.is(await stores.manager(User).load('ann'), undefined)
})

test('opening gives up when its signal aborts', async () => {
  const reason = new Error('enough')
  assert.is(await rejection(openBackend('memory', { signal: AbortSignal.abort(reason) })), reason)
  const controller = new AbortController()
  const path = join(temporaryDirectory(), 'late.sqlite')
  const opening = openBackend(`sqlite:${path}`, { signal: controller.signal })
  controller.abort(reason)
  assert.is(await rejection(opening), reason)
})

test.run()
