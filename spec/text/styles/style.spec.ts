import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  bold,
  compose,
  green,
  isStyled,
  red,
  render,
  type Styled,
  styled,
} from '../../../lib/text/styles/index.js'

const test = suite('styles: style')

function rendered(content: Styled): string {
  return render(content, { depth: 16 })
}

test('a style takes a template or parts, alike', () => {
  const name = 'Ann'
  assert.is(rendered(bold`Hello ${red(name)}!`), rendered(bold('Hello ', red(name), '!')))
  assert.is(rendered(bold`${name}`), rendered(bold(name)))
  assert.is(rendered(bold``), rendered(bold()))
})

test('a literal with a malformed escape is shown as written', () => {
  assert.is(rendered(styled`C:\users\x`), 'C:\\users\\x')
})

test('control characters of the literal itself go, too', () => {
  assert.is(rendered(styled`a\x1b[31mb`), 'a[31mb')
})

test('composed styles apply from the outside in', () => {
  assert.is(rendered(compose(bold, red)('a')), rendered(bold(red('a'))))
  assert.is(rendered(compose(bold, red)`a${1}`), rendered(bold(red('a', 1))))
  assert.is(rendered(compose(red, green)('a')), '\x1b[32ma\x1b[0m')
  assert.is(rendered(compose()('a')), 'a')
})

test('styled text is a value: it may be used twice and changes with nothing', () => {
  const name = red('Ann')
  assert.is(rendered(bold(name, name)), '\x1b[31;1mAnnAnn\x1b[0m')
  assert.is(rendered(name), '\x1b[31mAnn\x1b[0m')
})

test('as a string, styled text is its bare text', () => {
  assert.is(String(bold`Hello ${red('Ann')}`), 'Hello Ann')
  assert.is(`${styled('a\r\nb\x1b')}`, 'a\nb')
})

test('isStyled knows styled text from everything that looks like it', () => {
  assert.ok(isStyled(bold('a')))
  for (const other of ['a', undefined, null, { node: { kind: 'text', text: '\x1b' } }, bold]) {
    assert.not.ok(isStyled(other))
  }
})

test('an object that only looks like styled text is shown as text, so that parsed JSON injects nothing', () => {
  const forged = JSON.parse('{ "node": { "kind": "text", "text": "\\u001b[2J" } }')
  assert.is(rendered(bold(forged)), '\x1b[1m[object Object]\x1b[0m')
})

test.run()
