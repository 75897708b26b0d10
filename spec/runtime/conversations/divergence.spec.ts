import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { describeDivergence, describeDivergences } from '../../../lib/runtime/conversations/divergence.js'
import type { DivergenceReport } from '../../../lib/runtime/edge-port.js'

const REPORT: DivergenceReport = {
  client: 'Client #1 (192.0.2.1)',
  event: 'Connect',
  handler: 'login',
  question: 0,
  reason: 'it asks for something else',
}

test('a conversation that can not go on is told in one line: whose it is, where it stands, and why', () => {
  assert.is(
    describeDivergence(REPORT),
    "The conversation with Client #1 (192.0.2.1) can't go on, in the handler login of Connect, at question 1: " +
      'it asks for something else',
  )
})

test('what it asked before and what it asks now are there as far as they are known', () => {
  const both = describeDivergence({ ...REPORT, recorded: 'input "Name: "', asked: 'password' })
  assert.match(both, /: it asks for something else; it asked before: input "Name: "; it asks now: password$/)
  assert.match(describeDivergence({ ...REPORT, recorded: 'line' }), /something else; it asked before: line$/)
  assert.match(describeDivergence({ ...REPORT, asked: 'line' }), /something else; it asks now: line$/)
})

test('what a client has sent can not control the terminal of whoever reads it, nor begin a line', () => {
  const report = { ...REPORT, asked: 'input "\x9b31m"', reason: 'Error: \x1b]0;mine\x07\nis no number' }
  const shown = describeDivergence(report)
  assert.match(shown, String.raw`Error: \x1b]0;mine\x07\nis no number; it asks now: input "\x9b31m"`)
})

test('the line that a handler was given is there: one handler may look for many commands', () => {
  const received = { ...REPORT, event: 'Receive', handler: 'commands', line: 'duel "bob"' }
  assert.match(
    describeDivergence(received),
    String.raw`in the handler commands of Receive for the line "duel \"bob\"", at question 1: it asks`,
  )
  assert.match(
    describeDivergence({ ...received, event: '', handler: '' }),
    String.raw`can't go on for the line "duel \"bob\"": it asks`,
  )
})

test('one that could not even begin stands nowhere', () => {
  assert.is(
    describeDivergence({ ...REPORT, event: '', handler: '', reason: 'the journal has no end' }),
    "The conversation with Client #1 (192.0.2.1) can't go on: the journal has no end",
  )
})

test('a handler without a name is told as such', () => {
  assert.match(describeDivergence({ ...REPORT, handler: '' }), 'in the handler (without a name) of Connect')
})

test('several are listed a line each under their number, ten at most, and it is said how many more there are', () => {
  const reports = (count: number): DivergenceReport[] =>
    Array.from({ length: count }, (_, i) => ({ ...REPORT, client: `Client #${i + 1}` }))
  for (const [count, listed, rest] of [
    [1, 1, undefined],
    [2, 2, undefined],
    [10, 10, undefined],
    [11, 10, '  and 1 more'],
    [5_000, 10, '  and 4990 more'],
  ] as const) {
    const [head, ...lines] = describeDivergences(reports(count)).split('\n')
    const number = count === 1 ? '1 conversation' : `${count} conversations`
    assert.match(head ?? '', `the new version can't go on with ${number}. mara restart --force`)
    assert.is(lines.filter((line) => line.startsWith('  The conversation with Client #')).length, listed)
    assert.is(lines[listed], rest)
  }
})

test.run()
