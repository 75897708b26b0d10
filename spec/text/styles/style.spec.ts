import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
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
import { built, loader } from '../../support/node.js'

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
  assert.is(String(styled('a\r\nb\x1b')), 'a\nb')
  assert.is([red('a'), bold('b')].join(), 'a,b')
})

test('joining styled text to a string with + or a plain template is a type error, since it loses the style', () => {
  // Not called: what counts is that it would not compile.
  const refused = () => [
    // @ts-expect-error
    `${red('a')} and b`,
    // @ts-expect-error
    // biome-ignore lint/style/useTemplate: + is what this is about
    red('a') + ' and b',
    // @ts-expect-error
    // biome-ignore lint/style/useTemplate: + is what this is about
    'b and ' + red('a'),
  ]
  assert.type(refused, 'function')
})

test('the first + of a process warns, and says where it is', async () => {
  const script = `
    import { red } from './${built('lib/text/styles/index.ts')}'
    console.log(red('a') + ' and b')
    console.log('b and ' + red('a'), String(red('c')), \`\${red('d')}\`)
  `
  const args = [...loader, '--input-type=module', '--eval', script]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args)
  assert.is(stdout, 'a and b\nb and a c d\n')
  assert.is(stderr.match(/MARA_STYLE_LOST/g)?.length, 1)
  assert.match(stderr, /StyledTextWarning: Styled text was joined to other text with \+.*\(at .*:3:\d+\)/)
})

test('as a string or in a plain template, styled text does not warn', async () => {
  const script = `
    import { red } from './${built('lib/text/styles/index.ts')}'
    console.log(String(red('a')), \`\${red('b')}\`, [red('c')].join())
  `
  const args = [...loader, '--input-type=module', '--eval', script]
  assert.equal(await promisify(execFile)(process.execPath, args), { stdout: 'a b c\n', stderr: '' })
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
