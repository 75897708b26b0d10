import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { format, takeOptions } from '../../lib/client/format.js'

test('every line break in a line goes out as CR LF, and one comes after it (rule 15)', () => {
  assert.is(format('one', true), 'one\r\n')
  assert.is(format('', true), '\r\n')
  assert.is(format('one\ntwo\r\nthree', true), 'one\r\ntwo\r\nthree\r\n')
  assert.is(format('prompt: ', false), 'prompt: ')
})

test('bytes go out as they are', () => {
  const bytes = Uint8Array.of(1, 10, 2)
  assert.is(format(bytes, true), bytes)
})

test('only an object that is no line is taken for options', () => {
  assert.equal(takeOptions(['a', 'b']), { lines: ['a', 'b'], options: undefined })
  assert.equal(takeOptions(['a', { newline: false }]), { lines: ['a'], options: { newline: false } })
  const bytes = Uint8Array.of(1)
  assert.equal(takeOptions(['a', bytes]), { lines: ['a', bytes], options: undefined })
  assert.equal(takeOptions([]), { lines: [], options: undefined })
})

test.run()
