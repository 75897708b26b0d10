import { socials, thirdPersonOf } from 'mara-ts/contrib/language'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Verbs } from '../../../lib/contrib/language/verbs.js'

test('verbs get their ending by what they end in', () => {
  const expected = {
    dance: 'dances',
    kiss: 'kisses',
    box: 'boxes',
    waltz: 'waltzes',
    quiz: 'quizzes',
    buzz: 'buzzes',
    watch: 'watches',
    push: 'pushes',
    cry: 'cries',
    annoy: 'annoys',
    obey: 'obeys',
    curtsey: 'curtseys',
    curtsy: 'curtsies',
    boo: 'boos',
    moo: 'moos',
    go: 'goes',
    tango: 'tangos',
    have: 'has',
    be: 'is',
    can: 'can',
    'high-five': 'high-fives',
  }
  for (const [verb, form] of Object.entries(expected)) assert.is(thirdPersonOf(verb), form)
})

test('the case of a verb stays', () => {
  assert.is(thirdPersonOf('Dance'), 'Dances')
  assert.is(thirdPersonOf('CRY'), 'CRIES')
  assert.is(thirdPersonOf('Have'), 'Has')
})

test('what is no word stays as it is', () => {
  for (const text of ['', ' ', '7', ':)', 'a b']) assert.is(thirdPersonOf(text), text)
})

test('every social agrees with its subject in both directions', () => {
  const verbs = new Verbs(Object.keys(socials))
  for (const verb of Object.keys(socials)) {
    const form = thirdPersonOf(verb)
    assert.is(verbs.agree(verb, false), form)
    assert.is(verbs.agree(form, true), verb)
    assert.is(verbs.agree(verb, true), verb)
    assert.is(verbs.agree(form, false), form)
  }
})

test('words that are no known verbs agree with everybody', () => {
  const verbs = new Verbs([])
  for (const plural of [true, false]) assert.is(verbs.agree('yellow', plural), 'yellow')
  assert.is(verbs.agree('were', false), 'was')
  assert.is(verbs.agree('was', true), 'were')
  assert.is(verbs.agree('am', true), 'are')
})

test('a verb is text', () => {
  for (const value of [undefined, null, 5])
    assert.throws(() => thirdPersonOf(value as never), /^thirdPersonOf\(\) got verb: .*expected text/)
})

test.run()
