import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { InvalidOptionError } from '../lib/index.js'
import { defaultTexts, dismiss, tell, withDefaults } from '../lib/texts.js'

test('what a program does not say in its own words is said as usual', () => {
  const texts = withDefaults({ full: 'Voll.', tooFast: undefined as never })
  assert.is(texts.full, 'Voll.')
  assert.is(texts.tooFast, defaultTexts.tooFast)
  assert.is(texts.silent(60_000), 'You have sent nothing for 1 minute. Goodbye.')
})

test('a text that there is not, or that is none, is refused', () => {
  const refused = (texts: object, message: RegExp): void =>
    assert.throws(
      () => withDefaults(texts),
      (error: Error) => error instanceof InvalidOptionError && message.test(error.message),
    )
  refused({ ful: 'x' }, /texts got ful/)
  refused({ full: 1 }, /texts got full: 1 .number.; expected text/)
  refused({ silent: 'x' }, /silent: x .string.; expected a function/)
  refused({ silent: () => 5 }, /silent: .*expected a function that gives text/)
  refused(
    {
      lineTooLong: () => {
        throw new Error('on purpose')
      },
    },
    /lineTooLong/,
  )
})

test('a text that fails when it is needed is said as usual', () => {
  let calls = 0
  const texts = withDefaults({
    silent: () => {
      calls += 1
      if (calls > 1) throw new Error('on purpose')
      return 'first'
    },
  })
  assert.is(texts.silent(60_000), 'You have sent nothing for 1 minute. Goodbye.')
})

test('neither an empty text nor bytes are written', () => {
  const said: string[] = []
  const client = (raw: boolean) => ({ raw, write: (line: string) => void said.push(line) })
  tell(client(false), 'hello')
  tell(client(false), '')
  tell(client(true), 'hello')
  assert.equal(said, ['hello'])
})

test('who is dismissed is told first, and closed whether there is something to tell or not', () => {
  const log: string[] = []
  const client = (raw: boolean) => ({
    raw,
    write: (line: string) => void log.push(line),
    close: () => void log.push('closed'),
  })
  dismiss(client(false), 'Goodbye.')
  dismiss(client(true), 'Goodbye.')
  assert.equal(log, ['Goodbye.', 'closed', 'closed'])
})

test.run()
