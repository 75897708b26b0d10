import fc from 'fast-check'
import stringWidth from 'string-width'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { graphemes, textWidth } from '../../lib/text/width.js'

const test = suite('width')

test('a text takes the columns that a terminal gives it', () => {
  const widths: [text: string, columns: number, what: string][] = [
    ['', 0, 'nothing'],
    ['plain text', 10, 'ASCII'],
    ['Grüße – „Straße“', 16, 'Latin with punctuation'],
    ['привет', 6, 'Cyrillic'],
    ['你好', 4, 'ideographs'],
    ['！', 2, 'a full width form'],
    ['ｶﾞ', 2, 'half width katakana with its sound mark'],
    ['e\u0301', 1, 'a combining accent'],
    ['z\u0351\u0352\u0353\u0354', 1, 'many combining marks'],
    ['\u1112\u1161\u11ab', 2, 'a syllable of three jamo'],
    ['\u200b\u00ad', 0, 'a zero width space and a soft hyphen'],
    ['👍', 2, 'an emoji'],
    ['👍🏽', 2, 'an emoji with a skin tone'],
    ['👩‍👩‍👧‍👦', 2, 'a family joined by ZWJ'],
    ['🇩🇪🇫🇷', 4, 'two flags'],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 2, 'a flag of tags'],
    ['❤', 1, 'a text symbol'],
    ['❤\ufe0f', 2, 'the same as an emoji, by its variation selector'],
    ['1\ufe0f\u20e3', 2, 'a keycap'],
    ['\ud800', 1, 'a lone surrogate, which leaves as U+FFFD'],
    ['┌─┐', 3, 'box drawing'],
  ]
  for (const [text, columns, what] of widths) assert.is(textWidth(text), columns, what)
})

test('a tab goes to the next stop of eight columns, wherever the text starts', () => {
  assert.is(textWidth('\t'), 8)
  assert.is(textWidth('abc\tx'), 9)
  assert.is(textWidth('12345678\t'), 16)
  assert.is(textWidth('你\t\t'), 16)
  assert.is(textWidth('a\tb', 7), 10)
  assert.is(textWidth('a\tb', 6), 3)
})

test('the short cut for common scripts measures no character otherwise than the library', () => {
  const wrong: string[] = []
  for (let code = 0xa0; code < 0xd800; code++) {
    const char = String.fromCharCode(code)
    if (textWidth(char) !== stringWidth(char)) wrong.push(`U+${code.toString(16)}`)
  }
  assert.equal(wrong, [])
})

test('the short cut for common scripts measures no text otherwise than the library', () => {
  const unit = fc.constantFrom(
    ...'aß…─Жω你カ한、！',
    '\u0301',
    '\ufe0f',
    '\u200d',
    '👍',
    '🏽',
    'ﾞ',
    '\u11a8',
    '\u3099',
  )
  fc.assert(fc.property(fc.string({ unit }), (text) => assert.is(textWidth(text), stringWidth(text))))
})

test('graphemes are what a reader takes for one character', () => {
  assert.equal(graphemes('ae\u0301👩‍👩‍👧‍👦🇩🇪你'), ['a', 'e\u0301', '👩‍👩‍👧‍👦', '🇩🇪', '你'])
})

test.run()
