import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LineEnds } from '../../lib/connect/line-ends.js'

const read = (...chunks: string[]): string => {
  const lineEnds = new LineEnds()
  return chunks.map((chunk) => lineEnds.read(chunk)).join('')
}

test('CR LF, LF, CR NUL and CR are one line end each (13)', () => {
  assert.is(read('a\r\nb\nc\r\0d\re\r\rf\n\rg'), 'a\nb\nc\nd\ne\n\nf\n\ng')
  assert.is(read('a\0b'), 'a\0b')
})

test('a cut changes nothing, wherever it is', () => {
  const texts = fc.array(fc.constantFrom('a', '\r', '\n', '\0'), { maxLength: 12 })
  fc.assert(
    fc.property(texts, fc.nat(12), fc.nat(12), (letters, one, two) => {
      const text = letters.join('')
      const [from = 0, to = 0] = [one, two].sort((a, b) => a - b)
      assert.is(read(text.slice(0, from), text.slice(from, to), text.slice(to)), read(text))
    }),
  )
})

test.run()
