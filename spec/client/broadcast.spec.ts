import { Duplex } from 'node:stream'
import { red } from 'mara-ts/styles'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Broadcast } from '../../lib/client/broadcast.js'
import { type AnyClient, Client, channelOf } from '../../lib/client/client.js'
import { systemClock } from '../../lib/clock.js'
import { defaultLimits } from '../../lib/limits.js'
import { Counters } from '../../lib/observability/counters.js'
import { bytes, lines } from '../../lib/protocol/index.js'
import { Executor } from '../../lib/runtime/executor.js'
import { TelnetSettings } from '../../lib/telnet/index.js'
import { DuplexConnection } from '../../lib/transport/duplex.js'

/** A client that keeps what it is sent as it is sent. */
function listener({ raw = false, telnet = false } = {}): {
  client: AnyClient
  sent: (string | Uint8Array)[]
} {
  const client = new Client({
    id: 1,
    connection: new DuplexConnection(
      new Duplex({ read() {}, write: (_chunk, _encoding, callback) => callback() }),
    ),
    protocol: raw ? bytes : lines,
    settings: {
      executor: new Executor(),
      counters: new Counters(),
      clock: systemClock,
      limits: defaultLimits,
      sanitize: true,
      ...(telnet && { telnet: new TelnetSettings() }),
    },
  }) as AnyClient
  const sent: (string | Uint8Array)[] = []
  channelOf(client).send = (data) => void sent.push(data)
  return { client, sent }
}

test('all who read the same bytes get the very same buffer', () => {
  const [a, b] = [listener(), listener()]
  const broadcast = new Broadcast(['one', 'two'])
  broadcast.sendTo(a.client)
  broadcast.sendTo(b.client)
  assert.is(String(a.sent[0]), 'one\r\ntwo\r\n')
  assert.is(a.sent[0], b.sent[0])
})

test('raw clients get lines as they are written, without endings (rule 14)', () => {
  const { client, sent } = listener({ raw: true })
  new Broadcast(['one', Uint8Array.of(255), red('two')]).sendTo(client)
  assert.equal(Buffer.from(sent[0] as Uint8Array), Buffer.from('one\xfftwo', 'latin1'))
})

test('each client gets what its own protocol makes of it, also where only the protocol differs', () => {
  const listeners = [{ telnet: true }, { raw: true }, {}, { telnet: true }].map(listener)
  const broadcast = new Broadcast(['one', Uint8Array.of(255)])
  for (const { client } of listeners) broadcast.sendTo(client)
  const sent = listeners.map((one) => Buffer.from(one.sent[0] as Uint8Array).toString('latin1'))
  assert.equal(sent, ['one\r\n\xff\xff', 'one\xff', 'one\r\n\xff', 'one\r\n\xff\xff'])
})

test('what one client says is no telnet to another, whichever character set that has agreed on', () => {
  const { client, sent } = listener({ telnet: true })
  const { protocol } = channelOf(client)
  protocol.receive(Buffer.from('\xff\xfb\x2a\xff\xfa\x2a\x01;ISO-8859-1\xff\xf0', 'latin1'))
  assert.is(protocol.encoding, 'latin1')
  sent.length = 0
  new Broadcast(['ÿúÉCore.Goodbyeÿð', red('ÿ'), Uint8Array.of(255)]).sendTo(client)
  const doubled = 'ÿÿúÉCore.Goodbyeÿÿð\r\nÿÿ\r\nÿÿ'
  assert.is(Buffer.from(sent[0] as Uint8Array).toString('latin1'), doubled)
})

test('styled text is plain for whom nothing is known of', () => {
  const { client, sent } = listener()
  new Broadcast([red('fire'), 'plain'], { newline: false }).sendTo(client)
  assert.is(String(sent[0]), 'fireplain')
})

test('styled text looks as each screen can show it, and is ready once for all screens of a kind', () => {
  const listeners = [16, 'none', 16].map((colours) => {
    const one = listener()
    const telnet = { terminal: { colours, columns: 80 } }
    Object.defineProperty(channelOf(one.client).protocol, 'telnet', { value: telnet })
    return one
  })
  const broadcast = new Broadcast([red('fire')], { newline: false })
  for (const { client } of listeners) broadcast.sendTo(client)
  const [colour, plain, sameAgain] = listeners.map(({ sent }) => sent[0])
  assert.ok(String(colour).endsWith('mfire\x1b[0m'))
  assert.is(String(plain), 'fire')
  assert.is(sameAgain, colour)
})

test('a broadcast asks for the terminal where it is styled, and only there', () => {
  let asked = 0
  const { client } = listener()
  channelOf(client).protocol.needTerminal = () => void asked++
  new Broadcast(['plain']).sendTo(client)
  assert.is(asked, 0)
  new Broadcast([red('fire')]).sendTo(client)
  assert.is(asked, 1)
})

test('bytes that were broadcast may be used again at once', () => {
  const { client, sent } = listener()
  const chunk = Uint8Array.of(1, 2, 3)
  new Broadcast([chunk]).sendTo(client)
  chunk.fill(0)
  assert.equal([...(sent[0] as Uint8Array)], [1, 2, 3])
})

test.run()
