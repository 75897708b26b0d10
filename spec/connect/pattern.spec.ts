import { InvalidOptionError } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Pattern, Patterns } from '../../lib/connect/pattern.js'

test('the alternative that is first in the text is found; of several there, the one named first', () => {
  const find = (text: string, ...patterns: Pattern[]) => new Patterns(patterns).find(text)
  assert.is(find('b then a', 'a', 'b')?.index, 1)
  assert.is(find('abc', /abc/, 'ab')?.text, 'abc')
  assert.is(find('abc', 'ab', /abc/)?.text, 'ab')
  assert.is(find('nothing', 'a', /x/), undefined)
})

test('what came before, groups and named groups are told', () => {
  const found = new Patterns(/(\d+) (?<unit>\w+)(!)?/).find('wait 5 minutes')
  assert.equal(found, {
    index: 0,
    text: '5 minutes',
    before: 'wait ',
    groups: ['5', 'minutes', undefined],
    named: { unit: 'minutes' },
  })
})

test('a global or sticky expression finds the same each time', () => {
  for (const pattern of [/a/g, /a/y, /a/gy]) {
    const patterns = new Patterns(pattern)
    for (let time = 0; time < 3; time += 1) assert.is(patterns.find('ba')?.before, 'b')
  }
  assert.is(new Patterns(/A/gi).find('ba')?.text, 'a')
})

test('line ends in a text are those of what is searched', () => {
  assert.is(new Patterns('one\r\ntwo\r').find('one\ntwo\n')?.text, 'one\ntwo\n')
})

test('what is no pattern is refused', () => {
  for (const wrong of ['', undefined, null, 5, {}, [], ['a', ''], [5]]) {
    assert.throws(
      () => new Patterns(wrong as Pattern),
      (error: unknown) => error instanceof InvalidOptionError,
    )
  }
})

test('patterns are described as programs write them', () => {
  assert.equal(new Patterns(['a "b"', /c/i, 'd']).describe(), ['"a \\"b\\""', '/c/i', '"d"'])
  assert.equal(new Patterns('a').describe(), ['"a"'])
})

test.run()
