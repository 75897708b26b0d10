import fc from 'fast-check'
import { InvalidCommandError } from 'mara-ts/contrib/commands'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { builtInTypes, takesTheRest } from '../../../lib/contrib/commands/arguments.js'
import { parsePattern, splitText, syntaxOf } from '../../../lib/contrib/commands/pattern.js'

const test = suite('contrib/commands/pattern')

const rest = (type: string) => takesTheRest(builtInTypes, type)
const parse = (pattern: string) => parsePattern(pattern, 'try', rest)
const split = (pattern: string, text: string) => {
  const found = splitText(parse(pattern), text, (type) => rest(type) ?? false)
  return found && Object.fromEntries(found)
}

test('a word is what stands between blanks, and text is all that is left', () => {
  assert.equal(split('<user:word> <message:text>', ' bob  hi   there '), {
    user: 'bob',
    message: 'hi   there',
  })
  assert.is(split('<user:word> <message:text>', 'bob'), undefined)
  assert.is(split('<user:word> <message:text>', ''), undefined)
})

test('an argument without a type is a word', () => {
  assert.equal(split('<user>', 'bob'), { user: 'bob' })
})

test('more than the pattern has does not fit', () => {
  assert.is(split('<user>', 'bob cat'), undefined)
  assert.is(split('', 'bob'), undefined)
  assert.equal(split('', '  '), {})
})

test('a list has commas between, with or without blanks around them', () => {
  for (const text of ['bob,cat psst', 'bob, cat psst', 'bob ,cat psst', 'bob  ,  cat  psst']) {
    assert.equal(
      split('<users:word,...> <message:text>', text),
      { users: ['bob', 'cat'], message: 'psst' },
      text,
    )
  }
  for (const text of ['bob, psst', ',bob psst', 'bob,,cat psst', ',']) {
    const found = split('<users:word,...> <message:text>', text)
    assert.is(found, undefined, text)
  }
})

test('arguments in brackets may be left out', () => {
  assert.equal(split('<a> [b] [c:text]', 'x'), { a: 'x' })
  assert.equal(split('<a> [b] [c:text]', 'x y z z'), { a: 'x', b: 'y', c: 'z z' })
})

test('a plain word must stand there, in any case', () => {
  assert.equal(split('<thing> to <user>', 'lamp TO bob'), { thing: 'lamp', user: 'bob' })
  assert.is(split('<thing> to <user>', 'lamp for bob'), undefined)
})

test('the syntax is what people are shown', () => {
  assert.is(
    syntaxOf(parse('<users:word,...> to [state:on|off] [why:text]')),
    '<users, ...> to [on|off] [why]',
  )
})

test('a pattern that can mean nothing, or two things, is refused with a reason', () => {
  const wrong: [pattern: string, reason: RegExp][] = [
    ['<user', /"<user" is no/],
    ['<us er>', /is no <name:type>/],
    ['<>', /"" is no name with a type/],
    ['<1st>', /is no name with a type/],
    ['<a> <a>', /two arguments are called a/],
    ['<a:plyer>', /there is no type plyer/],
    ['<a:constructor>', /there is no type constructor/],
    ['<a:text> <b>', /nothing can come after a/],
    ['<a:text,...>', /can't be a list/],
    ['[a] <b>', /\[a\] may be left out/],
    ['[a] to', /\[a\] may be left out/],
    ['<a:on||off>', /one of the choices of a is empty/],
    ['^(\\w+)$', /a regular expression stands between slashes/],
    ['^(?P<thing>.+)$', /a regular expression stands between slashes/],
    ['(.*)', /a regular expression stands between slashes/],
  ]
  for (const [pattern, reason] of wrong) {
    assert.throws(
      () => parse(pattern),
      (error: unknown) => error instanceof InvalidCommandError && reason.test(error.message),
      pattern,
    )
  }
})

test('a word that must stand there may be a sign', () => {
  assert.equal(split('<a> ^ <b>', '2 ^ 8'), { a: '2', b: '8' })
  assert.equal(split('$ <price> (net) ...', '$ 5 (net) ...'), { price: '5' })
})

test('what was typed is found again whole, whatever it was', () => {
  const word = fc.stringMatching(/^[^\s,]{1,10}$/)
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 5 }),
      word,
      fc.stringMatching(/^\S.{0,20}\S$/),
      (users, where, message) => {
        const text = `${users.join(', ')} ${where} ${message}`
        assert.equal(split('<users:word,...> <where> <message:text>', text), {
          users,
          where,
          message: message.trim(),
        })
      },
    ),
  )
})

test('a long text costs no more than its length', () => {
  const long = `${'a,'.repeat(100_000)}a${' '.repeat(100_000)}b`
  assert.is(split('<users:word,...> <message:text>', long)?.users?.length, 100_001)
})

test.run()
