// By tsx: modules of settings in TypeScript are loaded into this process.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { collect, wantsAngel } from '../../lib/settings/collect.js'
import { describeProblem } from '../../lib/settings/errors.js'
import { readSettingsFile } from '../../lib/settings/file.js'
import { isModulePath } from '../../lib/settings/module.js'
import { defineSettings } from '../../lib/settings/schema.js'
import { folder } from '../cli/support.js'

const module = suite('settings/module')
const schema = defineSettings({ token: z.string().optional() })

const files = folder({
  'package.json': '{ "type": "module" }',
  'default.mjs': 'export const other = 1\nexport default { port: 7000 }',
  'named.js': 'export const port = 7000\nexport const raw = true',
  'typed.ts': 'const port: number = 7000\nexport default { port } satisfies object',
  'old.cjs': 'module.exports = { port: 7000 }',
  'old.cts': 'const port: number = 7000\nexport = { port }',
  'named.cts': 'export const port: number = 7000',
  'typed.mts': 'export default { port: 7000 as number }',
  'waits.mjs': 'export default await Promise.resolve({ port: 7000 })',
  'angel.mjs': 'export default { angel: true }',
  'angel.yaml': 'angel: true',
  'none.yaml': 'port: 7000',
  'unknown.mjs': 'export default { prot: 7000 }',
  'text.mjs': 'export default { port: "7000" }',
  'call.mjs': 'export default () => "hunter2"',
  'promise.mjs': 'export default Promise.resolve({ port: 7000 })',
  'bad.mjs': 'export default { token: "a" hunter2 }',
  'bad.ts': 'export default { token: "a" hunter2 }',
  'throws.mjs': 'throw new RangeError("no \\u001b database")',
  'odd.mjs': 'throw "hunter2"',
  'lacks.mjs': 'import "no-such-package"',
})
const at = (name: string) => join(files, name)

async function read(path: string | URL) {
  const { given, problems } = await readSettingsFile(path, schema.fields)
  return {
    values: Object.fromEntries(given.map(({ field, readings }) => [field.name, readings[0]])),
    problems: problems.map(describeProblem),
  }
}

module('a path may name a module, whose default export is the settings', async () => {
  for (const name of [
    'default.mjs',
    'typed.ts',
    'typed.mts',
    'old.cjs',
    'old.cts',
    'named.cts',
    'waits.mjs',
  ]) {
    assert.equal(await read(at(name)), { values: { port: 7000 }, problems: [] }, name)
  }
  assert.equal((await read(pathToFileURL(at('default.mjs')))).values, { port: 7000 })
})

module('a module without a default export has its settings in the named ones', async () => {
  assert.equal((await read(at('named.js'))).values, { port: 7000, raw: true })
})

module('the command line and the program name modules as they name other files', async () => {
  const both = await collect(schema, { sources: [at('angel.mjs')], argv: [at('default.mjs'), '--raw'] })
  assert.equal([both.values.angel, both.values.port, both.values.raw], [true, 7000, true])
  assert.equal(both.origin('port'), { kind: 'file', where: at('default.mjs') })
})

module('a value in a module must have the right type already, and its place is told', async () => {
  const problem = async (name: string) => {
    try {
      await collect(schema, { argv: [at(name)] })
    } catch (error) {
      return (error as Error).message.split('\n  ')[1]
    }
    throw new Error('it was taken')
  }
  assert.is(
    await problem('unknown.mjs'),
    `prot (file ${at('unknown.mjs')}): no such setting; did you mean port?`,
  )
  assert.is(
    await problem('text.mjs'),
    `port (file ${at('text.mjs')}): expected integer from 0 to 65535, got string "7000"`,
  )
})

module('a module that cannot be loaded says why, and is never quoted', async () => {
  const expected: readonly [name: string, message: RegExp][] = [
    ['call.mjs', /expected an object of settings, .* got function$/],
    ['promise.mjs', /expected an object of settings, .* got a promise: await it$/],
    ['bad.mjs', /cannot be loaded: it is not valid; `node --check FILE` or `tsc` shows where$/],
    ['bad.ts', /cannot be loaded: it is not valid; `node --check FILE` or `tsc` shows where$/],
    ['throws.mjs', /cannot be loaded: RangeError: no \\x1b database$/],
    ['odd.mjs', /cannot be loaded: it threw string$/],
    ['lacks.mjs', /cannot be loaded: Error: Cannot find package 'no-such-package'/],
    ['absent.mjs', /cannot be loaded: Error: Cannot find module/],
  ]
  for (const [name, message] of expected) {
    const { values, problems } = await read(at(name))
    assert.equal([values, problems.length], [{}, 1], name)
    assert.match(problems[0] ?? '', message)
    assert.not.match(problems[0] ?? '', /hunter2/, name)
  }
})

module('a module is known by its extension alone', () => {
  for (const path of ['a.js', 'a.mjs', 'a.cjs', 'a.ts', 'a.mts', 'a.cts', 'b/A.TS'])
    assert.ok(isModulePath(path), path)
  for (const path of ['js', 'a.json', 'a.tsv', 'a.js.bak', '']) assert.not.ok(isModulePath(path), path)
})

module(
  'who is to run under an angel is known before the program is: the last word of its user wins',
  async () => {
    const wants = (...argv: string[]) => wantsAngel(argv, {})
    assert.not.ok(await wants())
    for (const argv of [
      ['--angel'],
      ['--angel=yes'],
      ['--angel', 'true'],
      [at('angel.yaml')],
      [at('angel.mjs')],
      [at('angel.yaml'), at('none.yaml')],
      ['--motd', 'hello', '--unknown', '--angel'],
      ['--no-angel', '--angel'],
    ]) {
      assert.ok(await wants(...argv), argv.join(' '))
    }
    for (const argv of [
      ['--no-angel', at('angel.yaml')],
      ['--angel=maybe'],
      ['--angel=no'],
      ['--motd=--angel'],
      [at('throws.mjs')],
      [at('absent.yaml')],
    ]) {
      assert.not.ok(await wants(...argv), argv.join(' '))
    }
    assert.ok(await wantsAngel([], { MARA_ANGEL: 'true' }))
    assert.not.ok(await wantsAngel(['--no-angel'], { MARA_ANGEL: 'true' }))
  },
)

module.run()
