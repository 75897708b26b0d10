import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { escapeJson, escapeText } from '../../lib/text/escape.js'

const escaping = suite('text/escape')

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\x00-\x1f\x7f-\x9f]/
const turning = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

escaping('writes control characters visibly', () => {
  assert.is(escapeText('a\u001b[2J\n\r\t\u0000b'), 'a\\x1b[2J\\n\\r\\t\\x00b')
  assert.is(escapeText('\u007f\u009b\u0085'), '\\x7f\\x9b\\x85')
})

escaping('writes line separators and marks that reorder text visibly', () => {
  assert.is(escapeText('\u2028\u2029\u202e\u2066\u200f'), '\\u2028\\u2029\\u202e\\u2066\\u200f')
})

escaping('leaves the scripts of the world alone, joined emoji too', () => {
  for (const text of ['grüße', '世界', 'שלום', 'नमस्ते', '👩‍👩‍👧', 'a\\nb "c"'])
    assert.is(escapeText(text), text)
})

escaping('lets nothing unsafe through, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeText(text)
      assert.not(control.test(escaped))
      assert.not(turning.test(escaped))
    }),
  )
})

escaping('leaves the meaning of JSON as it was', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u007f', '\u009b', '\u2028', '\u202e'),
  )
  const value = fc.array(fc.array(unit).map((parts) => parts.join('')))
  fc.assert(
    fc.property(value, (value) => {
      const json = `${JSON.stringify(value)}\n`
      const escaped = escapeJson(json)
      assert.equal(JSON.parse(escaped), value)
      assert.not(control.test(escaped.slice(0, -1)))
      assert.not(turning.test(escaped))
      assert.ok(escaped.endsWith('\n'))
    }),
  )
})

escaping.run()
