import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sanitize } from '../../lib/text/sanitize.js'

const test = suite('sanitize')

const controls = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index)]
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom(...controls.map(toChar)), fc.string({ maxLength: 1 })),
})

function toChar(code: number): string {
  return String.fromCharCode(code)
}

test('every control character goes: C0, DEL and C1, with TAB as the only exception (rule 14)', () => {
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

test('the characters beside the control characters stay', () => {
  const clean = ' ~\u00a0äß 你好 👩‍👩‍👧‍👦 \u2028\u200b\ufeff\ud800'
  assert.is(sanitize(clean), clean)
})

test('whatever the text, only control characters are missing, and a second pass finds nothing', () => {
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
