import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isMaraError, ProgramError, UsageError } from '../../lib/cli/errors.js'
import { describeFailure, exitCodeOf } from '../../lib/cli/failure.js'
import { SettingsError } from '../../lib/settings/errors.js'

const errors = suite('cli/errors')

errors("the library's errors are known, those of another copy of it too", async () => {
  const copy = (await import(`../../lib/errors.js${'?copy'}`)) as typeof import('../../lib/errors.js')
  class Theirs extends copy.MaraError {
    readonly code = 'MARA_THEIRS'
  }
  assert.not.instance(new Theirs('x'), ProgramError)
  for (const error of [new ProgramError('x'), new SettingsError([]), new Theirs('x')])
    assert.ok(isMaraError(error))
})

errors('other errors and what is no error are not taken for one', () => {
  class MaraErrorish extends Error {}
  for (const other of [
    new Error('x'),
    new MaraErrorish('x'),
    { name: 'MaraError' },
    'MaraError',
    null,
    undefined,
  ]) {
    assert.not.ok(isMaraError(other))
  }
})

errors('what is thrown is told whatever it is, and ends with 1 unless the usage was wrong', () => {
  assert.is(describeFailure('just a string'), "'just a string'\n")
  assert.match(describeFailure(new Error('outer', { cause: new Error('inner') })), /outer.*at .*inner/s)
  assert.is(describeFailure(new UsageError('No.')), 'No.\nFor help: mara --help\n')
  assert.is(exitCodeOf('just a string'), 1)
  assert.is(exitCodeOf(new ProgramError('x')), 1)
  assert.is(exitCodeOf(new UsageError('x')), 2)
})

errors.run()
