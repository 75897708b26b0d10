import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { charset } from '../../../lib/telnet/index.js'
import { acquainted, cuts, hex, join, type Line } from '../harness.js'

const suit = suite('telnet/options/charset')

const sb = (kind: number, text = '') =>
  join(Uint8Array.of(255, 250, 42, kind), Buffer.from(text, 'latin1'), hex('FF F0'))

/** A peer that has agreed to our WILL CHARSET and has our request. */
function requested(): Line {
  const line = acquainted({ options: [charset] }).receive(hex('FF FD 2A'))
  line.events.length = 0
  return line
}

/** A peer that performs CHARSET itself and has refused ours. */
function performing(): Line {
  const line = acquainted({ options: [charset] }).receive(hex('FF FE 2A FF FB 2A'))
  line.takeSent()
  line.takeEvents()
  return line
}

const sent = (line: Line) => {
  const text = Buffer.from(line.sent).toString('latin1')
  line.takeSent()
  return text
}

suit('a peer that agrees is sent our list, UTF-8 first', () => {
  assert.is(sent(requested()), '\xff\xfa\x2a\x01;UTF-8;ISO-8859-1;US-ASCII\xff\xf0')
})

suit('what the peer accepts holds for the text that follows, at every cut', () => {
  const stream = join(hex('61'), sb(2, 'iso-8859-1'), hex('E9'))
  for (const chunks of cuts(stream)) {
    const line = requested()
    const encodings: string[] = []
    for (const chunk of chunks) line.telnet.receive(chunk, () => encodings.push(line.telnet.encoding))
    assert.equal([...new Set(encodings)], ['utf-8', 'latin1'])
    assert.equal(line.takeEvents(), [{ type: 'terminal', learned: 'encoding' }])
    assert.is(line.telnet.terminal.encoding, 'latin1')
  }
})

suit('accepting UTF-8, rejecting everything, and accepting what was not offered leave UTF-8', () => {
  for (const answer of [sb(2, 'UTF-8'), sb(3), sb(2, 'KOI8-R'), sb(2), sb(9), hex('FF FA 2A FF F0')]) {
    const line = requested().receive(answer)
    assert.is(line.telnet.encoding, 'utf-8')
    assert.equal(line.takeEvents(), [])
  }
})

suit('an acceptance that answers no request changes nothing', () => {
  const line = requested().receive(sb(3), sb(2, 'US-ASCII'))
  assert.is(line.telnet.encoding, 'utf-8')
  assert.is(performing().receive(sb(2, 'US-ASCII')).telnet.encoding, 'utf-8')
})

suit("of a peer's list the one that we like best is accepted, spelled as the peer spells it", () => {
  const lists: [list: string, answer: string, encoding: string][] = [
    [';US-ASCII;utf8;ISO-8859-1', 'utf8', 'utf-8'],
    [' KOI8-R latin1 ascii', 'latin1', 'latin1'],
    [',ASCII', 'ASCII', 'ascii'],
    ['[TTABLE]\x01;KOI8-R;ISO-8859-1', 'ISO-8859-1', 'latin1'],
  ]
  for (const [list, answer, encoding] of lists) {
    const line = performing().receive(sb(1, list))
    assert.is(sent(line), `\xff\xfa\x2a\x02${answer}\xff\xf0`)
    assert.is(line.telnet.encoding, encoding)
  }
})

suit('a list without anything for us is rejected, an empty one too', () => {
  for (const list of [';KOI8-R', '', ';', '[TTABLE]\x01', '[TTABLE]']) {
    const line = performing().receive(sb(1, list))
    assert.is(sent(line), '\xff\xfa\x2a\x03\xff\xf0', list)
    assert.is(line.telnet.encoding, 'utf-8')
  }
})

suit('of two requests at once the server ignores the one of the client (RFC 2066)', () => {
  const line = requested().receive(hex('FF FB 2A'))
  line.takeSent()
  line.receive(sb(1, ';US-ASCII'))
  assert.is(line.takeSent(), '')
  line.receive(sb(2, 'UTF-8'), sb(1, ';US-ASCII'))
  assert.is(sent(line), '\xff\xfa\x2a\x02US-ASCII\xff\xf0')
})

suit('a request of a peer that has not said WILL CHARSET is no request (RFC 2066)', () => {
  const line = requested().receive(sb(3))
  line.takeSent()
  line.receive(sb(1, ';US-ASCII'))
  assert.is(line.takeSent(), '')
  assert.is(line.telnet.encoding, 'utf-8')
})

suit('a translation table is rejected', () => {
  const line = performing().receive(sb(4, '\x01;x;y'))
  assert.is(sent(line), '\xff\xfa\x2a\x05\xff\xf0')
})

suit('an acceptance that cannot be told changes nothing', () => {
  const line = acquainted({ options: [charset], maxTelnetReplies: 1 }).receive(hex('FF FB 2A'))
  assert.ok(line.telnet.isEnabled('them', 42))
  line.receive(hex('FF FE 2A'), sb(1, ';US-ASCII'))
  assert.is(line.telnet.encoding, 'utf-8')
  line.clock.time += 1000
  line.receive(sb(1, ';US-ASCII'))
  assert.is(line.telnet.encoding, 'ascii')
})

suit.run()
