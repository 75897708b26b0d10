import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Servers } from '../../lib/runtime/options.js'
import { serversOf } from '../../lib/runtime/servers.js'
import type { SettingsInput } from '../../lib/settings/core.js'
import { coreSettings as settings } from '../support/settings.js'

/** The server of a program that names none. */
const defaultServer = (input: SettingsInput): string => String(serversOf(undefined, settings(input)).servers)

test('a program that names no server has one on a TCP port, on a Unix socket where a path is set', () => {
  assert.is(defaultServer({ port: 7000, host: '::1' }), '[::1]:7000')
  assert.is(defaultServer({ path: '/run/chat.sock', port: 7000 }), '/run/chat.sock')
})

test('it speaks TLS where a certificate or a key is set', () => {
  for (const files of [
    { tlsCert: 'cert.pem', tlsKey: 'key.pem' },
    { tlsCert: 'cert.pem' },
    { tlsKey: 'key.pem' },
  ]) {
    assert.match(defaultServer({ port: 7000, ...files }), /TLS/)
    assert.match(defaultServer({ path: '/run/chat.sock', ...files }), /TLS/)
  }
})

test('where a program names its servers, settings of the default one count for nothing, if anybody has set them', () => {
  const unused = (input: SettingsInput, list: Servers = []) => serversOf([list], settings(input)).unused
  assert.equal(unused({}), [])
  assert.equal(unused({ port: 0, drain: 5 }), [])
  const all = { port: 7000, host: '::1', path: '/run/chat.sock', tlsCert: 'cert.pem', tlsKey: 'key.pem' }
  assert.equal(unused(all), Object.keys(all))
  assert.equal(
    unused(all, () => []),
    [],
    'servers that are made of the settings may have used them',
  )
})

test.run()
