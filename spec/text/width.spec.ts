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

/** The lengths of all texts that are segmented meanwhile. */
function segmented(work: () => unknown): number[] {
  const { segment } = Intl.Segmenter.prototype
  const lengths: number[] = []
  Intl.Segmenter.prototype.segment = function (text) {
    lengths.push(text.length)
    return segment.call(this, text)
  }
  try {
    work()
  } finally {
    Intl.Segmenter.prototype.segment = segment
  }
  return lengths
}

test('no long text is segmented as a whole, which takes the square of its length', () => {
  for (const unit of ['a', '你', 'e\u0301', '\u200b', '👩‍👩‍👧‍👦', '🇩🇪', '\r\n']) {
    const text = `é${unit.repeat(10_000)}`
    const lengths = [...segmented(() => graphemes(text)), ...segmented(() => textWidth(text))]
    assert.ok(Math.max(...lengths) <= 256, JSON.stringify(unit))
  }
})

test('what stands behind a very long grapheme is not segmented with it', () => {
  const marks = `e${'\u0301'.repeat(10_000)}`
  const text = `${marks}${'a'.repeat(10_000)}`
  const lengths = segmented(() => assert.is(graphemes(text)[0], marks))
  const inPieces = lengths.filter((length) => length <= 256).reduce((sum, length) => sum + length, 0)
  // Each once to find where a piece ends, and once in its piece.
  assert.ok(inPieces >= 2 * 10_000)
})

test('long texts have the graphemes and the width that they have as a whole', () => {
  const unit = fc.constantFrom(
    ...[
      'a',
      'é',
      'e\u0301',
      '\u0301',
      '\u200d',
      '👍',
      '🏽',
      '🇩',
      '你',
      '\u1100',
      '\u1161',
      '\r',
      '\n',
      '\ud834',
      '\udd65',
    ],
    ...['\u{1d165}', '\u0915', '\u094d', '\u0600', '\u200b', '\u0301'.repeat(270), '🇩'.repeat(127)],
  )
  const text = fc.array(unit, { minLength: 100, maxLength: 300 }).map((units) => units.join(''))
  fc.assert(
    fc.property(text, (text) => {
      const whole = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
      assert.equal(graphemes(text), whole)
      assert.is(textWidth(text), stringWidth(text.replace(/\p{Surrogate}/gu, '\ufffd')))
    }),
    { numRuns: 50 },
  )
})

test.run()
