import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MaraError } from '../../lib/errors.js'
import { LogFileError } from '../../lib/log/errors.js'

const errors = suite('log/errors')

errors('names the file, the reason and the setting', () => {
  const cause = Object.assign(new Error('no'), { code: 'EACCES' })
  const error = new LogFileError('logs/a.log', cause)
  assert.instance(error, MaraError)
  assert.is(error.name, 'LogFileError')
  assert.is(error.path, 'logs/a.log')
  assert.is(error.cause, cause)
  assert.is(
    error.message,
    'log file "logs/a.log" cannot be opened: EACCES; give another path as the setting logFile',
  )
})

errors.run()
