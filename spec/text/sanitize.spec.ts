import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sanitize } from '../../lib/text/sanitize.js'

const test = suite('sanitize')

const controls = [
  ...range(0x00, 0x1f), // C0
  ...range(0x7f, 0x9f), // DEL and C1, NEL (U+0085) among them
  ...range(0x2028, 0x2029), // line and paragraph separator
  ...range(0x202a, 0x202e), // bidirectional embeddings and overrides
  ...range(0x2066, 0x2069), // bidirectional isolates
]
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom(...controls.map(toChar)), fc.string({ maxLength: 1 })),
})

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

function toChar(code: number): string {
  return String.fromCharCode(code)
}

test('control characters, line separators and bidirectional controls go; TAB stays (rule 14)', () => {
  for (const code of controls) {
    const expected = code === 0x09 ? 'a\tb' : 'ab'
    assert.is(sanitize(`a${toChar(code)}b`), expected, `U+${code.toString(16)}`)
  }
})

test('line feeds stay on request, carriage returns never do', () => {
  for (const code of controls) {
    const expected = code === 0x09 || code === 0x0a ? `a${toChar(code)}b` : 'ab'
    assert.is(sanitize(`a${toChar(code)}b`, { lineBreaks: true }), expected, `U+${code.toString(16)}`)
  }
  assert.is(sanitize('one\r\ntwo\rthree', { lineBreaks: true }), 'one\ntwothree')
})

test('what followed an ESC stays as harmless text', () => {
  assert.is(sanitize('\x1b[2J\x1b]0;title\x07done'), '[2J]0;titledone')
})

test('the characters beside the unsafe ones stay', () => {
  const clean = ' ~\u00a0äß 你好 👩‍👩‍👧‍👦 \u2027\u202f\u2065\u206a\u200b\ufeff\ud800'
  assert.is(sanitize(clean), clean)
})

test('marks that Arabic and Hebrew are written with stay: they reorder no more than a letter does', () => {
  for (const mark of ['\u200e', '\u200f', '\u061c']) assert.is(sanitize(`שלום${mark}!`), `שלום${mark}!`)
})

test('nothing that is left can turn the direction of the text around it', () => {
  // The text of CVE-2021-42574 ("Trojan Source"): shown as if the comment ended before the condition.
  assert.is(sanitize('/*\u202e } \u2066if (admin)\u2069 \u2066 begin */'), '/* } if (admin)  begin */')
})

test('whatever the text, only unsafe characters are missing, and a second pass finds nothing', () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), (text, lineBreaks) => {
      const clean = sanitize(text, { lineBreaks })
      const kept = [...text].filter((char) => {
        const code = char.codePointAt(0) as number
        return !controls.includes(code) || code === 9 || (lineBreaks && code === 10)
      })
      assert.is(clean, kept.join(''))
      assert.is(sanitize(clean, { lineBreaks }), clean)
    }),
  )
})

test.run()
