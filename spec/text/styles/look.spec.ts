import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Look, type Paint, transition, UNSTYLED } from '../../../lib/text/styles/look.js'

const paint = (parameter: string): Paint => ({ true: parameter, 256: parameter, 16: parameter })
const bold: Look = { bold: paint('1') }
const red: Look = { foreground: { true: '38;2;255;0;0', 256: '38;5;196', 16: '91' } }

test('from one look to the same there is nothing to send', () => {
  assert.is(transition(UNSTYLED, UNSTYLED, 16), '')
  assert.is(transition({ ...bold, ...red }, { ...bold, ...red }, 256), '')
})

test('what is added is set, at the depth of the screen', () => {
  assert.is(transition(UNSTYLED, red, 'true'), '\x1b[38;2;255;0;0m')
  assert.is(transition(UNSTYLED, red, 256), '\x1b[38;5;196m')
  assert.is(transition(bold, { ...bold, ...red }, 16), '\x1b[91m')
})

test('what changes is set without an end of the old', () => {
  assert.is(transition(red, { foreground: paint('34') }, 16), '\x1b[34m')
})

test('where something ends, all ends, and what stays is set anew', () => {
  assert.is(transition({ ...bold, ...red }, UNSTYLED, 16), '\x1b[0m')
  assert.is(transition({ ...bold, ...red }, bold, 16), '\x1b[0;1m')
  assert.is(transition(bold, red, 16), '\x1b[0;91m')
})

test.run()
