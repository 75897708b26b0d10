import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultOptions } from '../../../lib/telnet/index.js'
import { acquainted, cuts, hex } from '../harness.js'

const mark = suite('telnet/options/timing-mark')

mark('Ctrl-C is an event, and then the timing mark that the client waits for, at every cut', () => {
  for (const chunks of cuts(hex('a FF F4 FF FD 06 b'))) {
    const peer = acquainted({ options: defaultOptions }).receive(...chunks)
    assert.equal(peer.log.lines, ['text 61', 'event {"type":"interrupt"}', 'sent FF FB 06', 'text 62'])
  }
})

mark('every interrupt gets its mark: a mark is no state', () => {
  const peer = acquainted({ options: defaultOptions })
  peer.receive(hex('FF F4 FF FD 06 FF F4 FF FD 06 FF FE 06 FF FD 06 a FF FD 06'), hex('a'), hex('FF FD 06'))
  assert.is(peer.takeSent(), Array(5).fill('FF FB 06').join(' '))
  assert.equal(
    peer.takeEvents().map(({ type }) => type),
    ['interrupt', 'interrupt'],
  )
})

mark('a peer that answers our WILL with DO is not answered again, so that it ends', () => {
  const peer = acquainted({ options: defaultOptions })
  peer.receive(hex('FF F4 FF FD 06')).restart()
  assert.is(peer.takeSent(), 'FF FB 06')
  peer.receive(hex('FF FD 06')).restart().receive(hex('FF FD 06'))
  assert.is(peer.takeSent(), '')
})

mark('a mark that was not asked for is ignored, which RFC 860 says by DONT', () => {
  const peer = acquainted({ options: defaultOptions }).receive(hex('FF FB 06 FF FC 06'))
  assert.is(peer.takeSent(), 'FF FE 06')
})

mark('without the option a DO is refused, which is an answer too (RFC 860)', () => {
  assert.is(acquainted().receive(hex('FF FD 06')).takeSent(), 'FF FC 06')
})

mark.run()
