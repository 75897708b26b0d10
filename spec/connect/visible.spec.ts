import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { shown, withoutSecrets } from '../../lib/connect/visible.js'

test('what arrived is shown line by line, control characters visible and its end marked', () => {
  assert.is(
    shown('Welcome\n\x1b[31mName:\t '),
    'Arrived instead, the end marked ◀:\n  Welcome\\n\n  \\x1b[31mName:\\t ◀',
  )
  assert.is(shown('one\n'), 'Arrived instead, the end marked ◀:\n  one\\n\n  ◀')
  assert.is(shown(''), 'Nothing arrived.')
})

test('of a long text the end is shown', () => {
  const text = shown(`${'a'.repeat(10_000)}the end`)
  assert.match(text, 'the last 600 of 10007 characters')
  assert.match(text, /the end◀$/)
  assert.ok(text.length < 800)
})

test('no secret is shown, nor the beginning of one at the end of what has arrived', () => {
  const secrets = ['swordfish', 'sword']
  assert.is(withoutSecrets('wrong: swordfish, sword!', secrets), 'wrong: [secret], [secret]!')
  assert.is(withoutSecrets('wrong: swordf', secrets), 'wrong: [secret]')
  assert.is(withoutSecrets('wrong: swo', secrets), 'wrong: [secret]')
  assert.is(withoutSecrets('wrong: sw', secrets), 'wrong: sw')
})

test('a secret that was cut off is found anywhere, from four characters on', () => {
  assert.is(
    withoutSecrets("'swordfi' and 'swor', no swo.", ['swordfish']),
    "'[secret]' and '[secret]', no swo.",
  )
  assert.is(withoutSecrets('key key ke', ['key']), '[secret] [secret] ke')
})

test('of secrets that begin in the same way, or overlap, nothing is left', () => {
  assert.is(withoutSecrets('abcdyyyy abcdxxxxxx', ['abcdxxxxxx', 'abcdyyyy']), '[secret] [secret]')
  assert.is(withoutSecrets('<ababab12>', ['abab12']), '<[secret]>')
  assert.is(withoutSecrets('<one two three>', ['one two', 'two three']), '<[secret]>')
})

test('the rest of a secret whose beginning was read before is not shown', () => {
  assert.is(withoutSecrets('defgh, said you', ['abc$ defgh'], 'You typed abc$ '), '[secret], said you')
  assert.is(withoutSecrets('defgh', ['abc$ defgh'], 'abcd$ '), 'defgh')
  assert.is(withoutSecrets(' and more', ['abcd'], 'abcd'), ' and more')
})

test('nothing that arrives can act on a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
      assert.not.match(shown(text), /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
    }),
  )
})

test('secrets are left out, the longest first', () => {
  assert.is(withoutSecrets('pass: hunter2, hunter', ['hunter', 'hunter2', '']), 'pass: [secret], [secret]')
})

test.run()
