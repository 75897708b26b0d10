import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { OPTION, binary as option } from '../../../lib/telnet/index.js'
import { acquainted, hex, Line } from '../harness.js'

const binary = suite('telnet/options/binary')

/** As if it were not asked for. */
const accepted = { ...option, them: 'accept' } as const

binary('the client is asked for BINARY, and a service is not what has to send it', () => {
  const line = new Line({ options: [option] })
  line.receive(hex('FF F1'))
  assert.is(line.takeSent(), 'FF FD 00')
  line.receive(hex('FF FB 00'))
  assert.ok(line.telnet.isEnabled('them', OPTION.BINARY))
  assert.not.ok(line.telnet.isEnabled('us', OPTION.BINARY))
  assert.is(line.takeSent(), '')
})

binary('BINARY is agreed to on either side, and told in its place in the stream', () => {
  const peer = acquainted({ options: [accepted] }).receive(hex('a FF FB 00 C3 A9 FF FD 00 b'))
  assert.equal(peer.log.lines, [
    'text 61',
    'sent FF FD 00',
    'event {"type":"negotiated","option":0,"side":"them","enabled":true}',
    'text C3 A9',
    'sent FF FB 00',
    'event {"type":"negotiated","option":0,"side":"us","enabled":true}',
    'text 62',
  ])
  assert.is(peer.telnet.encoding, 'utf-8')
})

binary('a client that ends what it began is acknowledged, and has refused nobody', () => {
  const peer = acquainted({ options: [accepted] }).receive(hex('FF FB 00 FF FC 00'))
  assert.is(peer.takeSent(), 'FF FD 00 FF FE 00')
  assert.equal(peer.takeEvents(), [
    { type: 'negotiated', option: 0, side: 'them', enabled: true },
    { type: 'negotiated', option: 0, side: 'them', enabled: false },
  ])
})

binary.run()
