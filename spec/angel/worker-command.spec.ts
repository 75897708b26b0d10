import { existsSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { workerCommand } from '../../lib/angel/worker-command.js'
import { folder } from '../cli/support.js'

const test = suite('angel/worker-command')

const OWN = workerCommand('no-such-program.mjs', [])().args[0] as string
/** The worker's file within a package. */
const WITHIN = OWN.split(path.sep).slice(-3).join('/')

/** A package as npm installs it. */
const installed = (release: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ 'package.json': '{"name": "mara-ts", "version": "9.9.9"}', ...files }).map(
      ([file, text]) => [`${release}/node_modules/mara-ts/${file}`, text],
    ),
  )

test('the worker is the own one where the program has no package of its own, and it is there', () => {
  assert.ok(existsSync(OWN))
  const program = path.join(folder({ 'program.mjs': '' }), 'program.mjs')
  assert.equal(workerCommand(program, ['--port=1'])().args, [OWN, program, '--port=1'])
})

test('it is that of the package which the program imports, of the release that its name leads to now', () => {
  const releases = folder({
    'one/program.mjs': '',
    ...installed('one', { [WITHIN]: '' }),
    'two/program.mjs': '',
    ...installed('two', { [WITHIN]: '' }),
  })
  const current = path.join(releases, 'current')
  symlinkSync('one', current)
  const program = path.join(current, 'program.mjs')
  const command = workerCommand(program, [])
  assert.is(command().args[0], path.join(releases, 'one/node_modules/mara-ts', WITHIN))
  unlinkSync(current)
  symlinkSync('two', current)
  assert.is(command().args[0], path.join(releases, 'two/node_modules/mara-ts', WITHIN))
  rmSync(path.join(releases, 'two'), { recursive: true })
  assert.is(command().args[0], OWN, 'of a program that is not there the worker itself will tell')
})

test('a package of another make, which has no such file, is passed over', () => {
  const release = folder({ 'one/program.mjs': '', ...installed('one', { 'index.js': '' }) })
  assert.is(workerCommand(path.join(release, 'one/program.mjs'), [])().args[0], OWN)
})

test.run()
