import { readFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { InitError } from '../../../lib/cli/errors.js'
import { checkFolder, writeFiles } from '../../../lib/cli/init/folder.js'
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
    'The folder x is not empty: it has a.txt. Name a new or an empty folder.',
  )
  for (const file of ['a.txt', 'a.txt/b']) {
    assert.is(
      await refusal(checkFolder(path.join(dir, file), 'x')),
      'x is a file, or below one. Name a folder.',
    )
  }
  assert.match(await refusal(checkFolder('/\0', 'x')), /^The folder x can't be read: /)
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

folders.run()
