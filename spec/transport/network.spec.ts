import fc from 'fast-check'
import { InvalidOptionError } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { networkOf } from '../../lib/transport/network.js'

test('an address of IPv4 counts by itself, and so does what is no address', () => {
  for (const address of ['192.0.2.1', '127.0.0.1', '', 'somewhere']) assert.is(networkOf(address), address)
})

test('what is no text is refused', () => {
  assert.throws(
    () => networkOf(undefined as never),
    (error: unknown) => error instanceof InvalidOptionError,
  )
})

test('addresses of IPv6 count together where their first 64 bits are the same, however they are written', () => {
  const same = [
    '2001:db8:0:7::',
    '2001:db8:0:7::1',
    '2001:0DB8:0000:0007:ffff:ffff:ffff:ffff',
    '2001:db8::7:1:2:3:4',
    '2001:db8:0:7:1:2:192.0.2.1',
    '2001:db8:0:7::1%eth0',
  ]
  for (const address of same) assert.is(networkOf(address), '2001:db8:0:7::/64', address)
  assert.is(networkOf('2001:db8:0:8::1'), '2001:db8:0:8::/64')
})

test('the network is that of the first four of eight groups, wherever zeros are left out', () => {
  const group = fc.constantFrom('0', '1', 'f', 'ab', '2001', 'ffff')
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const first = groups.slice(0, 4).join(':')
      fc.pre(first !== '0:0:0:0')
      const network = `${first}::/64`
      const { hostname } = new URL(`http://[${groups.join(':')}]`)
      assert.is(networkOf(groups.join(':')), network)
      // As short as it can be written.
      assert.is(networkOf(hostname.slice(1, -1)), network)
    }),
  )
})

test('this machine, and each address of IPv4 in the form of IPv6, count by themselves', () => {
  for (const address of ['::1', '::ffff:192.0.2.1', '::ffff:192.0.2.2', '0:0:0:0:0:ffff:c000:201'])
    assert.is(networkOf(address), address)
})

test('each address of a link, and of IPv4 behind a translator, counts by itself', () => {
  for (const address of ['fe80::1%eth0', 'fe80::2', 'FEBF::1', '64:ff9b::192.0.2.1', '64:ff9b::c000:201'])
    assert.is(networkOf(address), address)
})

test.run()
