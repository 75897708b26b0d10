import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sqliteBackend } from '../../../lib/storage/backends/sqlite.js'
import { type Backend, BackendError } from '../../../lib/storage/index.js'
import { finished, Run } from '../../cli/support.js'
import { built, loader } from '../../support/node.js'
import { addConformance } from '../support/conformance.js'
import { openStores, rejection } from '../support/people.js'
import { temporaryDirectory } from '../support/temporary.js'

const test = suite('storage backend sqlite')

let last = ''
addConformance(test, {
  open: () => {
    last = join(temporaryDirectory(), 'deep', 'data.sqlite')
    return sqliteBackend(last)
  },
  reopen: () => sqliteBackend(last),
})

test('everything is in one file, of SQLite', async () => {
  const path = join(temporaryDirectory(), 'data.sqlite')
  const backend = await sqliteBackend(path)
  const { users } = await openStores(backend)
  await (await users.create('ann')).save()
  await backend.close()
  assert.is(readFileSync(path).subarray(0, 15).toString(), 'SQLite format 3')
})

test('two processes may have the file open at once, as they do in a restart', async () => {
  const path = join(temporaryDirectory(), 'data.sqlite')
  const [one, two] = [await sqliteBackend(path), await sqliteBackend(path)]
  const write = async (backend: Backend, n: number) => {
    for (let i = 0; i < 20; i++) await backend.write('user', `k${n}-${i}`, `${n}`)
  }
  await Promise.all([write(one, 1), write(two, 2)])
  assert.is((await one.list('user')).length, 40)
  assert.is(await two.read('user', 'k1-3'), '1')
  await one.close()
  await two.close()
})

test('what is written while another process has the file locked is written after that, and Node serves others meanwhile', async () => {
  const path = join(temporaryDirectory(), 'data.sqlite')
  const backend = await sqliteBackend(path)
  await backend.write('user', 'ann', 'old')
  const other = new Run(process.execPath, [...loader, built('spec/storage/fixtures/locks.ts'), path])
  await other.find(/^locked/)
  let served = 0
  const serving = setInterval(() => {
    served += 1
  }, 1)
  await backend.write('user', 'ann', 'new')
  clearInterval(serving)
  assert.is(await backend.read('user', 'ann'), 'new')
  assert.is((await finished(other)).out, 'locked\nunlocked\n')
  // libSQL waits in the main thread.
  if (process.getBuiltinModule?.('node:sqlite')) assert.ok(served > 10, `served ${served} times`)
  else console.log('skipped: without node:sqlite, nobody is served meanwhile')
  await backend.close()
})

test('what is asked for at once, and after that, waits while another process has the file locked', async () => {
  const path = join(temporaryDirectory(), 'data.sqlite')
  const backend = await sqliteBackend(path)
  const keys = ['ann', 'bob', 'cid']
  await Promise.all(keys.map((key) => backend.read('user', key)))
  const other = new Run(process.execPath, [...loader, built('spec/storage/fixtures/locks.ts'), path])
  await other.find(/^locked/)
  await Promise.all(keys.map((key) => backend.write('user', key, key)))
  assert.equal((await backend.list('user')).sort(), keys)
  await finished(other)
  await backend.close()
})

test('a file that is no database, or cannot be made, is an error that names the path and leaves it as it is', async () => {
  const directory = temporaryDirectory()
  const path = join(directory, 'data.sqlite')
  writeFileSync(path, 'This is a diary, not a database. '.repeat(100))
  mkdirSync(join(directory, 'folder'))
  for (const bad of [path, join(directory, 'folder'), join(path, 'inside')]) {
    const error = await rejection<BackendError>(sqliteBackend(bad))
    assert.instance(error, BackendError)
    assert.is(error.path, bad)
    assert.ok(error.message.startsWith(`Cannot open ${bad}. `), error.message)
  }
  assert.match(readFileSync(path, 'utf8'), /^This is a diary/)
})

test('what the database refuses is an error that names file, kind and key', async () => {
  const path = join(temporaryDirectory(), 'data.sqlite')
  const backend = await sqliteBackend(path)
  const { users } = await openStores(backend)
  const ann = await users.create('ann', { visits: 3 })
  await backend.close()
  for (const work of [ann.save(), users.load('bob'), users.delete('ann'), users.keys()]) {
    const error = await rejection<BackendError>(work)
    assert.instance(error, BackendError)
    assert.ok(error.message.includes(`${path}: user`), error.message)
  }
  assert.equal([ann.visits, users.get('ann') === ann], [3, true])
})

test.run()
