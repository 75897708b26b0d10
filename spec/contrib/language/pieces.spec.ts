import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fold, People } from '../../../lib/contrib/language/pieces.js'
import { longestNormalized } from '../../support/normalized.js'

const read = (text: string, ...names: string[]) =>
  new People(names.map((name) => ({ name }))).read(text, (word) => word === 'hug')

test('a text is cut into words, blanks and single characters, and nothing but the blanks around it is lost', () => {
  assert.equal(
    read("  hug  bob's dog!! \n").map(({ text }) => text),
    ['hug', '  ', 'bob', "'", 's', ' ', 'dog', '!', '!'],
  )
})

test('names are found as whole words, in any case, however their accents are encoded', () => {
  const found = read('hug ZOE\u0308, zoe and zoës', 'Zoë').flatMap(({ person }) => person?.name ?? [])
  assert.equal(found, ['Zoë'])
  assert.is(fold('ZOE\u0308'), 'zoë')
})

test('the first word is a name only if it is no verb', () => {
  assert.is(read('hug hug', 'hug').filter(({ person }) => person !== undefined).length, 1)
  assert.is(read('bob hug', 'bob').filter(({ person }) => person !== undefined).length, 1)
})

test('a very long word is no name, and its accents are not sorted, which takes the square of their number', async () => {
  const word = `zoe${'\u0308'.repeat(1_000)}`
  const longest = await longestNormalized(() => {
    assert.ok(read(`hug ${word}`, 'Zoë').every(({ person }) => person === undefined))
  })
  assert.ok(longest < 1_000)
})

test('a name without a letter is nobody', () => {
  assert.ok(read('hug  ', '', ' ').every(({ person }) => person === undefined))
})

test.run()
