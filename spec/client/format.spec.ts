import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encode, format, formatStyled, takeOptions } from '../../lib/client/format.js'
import { red } from '../../lib/text/styles/index.js'

test('every line break in a line goes out as CR LF, and one comes after it (rule 15)', () => {
  assert.is(format('one', true), 'one\r\n')
  assert.is(format('', true), '\r\n')
  assert.is(format('one\ntwo\r\nthree', true), 'one\r\ntwo\r\nthree\r\n')
  assert.is(format('prompt: ', false), 'prompt: ')
})

test('styled text goes out as the screen can show it, with CR LF in and after it', () => {
  const line = red('one\ntwo')
  assert.is(formatStyled(line, true, { depth: 'none', columns: undefined }), 'one\r\ntwo\r\n')
  assert.is(formatStyled(line, false, { depth: 16, columns: 80 }), '\x1b[31mone\x1b[0m\r\n\x1b[31mtwo\x1b[0m')
})

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
