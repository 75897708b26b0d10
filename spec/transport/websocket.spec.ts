// time limit: 200 s
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Client,
  ClientDisconnectedError,
  events,
  InvalidOptionError,
  Service,
  type StartOptions,
  type WebSocketOptions,
  websocket,
} from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ClientOptions, WebSocket } from 'ws'
import { FakeClock } from '../../lib/testing/clock.js'
import { certificate, folder, read } from '../support/certificates.js'
import { quiet, stopAll, talkative, watched } from '../support/life.js'
import { Peer } from '../support/peer.js'
import { Random } from '../support/random.js'
import { Records } from '../support/records.js'
import { deferred, rejection, turns } from '../support/service.js'

const random = new Random(1)

const spec = suite('transport/websocket')
const TELNET = 'telnet.mudstandards.org'

/** A client with what has come to it. */
class Visitor {
  readonly socket: WebSocket
  readonly closed: Promise<number>
  readonly #messages: (string | Buffer)[] = []
  #wake: () => void = () => {}
  #over = false

  constructor(url: string, protocols: string | string[] = [], options: ClientOptions = {}) {
    this.socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options })
    this.socket.on('message', (data, isBinary) => {
      this.#messages.push(isBinary ? (data as Buffer) : String(data))
      this.#wake()
    })
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => {
        this.#over = true
        this.#wake()
        resolve(code)
      })
    })
    visitors.push(this)
  }

  static async open(url: string, protocols?: string | string[], options?: ClientOptions): Promise<Visitor> {
    const visitor = new Visitor(url, protocols, options)
    await once(visitor.socket, 'open')
    visitor.socket.on('error', () => {})
    return visitor
  }

  send(data: string | Uint8Array): void {
    this.socket.send(data)
  }

  async next(): Promise<string | Buffer> {
    for (;;) {
      const message = this.#messages.shift()
      if (message !== undefined) return message
      if (this.#over) throw new Error('it was closed before the message')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

const visitors: Visitor[] = []
spec.after.each(async () => {
  for (const { socket } of visitors.splice(0)) socket.terminate()
  await stopAll()
})

const urlOf = (service: { address: unknown }, scheme = 'ws'): string => {
  const { host, port } = service.address as { host: string; port: number }
  return `${scheme}://${host}:${port}/`
}

async function serving(
  options: WebSocketOptions = {},
  settings: StartOptions = {},
): Promise<{ service: Service; url: string; records: Records }> {
  const records = new Records()
  const service = talkative()
  await service.start({ ...quiet, log: records, servers: [websocket(options)], ...settings } as StartOptions)
  return { service, url: urlOf(service), records }
}

async function refused(url: string, protocols?: string | string[], options?: ClientOptions): Promise<string> {
  const visitor = new Visitor(url, protocols, options)
  return String(await once(visitor.socket, 'error').then(([error]) => error))
}

spec('text: each message is a line, and each turn of output is a message', async () => {
  const { service, url } = await serving()
  service.listen(events.Receive, ({ client, data }) => {
    if (data === 'more') client.write('a', 'b')
    if (data === 'more') client.write('prompt> ', { newline: false })
  })
  const visitor = await Visitor.open(url, 'text')
  assert.is(visitor.socket.protocol, 'text')
  visitor.send('hello')
  assert.is(await visitor.next(), 'got hello\n')
  visitor.send('more\r\n')
  assert.is(await visitor.next(), 'got more\na\nb\nprompt> ')
  visitor.send('')
  assert.is(await visitor.next(), 'got \n')
  visitor.send('\x1b[2Jzoë \u{1f600}')
  assert.is(await visitor.next(), 'got [2Jzoë \u{1f600}\n')
  const [client] = service.clients
  assert.is(client?.telnet, undefined)
  assert.is(client?.secure, false)
  assert.is(client?.remoteAddress, '127.0.0.1')
})

spec('text is what one gets that asks for nothing; bytes that a program writes become text', async () => {
  const { service, url } = await serving()
  service.listen(events.Connect, ({ client }) => client.write(Buffer.from('caf\xe9 ', 'latin1'), 'ok'))
  const visitor = await Visitor.open(url)
  assert.is(visitor.socket.protocol, '')
  assert.is(await visitor.next(), 'caf\ufffd ok\n')
})

spec('telnet: the bytes of a telnet connection, wherever messages are cut', async () => {
  const { service, url } = await serving({}, { telnet: true, telnetOffers: 'at-connect' })
  const visitor = await Visitor.open(url, ['unknown', TELNET, 'text'])
  assert.is(visitor.socket.protocol, TELNET)
  const offers = (await visitor.next()) as Buffer
  assert.is(offers[0], 0xff)
  const bytes = Buffer.from('\xff\xfb\x1f\xff\xfa\x1f\x00\x78\x00\x28\xff\xf0zo\xc3\xab\r\n', 'latin1')
  for (const byte of bytes) visitor.send(Buffer.from([byte]))
  let text = ''
  while (!text.includes('\r\n')) text += (await visitor.next()).toString('utf8')
  assert.match(text, 'got zoë\r\n')
  const [client] = service.clients
  assert.is(client?.terminal.columns, 120)
  visitor.send('a text message is taken as its bytes\r\n')
  assert.match((await visitor.next()).toString(), 'got a text message')
})

spec('raw: true gives chunks of bytes, and text has no place there', async () => {
  const service = watched(new Service<object, Uint8Array>())
  service.listen(events.Receive, ({ client, data }) => client.write(data))
  await service.start({ ...quiet, servers: [websocket({ raw: true })] })
  const visitor = await Visitor.open(urlOf(service))
  visitor.send(Buffer.from([0, 255, 1]))
  assert.equal(await visitor.next(), Buffer.from([0, 255, 1]))
  assert.match(await refused(urlOf(service), 'text'), 'Unexpected server response: 400')
})

spec('megabytes go both ways whole and in order, as fast as the other side takes them', async () => {
  const service = watched(new Service<object, Uint8Array>())
  let paused = 0
  service.listen(events.LimitExceeded, () => void paused++)
  service.listen(events.Receive, async ({ client, data }) => {
    client.write(data)
    await client.flush()
  })
  await service.start({ ...quiet, servers: [websocket({ raw: true })] })
  const visitor = await Visitor.open(urlOf(service), TELNET)
  const bytes = random.bytes(4_000_000)
  for (let at = 0; at < bytes.length; at += 50_000) visitor.send(bytes.subarray(at, at + 50_000))
  const chunks: Buffer[] = []
  for (let length = 0; length < bytes.length; length += (chunks.at(-1) as Buffer).length) {
    chunks.push((await visitor.next()) as Buffer)
  }
  assert.ok(Buffer.concat(chunks).equals(bytes))
  assert.ok(paused > 0, 'the inbox was full at times')
})

spec(
  'lines sent right before the peer closes or breaks off are delivered, then the end (rule 12)',
  async () => {
    for (const how of ['close', 'terminate'] as const) {
      const service = watched(new Service())
      const { promise: got, resolve } = deferred<string[]>()
      service.listen(events.Connect, async ({ client }) => {
        const lines: string[] = []
        try {
          for (;;) lines.push(await client.nextLine())
        } catch (error) {
          assert.instance(error, ClientDisconnectedError)
        }
        client.write('into the void')
        resolve(lines)
      })
      const over = deferred()
      service.listen(events.Disconnect, () => over.resolve())
      await service.start({ ...quiet, servers: [websocket()] })
      const visitor = await Visitor.open(urlOf(service), 'text')
      const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}`)
      for (const line of lines) visitor.send(line)
      if (how === 'terminate') await new Promise((sent) => visitor.socket.send('last', sent))
      visitor.socket[how](...([] as never[]))
      const all = await got
      assert.equal(all.slice(0, 1000), lines, how)
      await over.promise
      await service.stop({ drain: 0 })
    }
  },
)

spec('a client that is closed gets all it is owed, and 1000; at a stop it is 1001', async () => {
  const { service, url } = await serving()
  service.listen(events.Receive, ({ client, data }) => {
    if (data === 'quit') void client.close()
  })
  const visitor = await Visitor.open(url, 'text')
  visitor.send('quit')
  assert.is(await visitor.next(), 'got quit\n')
  assert.is(await visitor.closed, 1000)

  const other = await Visitor.open(url, 'text')
  service.listen(events.PreStop, () => service.writeAll('Bye.'))
  await service.stop({ drain: 0 })
  assert.is(await other.next(), 'Bye.\n')
  assert.is(await other.closed, 1001)
})

spec('a full service says so, and closes', async () => {
  const { url } = await serving({}, { maxConnections: 1 })
  await Visitor.open(url, 'text')
  const late = await Visitor.open(url, 'text')
  assert.match(String(await late.next()), 'full')
  await late.closed
})

spec('a peer that does not read is disconnected at maxUnsentBytes, also one that only pings', async () => {
  const { service, url } = await serving({}, { maxUnsentBytes: 100_000 })
  const limits: string[] = []
  service.listen(events.LimitExceeded, ({ limit }) => void limits.push(limit))
  const visitor = await Visitor.open(url, 'text')
  visitor.socket.pause()
  while (service.clients.size === 0) await turns(1)
  const [client] = service.clients
  const line = 'x'.repeat(60_000)
  while (client?.connected) {
    client.write(line)
    await turns(1)
  }
  assert.equal(limits, ['maxUnsentBytes'])

  const pinging = await Visitor.open(url, 'text')
  pinging.socket.pause()
  const data = Buffer.alloc(125)
  while (pinging.socket.readyState === WebSocket.OPEN) {
    for (let i = 0; i < 1000; i++) pinging.socket.ping(data, true, () => {})
    await turns(1)
    if (service.clients.size === 0 && pinging.socket.bufferedAmount > 1_000_000) break
  }
  while (service.clients.size > 0) await turns(1)
})

spec('breaking the protocol closes the connection with its code, and nothing else', async () => {
  const { service, url, records } = await serving({ maxPayload: 1000 })
  const tooBig = await Visitor.open(url, 'text')
  tooBig.send('x'.repeat(1001))
  assert.is(await tooBig.closed, 1009)
  // Each piece is kept until the message is whole, and takes more than the byte that it holds.
  const inPieces = await Visitor.open(url, 'text')
  for (let i = 0; i < 512; i++) inPieces.socket.send('x', { fin: i === 511 })
  assert.is(await inPieces.next(), `got ${'x'.repeat(512)}\n`)
  for (let i = 0; i < 513; i++) inPieces.socket.send('x', { fin: false })
  assert.is(await inPieces.closed, 1008)
  const binary = await Visitor.open(url, 'text')
  binary.send(Buffer.from('x'))
  assert.is(await binary.closed, 1003)

  const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n'
  const upgrade = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n`
  const broken = [
    Buffer.from([0x81, 0x01, 0x41]), // not masked
    Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), // reserved bits
    Buffer.from([0x83, 0x80, 0, 0, 0, 0]), // an unknown opcode
    Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), // no UTF-8
    Buffer.from([0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0]), // a ping that is too long
    Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x00, 0x01]), // a close code that is none
    Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), // endless
    random.bytes(500),
  ]
  for (const bytes of broken) {
    const peer = await Peer.connect(service)
    peer.send(upgrade)
    await peer.until('\r\n\r\n')
    peer.send(bytes)
    peer.end()
    await peer.closed
  }
  for (let i = 0; i < 50; i++) {
    const peer = await Peer.connect(service)
    peer.send(i % 2 === 0 ? random.bytes(100) : `${upgrade.slice(0, i * 3)}`)
    peer.end()
    await peer.closed
  }
  const visitor = await Visitor.open(url, 'text')
  visitor.send('hello')
  assert.is(await visitor.next(), 'got hello\n')
  while (service.clients.size > 1) await turns(1)
  assert.equal(records.problems, [])
})

spec('a hand-made handshake is answered as RFC 6455 says, with what came right behind it', async () => {
  const { service } = await serving()
  const peer = await Peer.connect(service)
  const head = 'GET /?x HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n'
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'
  const deflate = 'Sec-WebSocket-Extensions: permessage-deflate\r\n'
  const masked = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])
  peer.send(Buffer.concat([Buffer.from(`${head}${key}${deflate}\r\n`), masked]))
  const answer = await peer.until('\r\n\r\n')
  assert.match(answer, /^HTTP\/1\.1 101 /)
  assert.match(answer, 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n')
  assert.not.match(answer, /deflate/i)
  await peer.until('\x81\x07got hi\n')
  peer.send(Buffer.from([0x89, 0x81, 0, 0, 0, 0, 0x21]))
  await peer.until('\x8a\x01!')
  peer.send(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]))
  assert.is(await peer.rest(), '\x88\x02\x03\xe8')
})

spec(
  'pages of the same host may connect and those of others not, unless origins says otherwise',
  async () => {
    const { url } = await serving()
    const { host } = new URL(url)
    await Visitor.open(url, 'text', { origin: `http://${host}` })
    for (const origin of ['http://evil.example', `http://${host}0`, 'null', 'rubbish']) {
      assert.match(await refused(url, 'text', { origin }), '403', origin)
    }
    const { url: listed } = await serving({ origins: ['https://play.example.org'] })
    await Visitor.open(listed, 'text', { origin: 'https://play.example.org' })
    await Visitor.open(listed, 'text')
    for (const origin of [
      `http://${new URL(listed).host}`,
      'http://play.example.org',
      'https://play.example.org.evil.example',
    ]) {
      assert.match(await refused(listed, 'text', { origin }), '403', origin)
    }
    const { url: open } = await serving({ origins: ['*'] })
    await Visitor.open(open, 'text', { origin: 'https://anywhere.example' })
  },
)

spec('another path, and subprotocols that nobody speaks, are refused with why', async () => {
  const { service, url } = await serving({ path: '/play' })
  await Visitor.open(`${url}play?name=ann`, 'text')
  assert.match(await refused(url, 'text'), '404')
  assert.match(await refused(`${url}playground`, 'text'), '404')
  assert.match(await refused(`${url}play`, ['gmcp.mudstandards.org']), '400')
  assert.is(service.clients.size, 1)
})

spec('the address of a peer is the same as over TCP: IPv4 in its own form, on whatever host', async () => {
  const { service } = await serving({ host: '::' })
  const [address] = service.addresses
  const visitor = await Visitor.open(`ws://127.0.0.1:${address?.port}/`, 'text')
  visitor.send('hello')
  await visitor.next()
  const [client] = service.clients as Iterable<Client>
  assert.is(client?.remoteAddress, '127.0.0.1')
})

spec(
  'an address that a proxy tells is believed from those that are named, and from nobody else',
  async () => {
    const headers = { 'X-Forwarded-For': '10.9.9.9, 198.51.100.7', 'X-Forwarded-Proto': 'https' }
    for (const [trustedProxies, address] of [
      [[], '127.0.0.1'],
      [['127.0.0.0/8'], '198.51.100.7'],
    ] as const) {
      const { service, url } = await serving({ trustedProxies })
      const visitor = await Visitor.open(url, 'text', { headers })
      visitor.send('hello')
      await visitor.next()
      const [client] = service.clients as Iterable<Client>
      assert.is(client?.remoteAddress, address)
      assert.is(client?.secure, address !== '127.0.0.1')
    }
  },
)

spec('a peer that is gone without a word is closed, and one that only sends nothing is not', async () => {
  const clock = new FakeClock()
  const { service, url } = await serving({ ping: 1000, clock })
  const alive = await Visitor.open(url, 'text')
  alive.socket.on('ping', () => {})
  const dead = await Visitor.open(url, 'text', { autoPong: false })
  while (service.clients.size < 2) await turns(1)
  const asked = once(dead.socket, 'ping')
  const answered = once(alive.socket, 'ping')
  await clock.advance(1000)
  await asked
  await answered
  // The answer of the living is on its way by now: whatever it says next comes behind it.
  alive.send('hello')
  await alive.next()
  await clock.advance(1000)
  await dead.closed
  alive.send('hello')
  assert.is(await alive.next(), 'got hello\n')
})

spec('a peer that sends no message for too long is closed', async () => {
  const clock = new FakeClock()
  const { service, url } = await serving({ idle: 1000, clock })
  const visitor = await Visitor.open(url, 'text')
  while (service.clients.size < 1) await turns(1)
  await clock.advance(2000)
  assert.is(await visitor.closed, 1000)
})

spec(
  'who does not ask in time is closed, whatever trickles in, and the oldest where too many do',
  async () => {
    const clock = new FakeClock()
    const { service, url } = await serving({ clock, maxHandshakes: 2 })
    const slow = await Peer.connect(service)
    while (clock.pending < 1) await turns(1)
    slow.send('GET / HTTP/1.1\r\n')
    await clock.advance(9_000)
    slow.send('X-A: b\r\n')
    await turns()
    await clock.advance(1_000)
    await slow.closed
    const crowd: Peer[] = []
    for (let i = 0; i < 3; i++) crowd.push(await Peer.connect(service))
    await crowd[0]?.closed
    const visitor = await Visitor.open(url, 'text')
    await clock.advance(100_000)
    visitor.send('hello')
    assert.is(await visitor.next(), 'got hello\n')
    for (const peer of crowd) peer.destroy()
  },
)

spec(
  'GET / gives the page of webRoot on the same port, one request a connection; without one it is 426',
  async () => {
    const webRoot = mkdtempSync(join(tmpdir(), 'mara-web-'))
    writeFileSync(join(webRoot, 'index.html'), '<p>play')
    const { service, url } = await serving({ webRoot })
    const http = url.replace('ws:', 'http:')
    const page = await fetch(http)
    assert.is(page.status, 200)
    assert.is(await page.text(), '<p>play')
    assert.is(page.headers.get('connection'), 'close')
    // What curl --http2 and others offer, and a server may decline.
    const upgrading = await Peer.connect(service)
    upgrading.send(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    )
    assert.match(await upgrading.rest(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*<p>play$/)
    const peer = await Peer.connect(service)
    peer.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50))
    const answers = await peer.rest()
    assert.is(answers.split('<p>play').length, 2)
    const visitor = await Visitor.open(url, 'text')
    visitor.send('hello')
    assert.is(await visitor.next(), 'got hello\n')
    rmSync(webRoot, { recursive: true })

    const { url: bare } = await serving()
    assert.is((await fetch(bare.replace('ws:', 'http:'))).status, 426)
    const error = await rejection(serving({ webRoot: '/no/such/folder' }))
    assert.match(String(error), /webRoot: \/no\/such\/folder/)
  },
)

spec(
  'a page that is longer than a socket takes at once comes whole, also to who offers another protocol',
  async () => {
    const webRoot = mkdtempSync(join(tmpdir(), 'mara-web-'))
    const page = 'x'.repeat(5_000_000)
    writeFileSync(join(webRoot, 'index.html'), page)
    const { service } = await serving({ webRoot })
    for (const upgrade of ['', 'Connection: Upgrade\r\nUpgrade: h2c\r\n']) {
      const peer = await Peer.connect(service)
      peer.send(`GET / HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`)
      assert.ok((await peer.rest()).endsWith(`\r\n\r\n${page}`))
    }
    rmSync(webRoot, { recursive: true })
  },
)

spec('who asks on and on behind its first request is cut off at once, and others are served', async () => {
  let count = 0
  const asked = (): void => {
    count += 1
  }
  subscribe('http.server.request.start', asked)
  const webRoot = mkdtempSync(join(tmpdir(), 'mara-web-'))
  writeFileSync(join(webRoot, 'index.html'), '<p>play')
  const { service, url } = await serving({ webRoot })
  const peer = await Peer.connect(service)
  // Each would wait for the answer to the first one, which its peer need not take.
  peer.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_000))
  assert.not.match(await peer.rest(), '<p>play')
  assert.ok(count < 100, `it was read on to the end of what had come: ${count} requests`)
  unsubscribe('http.server.request.start', asked)
  assert.is(await (await fetch(url.replace('ws:', 'http:'))).text(), '<p>play')
  rmSync(webRoot, { recursive: true })
})

spec('the body of a request is not read, in however many crumbs it comes', async () => {
  const { service } = await serving()
  const sockets: Socket[] = []
  const asked = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket)
  subscribe('http.server.request.start', asked)
  const peer = await Peer.connect(service)
  peer.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  peer.send('1\r\nx\r\n'.repeat(500_000))
  await peer.closed
  const [socket] = sockets
  if (!socket?.closed) await once(socket as Socket, 'close')
  // Six for each that the buffer of a request takes, of which newer Nodes have 64 KiB; all of it were 3,000,000.
  assert.ok((socket?.bytesRead ?? 0) < 600_000, `${socket?.bytesRead} bytes were read`)
  unsubscribe('http.server.request.start', asked)
})

spec('who asks for an upgrade behind another request is cut off, and others are served', async () => {
  const { service, url } = await serving()
  const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
  const key = Buffer.alloc(16).toString('base64')
  for (const upgrade of [
    'Upgrade: h2c',
    `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`,
  ]) {
    const peer = await Peer.connect(service)
    peer.send(`${get}GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n${upgrade}\r\n\r\n`)
    assert.not.match(await peer.rest().catch(() => ''), ' 101 ')
  }
  const visitor = await Visitor.open(url, 'text')
  visitor.send('hello')
  assert.is(await visitor.next(), 'got hello\n')
})

spec('with a certificate it is wss, and clients are secure', async () => {
  const pair = certificate(folder(), 'wss')
  const { service, records } = await serving({ ...pair, path: '/play' })
  const visitor = await Visitor.open(`${urlOf(service, 'wss')}play`, 'text', { ca: read(pair).cert })
  visitor.send('hello')
  assert.is(await visitor.next(), 'got hello\n')
  assert.is([...service.clients][0]?.secure, true)
  assert.ok(records.all.some(({ message }) => /^Listening on wss:\/\/127\.0\.0\.1:\d+\/play$/.test(message)))
  const error = await rejection(serving({ cert: pair.cert }))
  assert.match(String(error), /No key is given for TLS/)
  await service.stop({ drain: 0 })
  assert.is(await visitor.closed, 1001)
})

spec('options that can not be are refused by name', () => {
  const bad: WebSocketOptions[] = [
    { ping: 0 },
    { ping: -1 },
    { idle: Number.NaN },
    { handshakeTimeout: 0 },
    { origins: ['play.example.org'] },
    { origins: ['https://play.example.org/'] },
    { trustedProxies: ['nginx'] },
    { trustedProxies: [null as never] },
    { trustedProxies: '10.0.0.0/8' as never },
    { origins: 'https://play.example.org' as never },
    { host: '' },
    { port: 65_536 },
    { protocol: null as never },
  ]
  for (const options of bad) {
    const [name] = Object.keys(options)
    assert.throws(
      () => websocket(options),
      (error: unknown) => error instanceof InvalidOptionError && error.message.includes(name as string),
      name,
    )
  }
})

spec.run()
