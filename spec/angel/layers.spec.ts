import { once } from 'node:events'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import nodeTls from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Layers, type LayersDescription } from '../../lib/angel/layers.js'
import { FakeClock } from '../../lib/testing/clock.js'
import { memoryPair } from '../../lib/transport/memory.js'
import type { ConnectionInfo } from '../../lib/transport/server.js'
import { certificate, folder, read } from '../support/certificates.js'
import { deferred, rejection, turns } from '../support/service.js'

const test = suite('angel/layers')

const home = folder()
const pair = certificate(home, 'own')

const tls = { ...pair, handshakeTimeout: 1_000, maxHandshakes: 10, checkEvery: 1_000_000 }
const websocket = {
  path: '/',
  trustedProxies: [],
  ping: 1_000_000,
  idle: 1_000_000,
  maxPayload: 1_000,
  handshakeTimeout: 1_000,
  maxHandshakes: 10,
  text: true,
}

interface Out {
  readonly connection: Duplex
  readonly info: ConnectionInfo
}

/** Layers, and what has come out of them. */
async function opened(description: LayersDescription, clock = new FakeClock(Date.now())) {
  const layers = new Layers(description, clock)
  const out: Out[] = []
  const warnings: string[] = []
  let wake = (): void => {}
  await layers.open({
    connection: (connection, info) => {
      out.push({ connection, info })
      wake()
    },
    warn: (message) => void warnings.push(message),
  })
  const comesOut = async (): Promise<Out> => {
    while (out.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return out.shift() as Out
  }
  return { layers, clock, out, warnings, comesOut }
}

/** Two ends of a TCP connection. */
async function tcpPair(): Promise<[ours: net.Socket, theirs: net.Socket]> {
  const server = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const theirs = net.connect({ port: (server.address() as net.AddressInfo).port, host: '127.0.0.1' })
  const [ours] = (await once(server, 'connection')) as [net.Socket]
  server.close()
  for (const socket of [ours, theirs]) socket.on('error', () => {})
  return [ours, theirs]
}

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: text\r\n\r\n'

/** Reads up to `end`. */
async function until(peer: Duplex, end: string): Promise<string> {
  let text = ''
  peer.setEncoding('latin1')
  for (;;) {
    text += peer.read() ?? ''
    if (text.includes(end)) return text
    await once(peer, 'readable')
  }
}

/** What `UPGRADE` is answered with. */
const answer = (peer: Duplex): Promise<string> => until(peer, '\r\n\r\n')

test('where nothing is spoken, what is taken comes out at once, with all that is known of it', async () => {
  const { layers, out } = await opened({})
  const [ours] = memoryPair()
  const info = { remoteAddress: '192.0.2.1' }
  layers.take(ours, info)
  assert.is(out[0]?.connection, ours)
  assert.equal(out[0]?.info, info)
})

test('what was described in the same way has the same key, and what differs in anything has another one', () => {
  const clock = new FakeClock()
  const descriptions: LayersDescription[] = [
    {},
    { tls },
    { websocket },
    { tls, websocket },
    { tls: { ...tls, passphrase: 'secret' } },
    { tls: { ...tls, handshakeTimeout: 999 } },
    { websocket: { ...websocket, text: false } },
    { websocket: { ...websocket, origins: [] } },
  ]
  const keys = descriptions.map((description) => new Layers(description, clock).key)
  assert.is(new Set(keys).size, descriptions.length)
  assert.equal(
    descriptions.map((description) => new Layers(structuredClone(description), clock).key),
    keys,
  )
})

test('a WebSocket comes out when both sides have agreed, and not before', async () => {
  const { layers, out, comesOut } = await opened({ websocket })
  const [ours, theirs] = memoryPair()
  layers.take(ours, { remoteAddress: '192.0.2.1' })
  theirs.write(UPGRADE.slice(0, -2))
  await turns(20)
  assert.equal(out, [])
  theirs.write(UPGRADE.slice(-2))
  assert.match(await answer(theirs), /^HTTP\/1\.1 101 /)
  const { info } = await comesOut()
  assert.is(info.protocol?.name, 'text')
  layers.close()
  theirs.destroy()
})

/** How many of so many sockets from there were closed at once. */
async function turnedAway(layers: Layers, count: number, remoteAddress: string): Promise<number> {
  const socket = (): Duplex => memoryPair()[0]
  const sockets = Array.from({ length: count }, socket)
  for (const one of sockets) layers.take(one, { remoteAddress })
  return sockets.filter(({ destroyed }) => destroyed).length
}

test('handshakes are limited by network from elsewhere, and from this machine where the limit is set', async () => {
  const most = 1_000
  const { layers } = await opened({ tls: { ...tls, maxHandshakes: 10_000 } })
  assert.is(await turnedAway(layers, most + 5, '192.0.2.1'), 5)
  assert.is(await turnedAway(layers, most, '2001:db8::1'), 0)
  assert.is(await turnedAway(layers, 5, '2001:db8::2'), 5)
  assert.is(await turnedAway(layers, most + 5, '127.0.0.1'), 0)
  layers.close()
  const strict = await opened({ tls: { ...tls, maxHandshakeRate: 2 } })
  assert.is(await turnedAway(strict.layers, 5, '127.0.0.1'), 3)
  strict.layers.close()
})

test('a trusted proxy asks for as many handshakes as its clients need', async () => {
  const trusting = { ...websocket, trustedProxies: ['192.0.2.0/24'] }
  const { layers } = await opened({ tls: { ...tls, maxHandshakeRate: 2 }, websocket: trusting })
  assert.is(await turnedAway(layers, 5, '192.0.2.1'), 0)
  assert.is(await turnedAway(layers, 5, '192.0.3.1'), 3)
  layers.close()
})

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n'

for (const [what, request] of [
  ['a page', `${GET}\r\n`],
  ['what is asked for along with another protocol', `${GET}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`],
] as const) {
  test(`a connection is closed as soon as ${what} is sent, though its peer keeps it open`, async () => {
    const { layers } = await opened({ websocket })
    const [ours, theirs] = await tcpPair()
    const closed = new Promise((resolve) => {
      ours.once('close', () => resolve('closed')).once('timeout', () => resolve('closed by a timer'))
    })
    theirs.allowHalfOpen = true
    layers.take(ours, {})
    theirs.resume().write(request)
    assert.is(await closed, 'closed')
    theirs.destroy()
    layers.close()
  })
}

test('a connection is ended as soon as an answer is sent, and stays while a body is on its way', async () => {
  const { layers } = await opened({ websocket })
  const [ours, theirs] = await tcpPair()
  theirs.allowHalfOpen = true
  layers.take(ours, {})
  const timedOut = once(ours, 'timeout').then(() => 'by a timer')
  theirs.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(900_000)}`)
  const ended = once(theirs.resume(), 'end').then(() => 'at once')
  assert.is(await Promise.race([ended, timedOut]), 'at once')
  assert.is(ours.destroyed, false)
  theirs.destroy()
  ours.destroy()
  layers.close()
})

test('TLS comes out when both sides have agreed, and is known to be secure', async () => {
  const { layers, comesOut } = await opened({ tls })
  const [ours, theirs] = await tcpPair()
  layers.take(ours, {})
  const secured = nodeTls.connect({ socket: theirs, ca: read(pair).cert, servername: 'localhost' })
  const { connection, info } = await comesOut()
  assert.equal([info.secure, info.remoteAddress], [true, '127.0.0.1'])
  connection.end('hello')
  secured.setEncoding('latin1')
  assert.equal(await once(secured, 'data'), ['hello'])
  layers.close()
  secured.destroy()
})

test('a WebSocket within TLS comes out once, as what both of them make of it', async () => {
  const { layers, comesOut, out } = await opened({ tls, websocket })
  const [ours, theirs] = await tcpPair()
  layers.take(ours, {})
  const secured = nodeTls.connect({ socket: theirs, ca: read(pair).cert, servername: 'localhost' })
  secured.write(UPGRADE)
  assert.match(await answer(secured), /^HTTP\/1\.1 101 /)
  assert.is((await comesOut()).info.secure, true)
  assert.equal(out, [])
  layers.close()
  secured.destroy()
})

test('to close them closes those that have not agreed yet, and leaves those that have', async () => {
  const { layers, comesOut } = await opened({ websocket })
  const [ours, theirs] = memoryPair()
  layers.take(ours, {})
  theirs.write(UPGRADE)
  await answer(theirs)
  const { connection } = await comesOut()

  const [late, latecomer] = memoryPair()
  latecomer.resume()
  layers.take(late, {})
  await turns()
  layers.close()
  await once(latecomer, 'close')
  await turns(10)
  assert.not(connection.destroyed)
  connection.write('still here\r\n')
  await until(theirs, 'still here')
  theirs.destroy()
})

test('to close them twice, or before they were open, does nothing', async () => {
  const { layers } = await opened({ tls, websocket })
  layers.close()
  layers.close()
  new Layers({ tls, websocket }, new FakeClock()).close()
})

test('who never says a word is closed when the time for it is over', async () => {
  for (const description of [{ tls }, { websocket }]) {
    const { layers, clock } = await opened(description)
    const [ours, theirs] = await tcpPair()
    const gone = deferred()
    theirs.resume().once('close', () => gone.resolve())
    layers.take(ours, {})
    await clock.advance(999)
    assert.not(ours.destroyed)
    await clock.advance(1)
    await gone.promise
    layers.close()
  }
})

test('where the certificate can not be read they do not open, and it is said why', async () => {
  for (const [files, code] of [
    [{ cert: `${home}/none`, key: pair.key }, 'MARA_CERTIFICATE'],
    [{ cert: pair.key, key: pair.key }, 'MARA_CERTIFICATE'],
  ] as const) {
    const layers = new Layers({ tls: { ...tls, ...files } }, new FakeClock())
    const error = await rejection(layers.open({ connection: () => {}, warn: () => {} }))
    assert.is((error as { code?: string }).code, code)
  }
})

test('an expired certificate is warned of, and spoken with all the same', async () => {
  const { warnings, layers } = await opened({ tls }, new FakeClock(new Date('2999-01-01')))
  assert.match(warnings.join(), /has expired/)
  layers.close()
})

test.run()
