import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bold, green, isStyled, red, render, styled } from '../../lib/text/styles/index.js'
import { durationInWords, listInWords } from '../../lib/text/words.js'

const test = suite('text/words')

test('a duration is given in its largest whole unit', () => {
  for (const [ms, words] of [
    [0, 'a moment'],
    [999, 'a moment'],
    [1_000, '1 second'],
    [1_999.9, '1 second'],
    [2_000, '2 seconds'],
    [59_999, '59 seconds'],
    [60_000, '1 minute'],
    [3 * 60_000 + 59_999, '3 minutes'],
    [3_599_999, '59 minutes'],
    [3_600_000, '1 hour'],
    [23.5 * 3_600_000, '23 hours'],
    [86_400_000, '1 day'],
    [400 * 86_400_000, '400 days'],
  ] as const) {
    assert.is(durationInWords(ms), words)
  }
})

test('a duration below zero, as after the clock was set back, is a moment', () => {
  assert.is(durationInWords(-1), 'a moment')
  assert.is(durationInWords(-86_400_000), 'a moment')
})

test('a duration without an end is forever', () => {
  assert.is(durationInWords(Number.POSITIVE_INFINITY), 'forever')
  assert.is(durationInWords(Number.NEGATIVE_INFINITY), 'a moment')
})

test('what is not a number of milliseconds is refused by name', () => {
  for (const wrong of [Number.NaN, '5', undefined, new Date()]) {
    assert.throws(
      () => durationInWords(wrong as number),
      (error: Error & { code?: string }) =>
        error.code === 'MARA_INVALID_OPTION' && error.message.startsWith('durationInWords() got ms: '),
    )
  }
})

test('a list has commas between its items, and "and" before the last', () => {
  assert.is(listInWords([]), '')
  assert.is(listInWords(['ann']), 'ann')
  assert.is(listInWords(['ann', 'bob']), 'ann and bob')
  assert.is(listInWords(['ann', 'bob', 'cat']), 'ann, bob and cat')
  assert.is(listInWords(['ann', 'bob', 'cat', 'dan']), 'ann, bob, cat and dan')
})

test('another word may stand before the last item', () => {
  assert.is(listInWords(['tea', 'coffee', 'water'], 'or'), 'tea, coffee or water')
  assert.is(listInWords(['tea'], 'or'), 'tea')
})

test('a list of anything iterable: the keys of a Map, the members of a Set', () => {
  assert.is(listInWords(new Set(['ann', 'bob'])), 'ann and bob')
  assert.is(listInWords(new Map([['ann', 1]]).keys()), 'ann')
})

test('styled items keep their styles, and the words between them have none', () => {
  const list = listInWords([red('ann'), 'bob', bold('cat')])
  assert.ok(isStyled(list))
  assert.is(render(list, { depth: 16 }), '\x1b[31mann\x1b[0m, bob and \x1b[1mcat\x1b[0m')
  assert.is(render(styled`${green(list)}!`, { depth: 'none' }), 'ann, bob and cat!')
})

test('plain items give a string as they stand, which writing does not change either', () => {
  assert.type(listInWords(['ann', 'bob']), 'string')
  assert.is(listInWords(['<a, b>', 'c and d']), '<a, b> and c and d')
})

test.run()
