import { InvalidOptionError } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TrustedProxies } from '../../lib/transport/trusted-proxies.js'

const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'])
const from = (forwarded?: string, proto?: string) => ({
  headers: {
    ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }),
    ...(proto !== undefined && { 'x-forwarded-proto': proto }),
  },
})

test('whoever is no trusted proxy is taken for what it is, whatever it says', () => {
  assert.is(proxies.addressOf('192.0.2.1', from('198.51.100.7')), '192.0.2.1')
  assert.is(new TrustedProxies([]).addressOf('127.0.0.1', from('198.51.100.7')), '127.0.0.1')
  assert.is(proxies.addressOf(undefined, from('198.51.100.7')), undefined)
  assert.is(proxies.isSecure('192.0.2.1', from(undefined, 'https')), false)
})

test('a trusted proxy says from whom it has the request, and a chain of them is followed back', () => {
  assert.is(proxies.addressOf('127.0.0.1', from('198.51.100.7')), '198.51.100.7')
  assert.is(proxies.addressOf('10.1.2.3', from('198.51.100.7, 10.9.9.9')), '198.51.100.7')
  assert.is(proxies.addressOf('::1', from('2001:db8::5,fd00::1')), '2001:db8::5')
})

test('what stands before the first that is not trusted may be an invention', () => {
  assert.is(proxies.addressOf('127.0.0.1', from('10.0.0.1, 1.1.1.1, 198.51.100.7')), '198.51.100.7')
})

test('rubbish ends the chain, and ports and brackets are none of the address', () => {
  for (const rubbish of ['', 'unknown', '198.51.100.7, who', ',,,', '999.1.1.1']) {
    assert.is(proxies.addressOf('127.0.0.1', from(rubbish)), '127.0.0.1')
  }
  assert.is(proxies.addressOf('127.0.0.1', from()), '127.0.0.1')
  assert.is(proxies.addressOf('127.0.0.1', from('198.51.100.7:1234')), '198.51.100.7')
  assert.is(proxies.addressOf('127.0.0.1', from('[2001:db8::5]:1234')), '2001:db8::5')
  assert.is(proxies.addressOf('127.0.0.1', from('::ffff:198.51.100.7')), '198.51.100.7')
  assert.is(proxies.addressOf('127.0.0.1', from('127.0.0.1, 127.0.0.1')), '127.0.0.1')
})

test('a trusted proxy that was asked over TLS says so', () => {
  assert.is(proxies.isSecure('127.0.0.1', from(undefined, 'https')), true)
  assert.is(proxies.isSecure('127.0.0.1', from(undefined, 'https, HTTP')), false)
  assert.is(proxies.isSecure('127.0.0.1', from()), false)
})

test('what is no address and no network is refused by name', () => {
  for (const bad of [
    '',
    'proxy.example.org',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '::/129',
    '1.1.1.1/-1',
  ]) {
    assert.throws(
      () => new TrustedProxies([bad]),
      (error: unknown) => error instanceof InvalidOptionError && error.message.includes('trustedProxies'),
      bad,
    )
  }
})

test.run()
