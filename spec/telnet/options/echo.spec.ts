import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultOptions } from '../../../lib/telnet/index.js'
import { acquainted, hex } from '../harness.js'

const echo = suite('telnet/options/echo')
const line = () => acquainted({ options: defaultOptions })

echo("a client's DO ECHO is refused except while the service hides input", () => {
  const peer = line()
  peer.receive(hex('FF FD 01'))
  assert.is(peer.takeSent(), 'FF FC 01')
  peer.telnet.hideInput()
  peer.takeSent()
  peer.receive(hex('FF FD 01'))
  assert.is(peer.takeSent(), '')
  assert.ok(peer.telnet.isEnabled('us', 1))
  peer.telnet.showInput()
  peer.receive(hex('FF FE 01'))
  peer.takeSent()
  peer.receive(hex('FF FD 01'))
  assert.is(peer.takeSent(), 'FF FC 01')
})

echo('a client that refused while input is hidden may still think better of it', () => {
  const peer = line()
  peer.telnet.hideInput()
  peer.receive(hex('FF FE 01'))
  peer.takeSent()
  peer.receive(hex('FF FD 01'))
  assert.is(peer.takeSent(), 'FF FB 01')
  assert.ok(peer.telnet.isEnabled('us', 1))
})

echo('a client that would echo us is refused always', () => {
  const peer = line()
  peer.receive(hex('FF FB 01'))
  assert.is(peer.takeSent(), 'FF FE 01')
  peer.telnet.hideInput()
  peer.takeSent()
  peer.receive(hex('FF FB 01'))
  assert.is(peer.takeSent(), 'FF FE 01')
})

echo.run()
