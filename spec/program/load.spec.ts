import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { launchCommand } from '../../lib/inspection.js'
import { ProgramError } from '../../lib/program/errors.js'
import { explained, loadProgram } from '../../lib/program/load.js'
import { folder } from '../cli/support.js'
import { rejection } from '../support/service.js'

const program = suite('program/load')

program('a file of settings is said to be one', async () => {
  const file = path.join(folder({ 'settings.json': '{}' }), 'settings.json')
  const before = process.argv
  const error = await rejection(loadProgram(file, []))
  process.argv = before
  assert.instance(error, ProgramError)
  assert.match(String(error), /settings\.json is no program\. If it holds settings, name it behind/)
})

program('a program finds itself and its settings in process.argv, and its name', async () => {
  const before = process.argv
  const dir = folder({ 'a.mjs': 'globalThis.started = process.argv.slice(1)' })
  try {
    await loadProgram(`${dir}/a.mjs`, ['--port=1', 'x'])
  } finally {
    process.argv = before
  }
  const { started } = globalThis as { started?: string[] }
  assert.equal(started, [path.join(dir, 'a.mjs'), '--port=1', 'x'])
  assert.is(launchCommand(), `mara run ${dir}/a.mjs`)
})

const failsWith = (error: unknown, file = '/a.ts') => {
  const told = explained(error, file)
  assert.instance(told, ProgramError)
  assert.is((told as Error).cause, error)
  return (told as Error).message
}
const withStack = (error: Error, stack: string) => Object.assign(error, { stack })

program('what tsx refuses is told by its places alone', () => {
  const refusal = (text: string) =>
    Object.assign(new Error(`Transform failed with 1 error:\n${text}`), { name: 'TransformError' })
  assert.is(failsWith(refusal('/a.ts:2:6: ERROR: Expected "="')), '/a.ts:2:6: ERROR: Expected "="')
  assert.match(
    failsWith(refusal('/a.ts:3:9: ERROR: Top-level await is not supported with the "cjs" output format')),
    /format\nSet "type": "module" in the project's package\.json/,
  )
})

program('a missing package is told with what to do, a missing file of its own without', () => {
  const missing = (code: string, text: string) => Object.assign(new Error(text), { code })
  assert.is(
    failsWith(missing('ERR_MODULE_NOT_FOUND', "Cannot find package 'ix' imported from /a.ts")),
    "Cannot find package 'ix' imported from /a.ts\nIs it installed? (npm install)",
  )
  assert.match(failsWith(missing('MODULE_NOT_FOUND', "Cannot find module 'ix'")), /installed/)
  for (const text of ["Cannot find module '/b.js' imported from /a.ts", "Cannot find module './b.js'"]) {
    assert.is(failsWith(missing('ERR_MODULE_NOT_FOUND', text)), text)
  }
})

program('a file that is no program is told so', () => {
  const error = Object.assign(new TypeError('Unknown file extension ".md"'), {
    code: 'ERR_UNKNOWN_FILE_EXTENSION',
  })
  assert.match(failsWith(error), /^Unknown file extension "\.md"\. A program's file ends in \.ts, /)
})

const COMPILE =
  '    at compileSourceTextModule (node:internal/modules/esm/utils:346:16)\n    at async x (file:///x.js:1:1)'

program('a syntax error keeps its place and loses its frames', () => {
  const error = withStack(
    new SyntaxError('no'),
    `file:///a.js:1\nimport { x }\n         ^\nSyntaxError: no\n${COMPILE}`,
  )
  assert.is(failsWith(error), 'file:///a.js:1\nimport { x }\n         ^\nSyntaxError: no')
})

program('a syntax error that hides its place is looked for', () => {
  const dir = folder({ 'bad.mjs': 'const a = 1\nconst = 3\n', 'importer.mjs': "import './bad.mjs'\n" })
  const error = withStack(
    new SyntaxError("Unexpected token '='"),
    `SyntaxError: Unexpected token '='\n${COMPILE}`,
  )
  assert.match(
    failsWith(error, `${dir}/bad.mjs`),
    /bad\.mjs:2\nconst = 3\n {6}\^\n\nSyntaxError: Unexpected token '='$/,
  )
  assert.match(
    failsWith(error, `${dir}/importer.mjs`),
    /^SyntaxError: Unexpected token '='\nThe error is in a file that .*importer\.mjs imports/,
  )
})

program('syntax that Node alone does not know is told with what to install', () => {
  const error = withStack(
    Object.assign(new SyntaxError('TypeScript enum is not supported'), {
      code: 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
    }),
    `/a.ts:2\nenum A {}\n^^^^\n\nSyntaxError: TypeScript enum is not supported\n    at parse (node:internal/modules/typescript:68:40)`,
  )
  assert.match(failsWith(error), /^\/a\.ts:2\nenum A.*npm install tsx/s)
})

program('what a program throws itself is left as it is', () => {
  let own: unknown
  try {
    JSON.parse('{')
  } catch (error) {
    own = error
  }
  for (const thrown of [own, new Error('x'), 'x', undefined]) assert.is(explained(thrown, '/a.ts'), thrown)
})

program.run()
