import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ttype } from '../../../lib/telnet/index.js'
import { MAX_TTYPES } from '../../../lib/telnet/options/ttype.js'
import { acquainted, hex, join, type Line } from '../harness.js'

const type = suite('telnet/options/ttype')

const SEND = 'FF FA 18 01 FF F0'

const named = (name: string) => join(hex('FF FA 18 00'), Buffer.from(name, 'latin1'), hex('FF F0'))

/** A client that has these types, asked until we ask no more; tells how often it was asked. */
function client(...types: string[]): { line: Line; asked: number } {
  const line = acquainted({ options: [ttype] }).receive(hex('FF FB 18'))
  line.takeSent()
  let asked = 1
  for (; asked < 100; asked++) {
    line.receive(named(types[Math.min(asked, types.length) - 1] as string))
    if (line.takeSent() !== SEND) break
  }
  return { line, asked }
}

type('the question is asked when the peer agrees, and again until a type repeats', () => {
  const line = acquainted({ options: [ttype] }).receive(hex('FF FB 18'))
  assert.is(line.takeSent(), SEND)
  line.receive(named('xterm'))
  assert.is(line.takeSent(), SEND)
  line.receive(named('xterm'))
  assert.is(line.takeSent(), '')
  assert.is(line.telnet.terminal.type, 'xterm')
})

type('MTTS: client, terminal and capabilities, and no further question', () => {
  const { line, asked } = client('TINTIN++', 'xterm-256color', 'MTTS 2829')
  const { terminal } = line.telnet
  assert.is(asked, 3)
  assert.equal(
    [terminal.client, terminal.type, terminal.mtts, terminal.colours],
    ['TINTIN++', 'xterm-256color', 2829, 'true'],
  )
  assert.equal(terminal.ttypes, ['TINTIN++', 'xterm-256color', 'MTTS 2829'])
  assert.is(line.takeEvents().filter((event) => event.type === 'terminal').length, 3)
})

type(
  'a list of types is followed to its end, and then the client is brought back to its first (RFC 1091)',
  () => {
    // The last is repeated; one more question makes the client emulate the first again.
    const { line, asked } = client('VT220', 'VT100', 'VT100', 'VT220')
    assert.is(asked, 4)
    assert.equal(line.telnet.terminal.ttypes, ['VT220', 'VT100'])
    assert.is(line.telnet.terminal.type, 'VT220')
  },
)

type('a client that begins again by itself is at its first already', () => {
  const { line, asked } = client('ANSI', 'VT100', 'ANSI')
  assert.is(asked, 3)
  assert.equal(line.telnet.terminal.ttypes, ['ANSI', 'VT100'])
})

type('answers that never repeat come to an end, and nothing is kept of what follows', () => {
  const { line, asked } = client(...Array.from({ length: 100 }, (_, i) => `T${i}`))
  assert.is(line.telnet.terminal.ttypes.length, MAX_TTYPES)
  assert.is(asked, MAX_TTYPES + 1)
  for (let i = 0; i < 1000; i++) line.receive(named(`U${i}`))
  assert.is(line.takeSent(), '')
  assert.is(line.telnet.terminal.ttypes.length, MAX_TTYPES)
})

type('a name is text without control characters, and of bounded length', () => {
  const { line } = client('\x1b[2Jx\x07term\x9b', 'y'.repeat(5000))
  assert.equal(line.telnet.terminal.ttypes, ['[2Jxterm\ufffd', 'y'.repeat(64)])
})

type('an answer without a name, or that is no answer, is nothing', () => {
  const line = acquainted({ options: [ttype] }).receive(hex('FF FB 18'))
  line.takeSent()
  line.receive(hex('FF FA 18 FF F0 FF FA 18 01 FF F0 FF FA 18 02 x FF F0'))
  assert.equal(line.telnet.terminal.ttypes, [])
  assert.is(line.takeSent(), '')
  line.receive(named('xterm'))
  assert.is(line.takeSent(), SEND)
  line.receive(named(''))
  assert.equal(line.telnet.terminal.ttypes, ['xterm'])
  assert.is(line.takeSent(), '')
})

type('a type told before the agreement is heard, but asks no question yet', () => {
  const line = acquainted({ options: [ttype] }).receive(named('xterm'))
  assert.is(line.takeSent(), '')
  assert.is(line.telnet.terminal.type, 'xterm')
  line.receive(hex('FF FB 18'))
  assert.is(line.takeSent(), SEND)
})

type('once the list is complete, turning the option off and on asks nothing again', () => {
  const { line } = client('xterm')
  line.receive(hex('FF FC 18 FF FB 18'))
  assert.is(line.takeSent(), 'FF FE 18 FF FD 18')
})

type.run()
