import { existsSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeFolder } from '../lib/make-folder.js'
import { folder } from './cli/support.js'

const test = suite('make-folder')

test('folders above are made as well, and the outermost one is told', () => {
  const dir = folder()
  const deep = path.join(dir, 'a', 'b', 'c')
  assert.is(makeFolder(deep, 0o700), path.join(dir, 'a'))
  assert.is(statSync(deep).mode & 0o777, 0o700)
  assert.is(makeFolder(deep), undefined)
  assert.is(makeFolder(`${dir}/d/../e`), path.join(dir, 'd'))
  assert.ok(existsSync(path.join(dir, 'e')))
})

test('what is no folder is refused, and so is a place in which the system makes none', () => {
  const file = path.join(folder(), 'file')
  writeFileSync(file, '')
  assert.throws(() => makeFolder(file), /EEXIST/)
  assert.throws(() => makeFolder(path.join(file, 'x')), /ENOTDIR/)
  if (process.platform !== 'linux') return
  for (const dir of ['/proc/x', '/proc/x/y', '/proc/self/x']) assert.throws(() => makeFolder(dir), /ENOENT/)
})

test.run()
