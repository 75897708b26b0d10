import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MaraError } from '../../lib/errors.js'
import { describeProblem, SettingsError } from '../../lib/settings/errors.js'

const errors = suite('settings/errors')

const port = {
  name: 'port',
  origin: { kind: 'command line', where: '--port' },
  message: 'expected integer',
} as const
const file = {
  name: '',
  origin: { kind: 'file', where: 'a.yaml' },
  message: 'cannot be read: ENOENT',
} as const

errors('has a line for each problem, and the problems themselves', () => {
  const error = new SettingsError([port, file])
  assert.instance(error, MaraError)
  assert.is(error.name, 'SettingsError')
  assert.equal(error.problems, [port, file])
  assert.equal(error.message.split('\n'), [
    '2 settings are wrong:',
    '  port (flag --port): expected integer',
    '  file a.yaml: cannot be read: ENOENT',
  ])
  assert.match(new SettingsError([port]).message, /^A setting is wrong:\n/)
})

errors('keeps a problem on its line, whatever its name holds', () => {
  assert.is(
    describeProblem({ ...port, name: 'po\nrt\u009b' }),
    'po\\nrt\\x9b (flag --port): expected integer',
  )
})

errors.run()
