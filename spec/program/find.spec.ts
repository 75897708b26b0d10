import { symlinkSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ProgramError } from '../../lib/program/errors.js'
import { findProgram } from '../../lib/program/find.js'
import { folder } from '../cli/support.js'

const program = suite('program/find')

function notFound(file: string): string {
  try {
    findProgram(file)
  } catch (error) {
    assert.instance(error, ProgramError)
    return (error as Error).message
  }
  throw new Error('it was found')
}

program('a file that is not there names the one that was meant', () => {
  const dir = folder({ 'chat.ts': '', 'notes.md': '', 'src/main.js': '' })
  assert.is(findProgram(path.join(dir, 'chat.ts')), path.join(dir, 'chat.ts'))
  assert.is(notFound(`${dir}/chat`), `There is no file ${dir}/chat. Did you mean ${dir}/chat.ts?`)
  assert.is(notFound(`${dir}/caht.ts`), `There is no file ${dir}/caht.ts. Did you mean ${dir}/chat.ts?`)
  assert.is(
    notFound(`${dir}/src/main.ts`),
    `There is no file ${dir}/src/main.ts. Did you mean ${dir}/src/main.js?`,
  )
  assert.is(notFound(`${dir}/notes.ts`), `There is no file ${dir}/notes.ts.`)
  assert.is(notFound(`${dir}/none/at/all.ts`), `There is no file ${dir}/none/at/all.ts.`)
  assert.is(notFound(`${dir}/src`), `${dir}/src is a folder. Name the program's file in it.`)
})

program('a link that leads nowhere, or round in circles, is said to be so', () => {
  const dir = folder()
  symlinkSync(`${dir}/gone.mjs`, `${dir}/dangling.mjs`)
  symlinkSync(`${dir}/loop.mjs`, `${dir}/loop.mjs`)
  assert.is(notFound(`${dir}/dangling.mjs`), `${dir}/dangling.mjs is a link to a file that is not there.`)
  assert.match(notFound(`${dir}/loop.mjs`), /loop\.mjs can't be read: ELOOP/)
})

program.run()
