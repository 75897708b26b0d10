import { symlinkSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { workingDirectory } from '../../lib/program/working-directory.js'
import { folder } from '../cli/support.js'

const test = suite('program/working-directory')

test('it is the name that the shell has told, where that leads here', () => {
  const link = path.join(folder(), 'here')
  symlinkSync(process.cwd(), link)
  assert.is(workingDirectory({ PWD: link }), link)
})

test('it is the folder itself where nothing was told, or what does not lead here', () => {
  const elsewhere = folder()
  for (const PWD of [undefined, '', '.', elsewhere, path.join(elsewhere, 'gone')]) {
    assert.is(workingDirectory(PWD === undefined ? {} : { PWD }), process.cwd())
  }
})

test.run()
