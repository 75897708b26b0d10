// time limit: 90 s
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  BackendError,
  DamagedError,
  fileBackend,
  InvalidKeyError,
  Stores,
} from '../../../lib/storage/index.js'
import { runFixture } from '../support/child.js'
import { addConformance } from '../support/conformance.js'
import { collect, keysOf, openStores, rejection } from '../support/people.js'
import { temporaryDirectory } from '../support/temporary.js'

const test = suite('storage backend file')

let last = ''
addConformance(test, {
  open: () => {
    last = temporaryDirectory()
    return fileBackend(last)
  },
  reopen: () => fileBackend(last),
})

/** A storage directory in which page `a` was saved. */
function withPage(): { directory: string; path: string; text: string } {
  const directory = temporaryDirectory()
  const path = join(directory, 'page', 'a.json')
  const text = '{"n":1,"body":"old"}'
  mkdirSync(join(directory, 'page'))
  writeFileSync(path, text)
  return { directory, path, text }
}

test('an object is the file DIRECTORY/KIND/KEY.json, in a directory that is made when it is needed', async () => {
  const directory = join(temporaryDirectory(), 'deep', 'er')
  const { users } = await openStores(fileBackend(directory))
  assert.equal(await users.keys(), [])
  const ann = await users.create('Ann')
  await ann.save()
  assert.equal(readdirSync(directory, { recursive: true }).sort(), ['user', join('user', 'ann.json')])
  assert.ok(readFileSync(join(directory, 'user', 'ann.json'), 'utf8').endsWith('}\n'))
})

test('what a person wrote is read, and other files are left alone', async () => {
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'user'))
  for (const name of ['README.md', '.hidden.json', '.ann.json.0123456789abcdef.tmp', 'bob.json~']) {
    writeFileSync(join(directory, 'user', name), 'not JSON')
  }
  writeFileSync(join(directory, 'user', 'ann.json'), '{"visits":5}')
  const { stores, users } = await openStores(fileBackend(directory))
  const reports: Error[] = []
  stores.onUnreadable((error) => reports.push(error))
  assert.equal(await users.keys(), ['ann'])
  assert.equal(reports, [])
  assert.is((await users.load('ann'))?.visits, 5)
})

test('keys that are none reach no file, whatever calls the back end', async () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'secret.json'), '{}')
  const backend = fileBackend(join(directory, 'data'))
  for (const [kind, key] of [
    ['user', '../../secret'],
    ['user', '..'],
    ['..', 'secret'],
    ['user', 'CON'],
    ['user', ''],
    ['user', '__proto__'],
    ['user', 'x'.repeat(300)],
  ] as const) {
    for (const work of [
      () => backend.read(kind, key),
      () => backend.write(kind, key, '{}'),
      () => backend.remove(kind, key),
      () => backend.setAside(kind, key),
      () => backend.findSetAside(kind, key),
    ]) {
      assert.instance(await rejection((async () => work())()), InvalidKeyError)
    }
  }
  assert.equal(readdirSync(directory), ['secret.json'])
  await backend.write('user', 'ANN', '1')
  assert.is(await backend.read('User', 'ann'), '1')
})

test('a damaged file is set aside beside its place, and the message has both paths', async () => {
  const { directory, path } = withPage()
  writeFileSync(path, '{"n": 1, "bo')
  const { Page } = await import('../fixtures/page.js')
  const stores = new Stores()
  stores.onUnreadable(() => {})
  await stores.open(`file:${directory}`)
  const error = await rejection<DamagedError>(stores.manager(Page).load('a'))
  assert.instance(error, DamagedError)
  assert.is(error.setAside, `${path}.damaged`)
  assert.ok(error.message.includes(`${path} is damaged: `))
  assert.equal(readdirSync(join(directory, 'page')), ['a.json.damaged'])
})

test('leftovers of killed processes are removed when something is saved', async () => {
  const { directory } = withPage()
  const leftover = join(directory, 'page', '.b.json.0123456789abcdef.tmp')
  writeFileSync(leftover, 'torn')
  utimesSync(leftover, 0, 0)
  await fileBackend(directory).write('page', 'b', '{}')
  assert.equal(readdirSync(join(directory, 'page')).sort(), ['a.json', 'b.json'])
})

test('a directory that is removed while the service runs is made again', async () => {
  const directory = temporaryDirectory()
  const backend = fileBackend(directory)
  await backend.write('user', 'ann', '1')
  rmSync(join(directory, 'user'), { recursive: true })
  await backend.write('user', 'ann', '2')
  assert.is(await backend.read('user', 'ann'), '2')
})

test('a file that is not UTF-8 can not be read, and stays as it is', async () => {
  const { directory, path } = withPage()
  const bytes = Buffer.from('{"n": 1, "body": "caf\xe9"}', 'latin1')
  writeFileSync(path, bytes)
  const error = await rejection<BackendError>(fileBackend(directory).read('page', 'a'))
  assert.instance(error, BackendError)
  assert.ok(error.message.includes(path))
  assert.match(error.message, /not UTF-8/)
  assert.equal(readFileSync(path), bytes)
})

test('a directory in the place of a file is left out of a listing, and reported by its path', async () => {
  const directory = temporaryDirectory()
  const { stores, users } = await openStores(fileBackend(directory))
  const reports: Error[] = []
  stores.onUnreadable((error) => reports.push(error))
  for (const key of ['ann', 'cat']) await (await users.create(key)).save()
  mkdirSync(join(directory, 'user', 'bob.json'))
  assert.equal(keysOf(await collect(users.saved())), ['ann', 'cat'])
  assert.is(reports.length, 1)
  assert.ok(reports[0]?.message.includes(join(directory, 'user', 'bob.json')))
})

test('a file in the place of a directory is an error that names the path, and the object is untouched', async () => {
  const directory = temporaryDirectory()
  const { users } = await openStores(fileBackend(directory))
  const ann = await users.create('ann', { visits: 3 })
  writeFileSync(join(directory, 'user'), 'a file')
  const error = await rejection<BackendError>(ann.save())
  assert.instance(error, BackendError)
  assert.is(error.path, join(directory, 'user', 'ann.json'))
  assert.ok(error.message.startsWith(`Cannot write ${error.path} (${error.systemCode}). `))
  assert.match(error.message, /file is where a directory should be/)
  assert.equal([ann.visits, users.get('ann') === ann], [3, true])
  rmSync(join(directory, 'user'))
  await ann.save()
})

test('a directory in the place of a file is an error that names the path, to load and to save', async () => {
  const directory = temporaryDirectory()
  const path = join(directory, 'user', 'ann.json')
  mkdirSync(path, { recursive: true })
  const backend = fileBackend(directory)
  for (const work of [backend.read('user', 'ann'), backend.write('user', 'ann', '1')]) {
    const error = await rejection<BackendError>(work)
    assert.equal([error.path, error.systemCode], [path, 'EISDIR'])
  }
  assert.equal(readdirSync(join(directory, 'user')), ['ann.json'])
})

test('a file that may not grow is an error that names the path; object and old file are untouched', () => {
  const { directory, path, text } = withPage()
  const { attempts, after } = runFixture('refused', [directory], { before: 'ulimit -f 64' })
  assert.equal([attempts[0].isBackendError, attempts[0].path, attempts[0].systemCode], [true, path, 'EFBIG'])
  assert.ok(attempts[0].message.includes(path))
  assert.equal(after, { n: 7, length: 200_000, active: true })
  assert.equal(attempts[1], { saved: true }, 'a shorter one fits')
  assert.is(JSON.parse(readFileSync(path, 'utf8')).body, 'short')
  assert.equal(readdirSync(join(directory, 'page')), ['a.json'])
  assert.is(text, '{"n":1,"body":"old"}')
})

test('a full disk is an error that names the path; object and old file are untouched', () => {
  const wrapper = ['unshare', '-m']
  const mount = (directory: string) => `mount -t tmpfs -o size=64k tmpfs ${directory}`
  const probe = temporaryDirectory()
  if (spawnSync('unshare', ['-m', 'sh', '-c', mount(probe)]).status !== 0) {
    console.log('skipped: a full disk, because this user may not mount one')
    return
  }
  const directory = temporaryDirectory()
  const path = join(directory, 'page', 'a.json')
  const save = `mkdir ${directory}/page && echo '{"n":1,"body":"old"}' > ${path}`
  const { attempts, after } = runFixture('refused', [directory], {
    before: `${mount(directory)} && ${save}`,
    wrapper,
  })
  assert.equal([attempts[0].isBackendError, attempts[0].path, attempts[0].systemCode], [true, path, 'ENOSPC'])
  assert.match(attempts[0].message, /disk is full/)
  assert.equal(after, { n: 7, length: 200_000, active: true })
  assert.equal(attempts[1], { saved: true }, 'the failed write has left the space free')
})

test('a read-only directory is an error that names the path; object and old file are untouched', () => {
  const { directory, path, text } = withPage()
  // The fixture gives up being root, for whom no directory is read-only.
  chmodSync(directory, 0o755)
  chmodSync(join(directory, 'page'), 0o555)
  const { attempts, after } = runFixture('refused', [directory, 'unprivileged'])
  chmodSync(join(directory, 'page'), 0o755)
  for (const attempt of attempts) {
    assert.equal([attempt.isBackendError, attempt.path, attempt.systemCode], [true, path, 'EACCES'])
    assert.match(attempt.message, /permission/)
  }
  assert.equal(after, { n: 7, length: 200_000, active: true })
  assert.is(readFileSync(path, 'utf8'), text)
})

test('10,000 objects load at once and list in a process that may open 200 files', () => {
  const { directory } = withPage()
  let sum = 1
  for (let i = 0; i < 10_000; i++) {
    writeFileSync(join(directory, 'page', `p${i}.json`), `{"n":${i}}`)
    sum += i
  }
  const found = runFixture('many', [directory], { before: 'ulimit -n 200' })
  assert.equal(found, { keys: 10_001, sum, listed: sum })
})

test('with a single file descriptor left, as in a crowd of clients, whatever is asked for at once is done one by one', () => {
  const done = runFixture('crowded', [temporaryDirectory(), '1'], { before: 'ulimit -n 500' })
  assert.equal(done, {
    written: { undefined: 30 },
    read: { new: 30 },
    removed: { undefined: 30 },
    rest: ['first'],
  })
})

test('with none left everything that needs one fails, and says why', () => {
  const done = runFixture('crowded', [temporaryDirectory(), '0'], { before: 'ulimit -n 500' })
  // There is nothing to remove.
  assert.equal(done, {
    written: { EMFILE: 30 },
    read: { EMFILE: 30 },
    removed: { undefined: 30 },
    rest: ['first'],
  })
})

test('reading and listing give up when their signal aborts', async () => {
  const { directory } = withPage()
  const backend = fileBackend(directory)
  const reason = new Error('enough')
  const signal = AbortSignal.abort(reason)
  assert.is(await rejection(backend.read('page', 'a', { signal })), reason)
  assert.is(await rejection(backend.list('page', { signal })), reason)
})

test('a folder that is none is refused: an empty path would be the working folder', () => {
  for (const wrong of [undefined, null, '', 5]) {
    assert.throws(() => fileBackend(wrong as never), /^fileBackend\(\) got directory: /)
  }
})

test('a folder that the system makes nowhere, as in /proc, is refused', async () => {
  if (process.platform !== 'linux') return
  const error = await rejection(fileBackend('/proc/data').write('page', 'a', '{}'))
  assert.instance(error, BackendError)
  assert.match((error as Error).message, /ENOENT/)
})

test.run()
