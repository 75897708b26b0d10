import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseTarget } from '../../lib/bench/target.js'

const spec = suite('bench/target')

const trust = { insecure: false }

spec('a target is a port, with a host and a scheme or without', () => {
  assert.equal(parseTarget('127.0.0.1:9000', trust), { host: '127.0.0.1', port: 9000 })
  assert.equal(parseTarget(':9000', trust), { host: '127.0.0.1', port: 9000 })
  assert.equal(parseTarget('9000', trust), { host: '127.0.0.1', port: 9000 })
  assert.equal(parseTarget('tcp://mud.example.org:4000', trust), { host: 'mud.example.org', port: 4000 })
  assert.equal(parseTarget('[::1]:9000', trust), { host: '::1', port: 9000 })
  assert.equal(parseTarget('tls://localhost:9001', { insecure: true, ca: 'CA' }), {
    host: 'localhost',
    port: 9001,
    tls: { ca: 'CA', rejectUnauthorized: false },
  })
})

spec('a target is the path of a socket', () => {
  assert.equal(parseTarget('/run/mara.sock', trust), { path: '/run/mara.sock' })
  assert.equal(parseTarget('./mara.sock', trust), { path: './mara.sock' })
  assert.equal(parseTarget('unix:mara.sock', trust), { path: 'mara.sock' })
  assert.equal(parseTarget('unix:///run/mara.sock', trust), { path: '/run/mara.sock' })
})

spec('a target is the URL of a WebSocket', () => {
  assert.equal(parseTarget('ws://127.0.0.1:9002/chat', trust), { url: 'ws://127.0.0.1:9002/chat', tls: {} })
})

spec('all else is none', () => {
  for (const text of [
    '',
    'localhost',
    '127.0.0.1:0',
    '127.0.0.1:70000',
    'http://x:80',
    'a b:90',
    'unix:',
    '::1:90',
  ]) {
    assert.is(parseTarget(text, trust), undefined, text)
  }
})

spec.run()
