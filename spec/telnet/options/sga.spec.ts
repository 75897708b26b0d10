import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultOptions, OPTION, sga } from '../../../lib/telnet/index.js'
import { acquainted, hex } from '../harness.js'

const suppress = suite('telnet/options/sga')

suppress('DO SGA is refused, so that PuTTY and telnet go on editing lines', () => {
  const peer = acquainted({ options: defaultOptions }).receive(hex('FF FD 03'))
  assert.is(peer.takeSent(), 'FF FC 03')
})

suppress('a client that needs no GA from itself is agreed with', () => {
  const peer = acquainted({ options: defaultOptions }).receive(hex('FF FB 03'))
  assert.is(peer.takeSent(), 'FF FD 03')
})

suppress('a service that wants single keys asks for it, and then DO SGA is agreed with', () => {
  const peer = acquainted({ options: defaultOptions })
  peer.telnet.request('us', OPTION.SGA, true)
  assert.is(peer.takeSent(), 'FF FB 03')
  peer.receive(hex('FF FD 03'))
  assert.is(peer.takeSent(), '')
  assert.ok(peer.telnet.isEnabled('us', OPTION.SGA))
  assert.is(peer.telnet.endOfPrompt(), undefined)
})

suppress('a service can have it the way of RFC 1123', () => {
  const peer = acquainted({ options: [{ ...sga, us: 'accept' }] }).receive(hex('FF FD 03'))
  assert.is(peer.takeSent(), 'FF FB 03')
})

suppress.run()
