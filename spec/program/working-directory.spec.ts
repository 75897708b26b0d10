import { symlinkSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { absolutePath, workingDirectory } from '../../lib/program/working-directory.js'
import { folder } from '../cli/support.js'

const test = suite('program/working-directory')

test('it is the name that the shell has told, where that leads here', () => {
  const link = path.join(folder(), 'here')
  symlinkSync(process.cwd(), link)
  assert.is(workingDirectory({ PWD: link }), link)
})

test('it is the folder itself where nothing was told, or what does not lead here', () => {
  const elsewhere = folder()
  const link = path.join(elsewhere, 'here')
  symlinkSync(process.cwd(), link)
  const wrong = [
    '',
    '.',
    elsewhere,
    path.join(elsewhere, 'gone'),
    `${elsewhere}/../${path.basename(elsewhere)}/here`,
  ]
  // Neither may any of these throw: a file on the way, a name that is too long, what this user may not enter.
  const impossible = [path.join(process.execPath, 'x'), `/${'x'.repeat(5_000)}`, '/nul\0']
  for (const PWD of [...wrong, ...impossible]) assert.is(workingDirectory({ PWD }), process.cwd(), PWD)
  assert.is(workingDirectory({}), process.cwd())
})

test('an absolute path is itself, also where there is no working directory any more', () => {
  const { cwd } = process
  process.cwd = () => {
    throw new Error('ENOENT: uv_cwd')
  }
  try {
    assert.is(absolutePath('/srv/chat/../main.ts'), '/srv/main.ts')
    assert.throws(() => absolutePath('main.ts'), /uv_cwd/)
  } finally {
    process.cwd = cwd
  }
})

test('what is beside the working directory is beside the folder, and not beside a link to it', () => {
  const { PWD } = process.env
  const link = path.join(folder(), 'here')
  symlinkSync(process.cwd(), link)
  process.env.PWD = link
  try {
    assert.is(absolutePath('main.ts'), path.join(link, 'main.ts'))
    assert.is(absolutePath('./lib/../main.ts'), path.join(link, 'main.ts'))
    assert.is(absolutePath('../main.ts'), path.join(process.cwd(), '../main.ts'))
    assert.is(absolutePath('lib/../../main.ts'), path.join(process.cwd(), '../main.ts'))
  } finally {
    process.env.PWD = PWD
  }
})

test.run()
