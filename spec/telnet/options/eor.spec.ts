import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { eor } from '../../../lib/telnet/index.js'
import { hex, Line } from '../harness.js'

const record = suite('telnet/options/eor')

record('EOR is offered by us, and refused to the peer', () => {
  const peer = new Line({ options: [eor] }).receive(hex('FF F1'))
  assert.is(peer.takeSent(), 'FF FB 19')
  peer.receive(hex('FF FB 19'))
  assert.is(peer.takeSent(), 'FF FE 19')
  peer.receive(hex('FF FD 19'))
  assert.is(peer.takeSent(), '')
  assert.ok(peer.telnet.isEnabled('us', 25))
})

record("a peer's own EOR is nothing", () => {
  const peer = new Line({ options: [] }).receive(hex('a FF EF b'))
  assert.is(peer.text, 'ab')
  assert.is(peer.takeSent(), '')
})

record.run()
