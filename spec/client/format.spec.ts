import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encode, takeOptions } from '../../lib/client/format.js'
import { red } from '../../lib/text/styles/index.js'

test('what a character set lacks becomes a question mark', () => {
  assert.equal(encode('aé€', 'utf-8'), Buffer.from('aé€'))
  assert.equal(encode('aé€😀', 'latin1'), Buffer.from([0x61, 0xe9, 0x3f, 0x3f]))
  assert.equal(encode('aé', 'ascii'), Buffer.from('a?'))
})

test('only an object that is no line is taken for options', () => {
  assert.equal(takeOptions(['a', 'b']), { lines: ['a', 'b'], options: undefined })
  assert.equal(takeOptions(['a', { newline: false }]), { lines: ['a'], options: { newline: false } })
  const bytes = Uint8Array.of(1)
  assert.equal(takeOptions(['a', bytes]), { lines: ['a', bytes], options: undefined })
  const styled = red('b')
  assert.equal(takeOptions(['a', styled]), { lines: ['a', styled], options: undefined })
  assert.equal(takeOptions([]), { lines: [], options: undefined })
})

test.run()
