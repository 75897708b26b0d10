import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { InitError } from '../../../lib/cli/errors.js'
import { checkFolder, fillFolder, writeFiles } from '../../../lib/cli/init/folder.js'
import { rejection } from '../../support/service.js'
import { folder } from '../support.js'

const folders = suite('cli/init/folder')

async function refusal(promise: Promise<void>): Promise<string> {
  const error = await rejection(promise)
  assert.instance(error, InitError)
  return (error as Error).message
}

folders('a folder that is not there yet, or is empty, will do', async () => {
  const dir = folder()
  await checkFolder(dir, 'x')
  await checkFolder(path.join(dir, 'new', 'one'), 'x')
  await checkFolder(folder({ '.DS_Store': '', '.git/HEAD': '' }), 'x')
})

folders('anything else is refused, by the name that the user gave it', async () => {
  const dir = folder({ 'a.txt': '' })
  assert.is(
    await refusal(checkFolder(dir, 'x')),
    'The folder x is not empty: it contains a.txt. Name a new or empty folder.',
  )
  for (const file of ['a.txt', 'a.txt/b']) {
    assert.is(
      await refusal(checkFolder(path.join(dir, file), 'x')),
      'x is a file, or a path below a file. Name a folder.',
    )
  }
  assert.match(await refusal(checkFolder('/\0', 'x')), /^The folder x can't be read: /)
})

folders('a folder that the system makes nowhere, as in /proc, is refused', async () => {
  if (process.platform !== 'linux') return
  for (const dir of ['/proc/x', '/proc/x/y']) {
    const message = await refusal(fillFolder(dir, async () => {}))
    assert.ok(message.startsWith(`${dir} can't be written: ENOENT`), message)
  }
})

folders('files are written with the folders they need, and never over others', async () => {
  const dir = folder()
  await writeFiles(path.join(dir, 'new'), new Map([['a/b/c.txt', 'one']]))
  const file = path.join(dir, 'new/a/b/c.txt')
  assert.is(readFileSync(file, 'utf8'), 'one')
  const message = await refusal(writeFiles(path.join(dir, 'new'), new Map([['a/b/c.txt', 'two']])))
  assert.ok(message.startsWith(`${file} can't be written: EEXIST`), message)
  assert.is(readFileSync(file, 'utf8'), 'one')
})

/** A `make` that writes and then fails. */
const failing = (dir: string) => async () => {
  await writeFiles(dir, new Map([['a/b.txt', 'one']]))
  throw new RangeError('boom')
}

folders('a step that fails leaves nothing behind, not even the folders above', async () => {
  const home = folder({ 'other.txt': '' })
  const dir = path.join(home, 'new', 'one')
  assert.instance(await rejection(fillFolder(dir, failing(dir))), RangeError)
  assert.equal(readdirSync(home), ['other.txt'])
})

folders('what was there before stays, and so does what others put beside it', async () => {
  const home = folder({ 'x/.git/HEAD': 'ref' })
  const dir = path.join(home, 'x')
  await rejection(fillFolder(dir, failing(dir)))
  assert.equal(readdirSync(dir), ['.git'])
  assert.is(readFileSync(path.join(dir, '.git/HEAD'), 'utf8'), 'ref')

  const inner = path.join(home, 'outer', 'inner')
  const shared = fillFolder(inner, async () => {
    writeFileSync(path.join(home, 'outer', 'theirs.txt'), '')
    throw new RangeError('boom')
  })
  await rejection(shared)
  assert.equal(readdirSync(path.join(home, 'outer')), ['theirs.txt'])
})

folders('a process that is told to end removes what it has begun, then says so', async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const dir = path.join(folder(), 'new')
    const listeners = process.listenerCount(signal)
    const interrupted = fillFolder(dir, async (aborted) => {
      mkdirSync(path.join(dir, 'a'))
      const end = new Promise((resolve) => aborted.addEventListener('abort', resolve))
      // Waiting for a signal keeps no process alive.
      const alive = setInterval(() => {}, 1000)
      process.kill(process.pid, signal)
      await end
      clearInterval(alive)
    })
    assert.is(await refusal(interrupted), 'Interrupted.')
    assert.not.ok(existsSync(dir))
    assert.is(process.listenerCount(signal), listeners)
  }
})

folders('a folder that cannot be made is named', async () => {
  const dir = folder({ 'a.txt': '' })
  const file = path.join(dir, 'a.txt', 'new')
  assert.match(await refusal(fillFolder(file, async () => {})), /a\.txt\/new can't be written: /)
})

folders.run()
