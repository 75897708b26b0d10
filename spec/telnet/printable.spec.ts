import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ascii, printable } from '../../lib/telnet/printable.js'
import { hex, show } from './harness.js'

const names = suite('telnet/printable')

names('what acts on a terminal is taken out: C0, DEL and C1; the rest stays (rule 14)', () => {
  assert.is(printable(hex('1B [2J 07 a 09 0D 0A b 7F C2 9B C3 A9'), 100), '[2Jabé')
  assert.is(printable(hex('a E2 80 AE E2 81 A6 E2 80 A8 b'), 100), 'ab')
})

names('bad bytes become U+FFFD, and at most so many bytes are looked at', () => {
  assert.is(printable(hex('61 FF 62'), 100), 'a\ufffdb')
  assert.is(printable(hex('abcdef'), 3), 'abc')
  // Cut within a character.
  assert.is(printable(hex('61 C3 A9'), 2), 'a\ufffd')
})

names('text of ours becomes one byte a letter', () => {
  assert.is(show(ascii('UTF-8')), '55 54 46 2D 38')
})

names.run()
