import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { newEnviron } from '../../../lib/telnet/index.js'
import {
  MAX_VARIABLE_NAME,
  MAX_VARIABLE_VALUE,
  MAX_VARIABLES,
} from '../../../lib/telnet/options/new-environ.js'
import { acquainted, hex, join, type Line } from '../harness.js'

const environ = suite('telnet/options/new-environ')

const IS = 0
const INFO = 2
/** `\x00` VAR, `\x01` VALUE, `\x02` ESC, `\x03` USERVAR. */
const sb = (kind: number, text: string) =>
  join(Uint8Array.of(255, 250, 39, kind), Buffer.from(text, 'latin1'), hex('FF F0'))

function agreed(): Line {
  const line = acquainted({ options: [newEnviron] }).receive(hex('FF FB 27'))
  line.events.length = 0
  return line
}

const variables = (line: Line) => [...line.telnet.terminal.environment]

environ('a peer that agrees is asked for all it cares to tell', () => {
  assert.is(agreed().takeSent(), 'FF FA 27 01 FF F0')
})

environ('variables of both kinds are kept, changed by INFO, and told once a message', () => {
  const line = agreed().receive(sb(IS, '\x00USER\x01ada\x03EDITOR\x01vi'), sb(INFO, '\x00USER\x01bob'))
  assert.equal(variables(line), [
    ['USER', 'bob'],
    ['EDITOR', 'vi'],
  ])
  assert.equal(line.takeEvents(), [
    { type: 'terminal', learned: 'environment' },
    { type: 'terminal', learned: 'environment' },
  ])
  line.receive(sb(INFO, '\x00USER\x01bob'))
  assert.equal(line.takeEvents(), [])
})

environ('a name without VALUE is no variable; an empty VALUE is an empty one', () => {
  const line = agreed().receive(sb(IS, '\x00A\x01x\x00B\x01'), sb(INFO, '\x00A\x00C'))
  assert.equal(variables(line), [['B', '']])
})

environ('ESC makes the next byte a plain one', () => {
  // What is left of control characters is nothing; but they neither end the name nor the value.
  assert.equal(variables(agreed().receive(sb(IS, '\x00A\x02\x00B\x01x\x02\x01y\x02z\x02'))), [['AB', 'xyz']])
})

environ('what is not of the grammar is skipped', () => {
  for (const text of ['', 'lost', '\x01lost', '\x00', '\x00\x01lost', '\x03', '\x02', '\x00\x00\x03\x01'])
    assert.equal(variables(agreed().receive(sb(IS, text))), [], JSON.stringify(text))
  assert.equal(
    variables(agreed().receive(sb(1, '\x00A\x01x'), sb(9, '\x00A\x01x'), hex('FF FA 27 FF F0'))),
    [],
  )
  assert.equal(variables(agreed().receive(sb(IS, 'lost\x00A\x01x\x01y'))), [['A', 'y']])
})

environ('10,000 variables are capped in number (rule 19)', () => {
  const line = agreed()
  for (let i = 0; i < 10_000; i += 100)
    line.receive(sb(INFO, Array.from({ length: 100 }, (_, j) => `\x00V${i + j}\x01${i + j}`).join('')))
  assert.is(variables(line).length, MAX_VARIABLES)
  // Those that are kept can still change, and go to make room.
  line.receive(sb(INFO, '\x00V0\x01new\x00V1\x00NEXT\x01x\x00LATE\x01x'))
  const { environment } = line.telnet.terminal
  assert.equal(
    [environment.get('V0'), environment.get('NEXT'), environment.get('LATE')],
    ['new', 'x', undefined],
  )
})

environ('of one message no more variables are looked at than can be kept', () => {
  const many = Array.from({ length: MAX_VARIABLES }, (_, i) => `\x00A\x01${i}`).join('')
  const line = agreed().receive(sb(IS, `${many}\x00LATE\x01x`))
  assert.equal(variables(line), [['A', String(MAX_VARIABLES - 1)]])
})

environ('a name or value that is too long is left out, not cut', () => {
  const name = (length: number) => 'N'.repeat(length)
  const value = (length: number) => 'v'.repeat(length)
  const line = agreed().receive(
    sb(IS, `\x00${name(MAX_VARIABLE_NAME)}\x01x\x00M${name(MAX_VARIABLE_NAME)}\x01x`),
    sb(IS, `\x00A\x01${value(MAX_VARIABLE_VALUE)}\x00B\x01${value(MAX_VARIABLE_VALUE + 1)}`),
  )
  assert.equal(
    variables(line).map(([n, v]) => [n.length, v.length]),
    [
      [MAX_VARIABLE_NAME, 1],
      [1, MAX_VARIABLE_VALUE],
    ],
  )
})

environ('no name is special: __proto__ is a variable like another', () => {
  const line = agreed().receive(sb(IS, '\x00__proto__\x01x\x00constructor\x01y\x00toString\x01z'))
  assert.is(variables(line).length, 3)
  assert.is(line.telnet.terminal.environment.get('__proto__'), 'x')
  assert.is(Object.getPrototypeOf(line.telnet.terminal.environment), Map.prototype)
  line.restart()
  assert.is(line.telnet.terminal.environment.get('__proto__'), 'x')
})

environ('names and values cannot act on a terminal (rule 14)', () => {
  const line = agreed().receive(sb(IS, '\x00US\x1b[2JER\x01\x1b]0;x\x07\x7f\r\n'))
  assert.equal(variables(line), [['US[2JER', ']0;x']])
})

environ('a variable MTTS tells what MTTS tells', () => {
  const line = agreed().receive(sb(IS, '\x00MTTS\x01265'))
  assert.equal([line.telnet.terminal.mtts, line.telnet.terminal.colours], [265, 'true'])
  line.receive(sb(INFO, '\x00MTTS\x01junk'))
  assert.is(line.telnet.terminal.mtts, 265)
})

environ.run()
