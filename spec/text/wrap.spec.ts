import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { graphemes, textWidth } from '../../lib/text/width.js'
import { type BreakOptions, breakLine, wrapText } from '../../lib/text/wrap.js'

const test = suite('wrap')

function lines(text: string, options: BreakOptions | number): string[] {
  return breakLine(text, typeof options === 'number' ? { width: options } : options).map(({ start, end }) =>
    text.slice(start, end),
  )
}

test('a line is broken between words, and the white space at the break belongs to neither line', () => {
  assert.equal(lines('the quick  brown \t fox', 10), ['the quick', 'brown', 'fox'])
  assert.equal(lines('one two', 3), ['one', 'two'])
  assert.equal(lines('one two', 6), ['one', 'two'])
})

test('a line that fits stays as it is, white space at both ends included', () => {
  assert.equal(lines('  Name:  ', 9), ['  Name:  '])
  assert.equal(lines('', 5), [''])
})

test('white space inside and before a line stays, white space that does not fit behind it goes', () => {
  assert.equal(lines('  a  b ccc', 6), ['  a  b', 'ccc'])
  assert.equal(lines('abc def   ', 7), ['abc def'])
  assert.equal(lines('abc def g ', 7), ['abc def', 'g '])
  assert.equal(lines('          ', 4), [''])
  assert.equal(lines('     abc', 4), ['abc'])
})

test('a word longer than the line starts where it stands, and is broken', () => {
  assert.equal(lines('abcdefghij', 4), ['abcd', 'efgh', 'ij'])
  assert.equal(lines('a bcdefghij k', 4), ['a bc', 'defg', 'hij', 'k'])
  assert.equal(lines('abc defghij', 4), ['abc', 'defg', 'hij'])
  assert.equal(lines('abcd efghij', 4), ['abcd', 'efgh', 'ij'])
})

test('a word is broken between graphemes only', () => {
  assert.equal(lines('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5), ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'])
  assert.equal(lines('🇩🇪🇫🇷🇮🇹', 2), ['🇩🇪', '🇫🇷', '🇮🇹'])
  assert.equal(lines('e\u0301e\u0301e\u0301', 2), ['e\u0301e\u0301', 'e\u0301'])
  assert.equal(lines('你好世界', 5), ['你好', '世界'])
})

test('a grapheme wider than the line stands alone', () => {
  assert.equal(lines('a你b好', 1), ['a', '你', 'b', '好'])
  assert.equal(lines('你a', 1), ['你', 'a'])
})

test('no-break spaces do not break, ideographic and zero width spaces do', () => {
  assert.equal(lines('10\u00a0000 km', 6), ['10\u00a0000', 'km'])
  assert.equal(lines('10\u00a0000', 4), ['10\u00a00', '00'])
  assert.equal(lines('你好\u3000世界', 5), ['你好', '世界'])
  assert.equal(lines('abc\u200bdef', 4), ['abc', 'def'])
})

test('indentations are taken off the width', () => {
  assert.equal(lines('aa bb cc dd', { width: 6, indent: 3 }), ['aa', 'bb', 'cc', 'dd'])
  assert.equal(lines('aa bb cc dd', { width: 6, hanging: 1 }), ['aa bb', 'cc dd'])
  assert.equal(lines('aa bb cc dd', { width: 6, indent: 4, hanging: 1 }), ['aa', 'bb cc', 'dd'])
})

test('a tab counts from the column where it stands', () => {
  assert.equal(lines('a\tb c', 10), ['a\tb', 'c'])
  assert.equal(lines('a\tb c', { width: 17, indent: 7, hanging: 0 }), ['a\tb', 'c'])
})

test('a paragraph becomes indented lines, any white space in it one space', () => {
  assert.equal(wrapText(' the  quick\nbrown fox ', { width: 12, indent: 2 }), ['  the quick', '  brown fox'])
  assert.equal(wrapText('aa bb cc', { width: 6, hanging: 1 }), ['aa bb', ' cc'])
  assert.equal(wrapText(' ', { width: 6, indent: 2 }), [])
})

const BLANK = /[\t \u1680\u2000-\u2006\u2008-\u200b\u205f\u3000]+/g
const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abc defg  \tß你') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom('👩‍👩‍👧‍👦', '🇩🇪', '\u0301', '🏽', '\u200d', '❤\ufe0f', '\u00a0') },
)
const anyLine = fc.string({ unit, maxLength: 60 }).filter((text) => !/[^\P{Cc}\t]/u.test(text))
const anyOptions = fc.record({
  width: fc.integer({ min: 8, max: 30 }),
  indent: fc.integer({ min: 0, max: 6 }),
  hanging: fc.integer({ min: 0, max: 6 }),
})

test('whatever the text, no line is wider than the width, one grapheme apart', () => {
  fc.assert(
    fc.property(anyLine, anyOptions, (text, options) => {
      for (const [index, line] of lines(text, options).entries()) {
        const from = index === 0 ? options.indent : options.hanging
        assert.ok(from + textWidth(line, from) <= options.width || graphemes(line).length === 1)
      }
    }),
  )
})

test('whatever the text, its words are all there and in order', () => {
  fc.assert(
    fc.property(anyLine, anyOptions, (text, options) => {
      assert.is(lines(text, options).join('').replaceAll(BLANK, ''), text.replaceAll(BLANK, ''))
    }),
  )
})

test('whatever the text, a word that fits on a line is never broken', () => {
  fc.assert(
    fc.property(anyLine, anyOptions, (text, options) => {
      const most = options.width - Math.max(options.indent, options.hanging)
      const words = text.split(BLANK).filter((word) => word !== '')
      const shown = lines(text, options).flatMap((line) => line.split(BLANK))
      for (const word of words)
        if (textWidth(word) <= most) assert.ok(shown.includes(word), JSON.stringify(word))
    }),
  )
})

test('whatever the text, a line is only broken where the next word did not fit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 8 })),
      (words) => {
        const broken = lines(words.join(' '), 10)
        for (const [index, line] of broken.slice(0, -1).entries()) {
          const next = (broken[index + 1] as string).split(' ')[0] as string
          assert.ok(`${line} ${next}`.length > 10)
        }
      },
    ),
  )
})

test.run()
