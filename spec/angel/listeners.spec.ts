import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Listeners } from '../../lib/angel/listeners.js'
import { systemClock } from '../../lib/clock.js'
import { certificate, folder } from '../support/certificates.js'
import { rejection } from '../support/service.js'

const test = suite('angel/listeners')

test('a socket is not opened before it is known what is spoken on it', async () => {
  const listeners = new Listeners({ admits: () => true, accepted: () => {}, warn: () => {} }, systemClock)
  const tls = { cert: '/none', key: '/none', handshakeTimeout: 1, maxHandshakes: 1, checkEvery: 1 }
  const claiming = rejection(listeners.claim({}, { address: { host: '127.0.0.1', port: 0 }, tls }))
  assert.is(((await claiming) as { code?: string }).code, 'MARA_CERTIFICATE')
  const { addresses } = listeners
  listeners.closeAll()
  assert.equal(addresses, [])
})

test('a worker gets the socket that it has asked for, and another one the same', async () => {
  const listeners = new Listeners({ admits: () => true, accepted: () => {}, warn: () => {} }, systemClock)
  const description = { address: { host: '127.0.0.1', port: 0 } }
  const one = {}
  const other = {}
  const [mine, yours] = await Promise.all([
    listeners.claim(one, description),
    listeners.claim(other, description),
  ])
  assert.is(mine, yours)
  listeners.release(one, mine.name)
  assert.is(listeners.addresses.length, 1)
  listeners.release(other, mine.name)
  assert.equal(listeners.addresses, [])
})

test('a socket that is being asked for is not closed because another worker lets go of it', async () => {
  const listeners = new Listeners({ admits: () => true, accepted: () => {}, warn: () => {} }, systemClock)
  const tls = {
    ...certificate(folder(), 'own'),
    handshakeTimeout: 1_000,
    maxHandshakes: 10,
    checkEvery: 1_000_000,
  }
  const [one, two] = [{}, {}]
  const address = { host: '127.0.0.1', port: 0 }
  const first = await listeners.claim(one, { address, tls })
  const claiming = listeners.claim(two, { address, tls: { ...tls, maxHandshakes: 11 } })
  listeners.release(one, first.name)
  const { name } = await claiming
  assert.equal(listeners.names, [name])
  assert.ok(listeners.isClaimed(two, name))
  listeners.closeAll()
})

test.run()
