import fc from 'fast-check'
import { InvalidOptionError } from 'mara-ts'
import { formatPronouns, he, it, parsePronouns, she, they, you } from 'mara-ts/contrib/language'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formsOf, pronoun } from '../../../lib/contrib/language/pronouns.js'

test('common sets are known by one word or more', () => {
  assert.is(parsePronouns('she'), she)
  assert.is(parsePronouns(' He / Him '), he)
  assert.is(parsePronouns('they/them/their'), they)
  assert.is(parsePronouns('it/it/its/itself'), it)
})

test("a set of a person's own has four forms", () => {
  assert.equal(parsePronouns('Xe/xem/xyr/xemself'), {
    subject: 'xe',
    object: 'xem',
    possessive: 'xyr',
    reflexive: 'xemself',
  })
})

test('letters in another style are the letters', () => {
  assert.equal(formatPronouns(parsePronouns('𝕩𝕖/ｘｅｍ/xyr/xemself') ?? he), 'xe/xem/xyr/xemself')
})

test('anything else is no set', () => {
  const wrong = [
    '',
    'xe',
    'she/him',
    'xe/xem/xyr',
    'a/b/c/d/e',
    'a//c/d',
    'a/b/c/\x1b[31m',
    'a/b/c/d e',
    `a/b/c/${'d'.repeat(13)}`,
    `she${' '.repeat(1_000)}`,
  ]
  for (const text of wrong) assert.is(parsePronouns(text), undefined, text)
})

test('what is written can be read', () => {
  for (const set of [he, she, they, it]) assert.is(parsePronouns(formatPronouns(set)), set)
  const letters = fc.stringMatching(/^[a-z]{1,12}$/)
  fc.assert(
    fc.property(letters, letters, letters, letters, (subject, object, possessive, reflexive) => {
      const set = { subject, object, possessive, reflexive }
      assert.equal(formatPronouns(parsePronouns(formatPronouns(set)) ?? he), formatPronouns(set))
    }),
  )
})

test('no text makes reading throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parsePronouns(text)))
})

test('the form that stands alone comes from the possessive one', () => {
  assert.equal(
    [he, she, it, they, you].map((set) => pronoun(set, 'independent')),
    ['his', 'hers', 'its', 'theirs', 'yours'],
  )
})

test('a word has all the forms that it looks like', () => {
  assert.equal(formsOf(she, 'Her'), ['object', 'possessive'])
  assert.equal(formsOf(it, 'it'), ['subject', 'object'])
  assert.equal(formsOf(they, 'themself'), ['reflexive'])
  assert.equal(formsOf(he, 'her'), [])
})

test('what is neither a text nor a set of pronouns is refused', () => {
  for (const value of [undefined, null, 5, {}]) {
    assert.throws(
      () => parsePronouns(value as never),
      (error: Error) => error instanceof InvalidOptionError,
    )
    assert.throws(() => formatPronouns(value as never), /^formatPronouns\(\) got pronouns: /)
  }
  assert.throws(() => formatPronouns('she' as never), /got pronouns: she .*parsePronouns\('she'\)/)
})

test.run()
