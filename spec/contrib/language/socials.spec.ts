import { socials } from 'mara-ts/contrib/language'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const verbs = Object.keys(socials)

test('there are some two hundred socials or more, each a word with its preposition or none', () => {
  assert.ok(verbs.length >= 200, String(verbs.length))
  for (const [verb, preposition] of Object.entries(socials)) {
    assert.match(verb, /^[a-z]+(?:-[a-z]+)?$/)
    assert.match(preposition, /^[a-z]*$/, verb)
  }
})

test('well-known ones are there', () => {
  const expected = {
    bounce: 'around',
    curtsey: 'at',
    dance: 'with',
    hug: '',
    point: 'at',
    snore: 'at',
    waltz: 'with',
  }
  for (const [verb, preposition] of Object.entries(expected)) assert.is(socials[verb], preposition)
})

test('none of them is what services call a command', () => {
  const commands =
    'look help say emote tell who users quit commands restart go get drop exits where goto bring follow'
  assert.equal(
    verbs.filter((verb) => commands.split(' ').includes(verb)),
    [],
  )
})

test.run()
