import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultServer, serverSettingsIn } from '../../lib/runtime/default-server.js'
import { coreSettings as settings } from '../support/settings.js'

test('a program that names no server has one on a TCP port, on a Unix socket where a path is set', () => {
  assert.is(String(defaultServer(settings({ port: 7000, host: '::1' }))), '[::1]:7000')
  assert.is(String(defaultServer(settings({ path: '/run/chat.sock', port: 7000 }))), '/run/chat.sock')
})

test('it speaks TLS where a certificate or a key is set', () => {
  for (const files of [
    { tlsCert: 'cert.pem', tlsKey: 'key.pem' },
    { tlsCert: 'cert.pem' },
    { tlsKey: 'key.pem' },
  ]) {
    assert.match(String(defaultServer(settings({ port: 7000, ...files }))), /TLS/)
    assert.match(String(defaultServer(settings({ path: '/run/chat.sock', ...files }))), /TLS/)
  }
})

test('settings of the default server are told apart from those that nobody has set', () => {
  assert.equal(serverSettingsIn(settings()), [])
  assert.equal(serverSettingsIn(settings({ port: 0, drain: 5 })), [])
  const all = { port: 7000, host: '::1', path: '/run/chat.sock', tlsCert: 'cert.pem', tlsKey: 'key.pem' }
  assert.equal(serverSettingsIn(settings(all)), Object.keys(all))
})

test.run()
