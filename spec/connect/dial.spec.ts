import { readFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import nodeTls from 'node:tls'
import {
  ClientDisconnectedError,
  ConnectError,
  connect,
  events,
  InvalidOptionError,
  Service,
  TimeoutError,
  TlsConnectError,
  tls,
  unix,
  websocket,
} from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocketServer } from 'ws'
import { certificate, folder, openssl } from '../support/certificates.js'
import { rejection, running } from '../support/service.js'
import { allClosed } from '../support/sockets.js'

function shouting(): Service {
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => client.write(data.toUpperCase()))
  return service
}

test('options may stand beside the port', async () => {
  await running(shouting(), async (service) => {
    const { port } = service.address as { port: number }
    const peer = await connect({ port, raw: true, timeout: 10_000 })
    peer.write('hello\r\n')
    assert.is(Buffer.from(await peer.nextLine()).toString(), 'HELLO\r\n')
    await peer.close()
    const reason = new Error('enough')
    assert.is(await rejection(connect({ port, signal: AbortSignal.abort(reason) })), reason)
  })
})

test('an option that is undefined says nothing: what stands beside the port holds', async () => {
  await running(shouting(), async (service) => {
    const { port } = service.address as { port: number }
    const reason = new Error('enough')
    const options = { raw: undefined, timeout: undefined, signal: undefined, sanitize: undefined }
    const peer = await connect({ port, raw: true }, options)
    peer.write('hello\r\n')
    assert.instance(await peer.nextLine(), Uint8Array)
    await peer.close()
    assert.is(await rejection(connect({ port, signal: AbortSignal.abort(reason) }, options)), reason)
  })
})

test('what is no port, host or path is refused, with the name of the option', async () => {
  const targets: [string, object][] = [
    ...[undefined, null, 'abc', '', ' ', 0, -1, 1.5, 65_536, Number.NaN, true, {}].map(
      (port): [string, object] => ['port', { port }],
    ),
    ...[5, null, {}].map((host): [string, object] => ['host', { port: 9, host }]),
    ...[undefined, null, '', 'a\0b', 5].map((path): [string, object] => ['path', { path }]),
    ...[
      undefined,
      null,
      '',
      5,
      {},
      'http://localhost/',
      'ws://localhost/#top',
      new URL('http://localhost/'),
    ].map((url): [string, object] => ['url', { url }]),
  ]
  for (const [name, target] of targets) {
    const error = await rejection(connect(target as { port: number }))
    assert.instance(error, InvalidOptionError)
    assert.match(String(error), `connect() got ${name}: `)
  }
})

test('what is no clock, signal or terminal is refused, with the name of the option; so is what is no options', async () => {
  for (const name of ['clock', 'signal', 'terminal']) {
    const error = await rejection(connect({ port: 9, [name]: null }))
    assert.instance(error, InvalidOptionError)
    assert.match(String(error), `connect() got ${name}: null`)
  }
  assert.match(String(await rejection(connect({ port: 9 }, null as never))), 'connect() got options: null')
})

test('a path or a URL that is undefined is none, where there is a port', async () => {
  await running(shouting(), async (service) => {
    const { port } = service.address as { port: number }
    const target = { path: undefined, url: undefined, port }
    const peer = await connect(target as never)
    await peer.close()
  })
})

test('a port may be text, as environment variables are', async () => {
  await running(shouting(), async (service) => {
    const { port } = service.address as { port: number }
    const peer = await connect({ port: String(port) as unknown as number, host: undefined })
    await peer.close()
  })
})

test('an error names the path', async () => {
  const error = (await rejection(connect({ path: '/no/such/socket' }))) as ConnectError
  assert.is(error.systemCode, 'ENOENT')
  assert.match(error.message, '/no/such/socket')
})

test('a path that the system would cut is not connected to: it would be another one', async () => {
  const error = (await rejection(connect({ path: `/tmp/${'s'.repeat(200)}` }))) as ConnectError
  assert.instance(error, ConnectError)
  assert.is(error.systemCode, 'ENAMETOOLONG')
})

test('over a WebSocket each line is a message, whatever is written at once', async () => {
  const messages: string[] = []
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (webSocket) => {
    webSocket.send('hello')
    webSocket.on('message', (data) => {
      messages.push(String(data))
      if (messages.length === 3) webSocket.send('enough')
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  const peer = await connect({ url: `ws://127.0.0.1:${port}/` })
  assert.is(await peer.nextLine(), 'hello')
  peer.write('one', 'two')
  peer.write('three')
  assert.is(await peer.nextLine(), 'enough')
  assert.equal(messages, ['one', 'two', 'three'])
  await peer.close()
  await new Promise((resolve) => server.close(resolve))
  assert.instance(await rejection(connect({ url: `ws://127.0.0.1:${port}/` })), ConnectError)
  assert.match(String(await rejection(connect({ url: 'http://127.0.0.1/' }))), /begins with ws:/)
})

test('a message that is longer than what may wait to be read ends the connection', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (webSocket) => {
    webSocket.on('error', () => {})
    webSocket.send('x'.repeat(2_000_000))
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  const peer = await connect({ url: new URL(`ws://127.0.0.1:${port}/`) })
  assert.instance(await rejection(peer.nextLine()), ClientDisconnectedError)
  await peer.closed
  await new Promise((resolve) => server.close(resolve))
})

test('a WebSocket that never opens is given up', async () => {
  // It reads on: a socket that is never read never closes, and the server would wait for it.
  const silent = net.createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as net.AddressInfo
  const url = `ws://127.0.0.1:${port}/`
  assert.instance(await rejection(connect({ url, timeout: 1 })), TimeoutError)
  const reason = new Error('enough')
  const leaving = new AbortController()
  const attempt = rejection(connect({ url, signal: leaving.signal }))
  leaving.abort(reason)
  assert.is(await attempt, reason)
  await new Promise((resolve) => silent.close(resolve))
})

test('no error and no message tells the name and the password of a URL', async () => {
  const server = net.createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const at = `ann:s3cr3t@127.0.0.1:${port}`
  const late = await rejection(connect({ url: `ws://${at}/chat`, timeout: 1 }))
  await new Promise((resolve) => server.close(resolve))
  assert.match(String(late), `ws://***@127.0.0.1:${port}/chat`)
  const attempts: [string, object?][] = [
    [`ws://${at}/`],
    [`ws:${at}`],
    [`wss://${at}/`, { ca: 5 }],
    [`http://${at}/`],
    [`ws://${at}0000000/`],
  ]
  for (const [url, tls] of attempts) {
    const error = (await rejection(connect({ url, ...(tls && { tls }) }))) as Error
    assert.not.match(`${error.message} ${String(error.cause)}`, 's3cr3t', url)
    assert.match(error.message, '***@127.0.0.1', url)
  }

  await running(
    shouting(),
    async ({ address }) => {
      const { port: open } = address as net.AddressInfo
      const peer = await connect({ url: `ws://ann:s3cr3t@127.0.0.1:${open}/` })
      assert.match(
        String(await rejection(peer.expect('never', { timeout: 1 }))),
        `ws://***@127.0.0.1:${open}`,
      )
      await peer.close()
    },
    { servers: [websocket({ port: 0 })] },
  )
})

test('options of TLS that a WebSocket can not use are an error, too', async () => {
  const error = await rejection(connect({ url: 'wss://127.0.0.1:9/', tls: { ca: 5 as never } }))
  assert.instance(error, TlsConnectError)
})

test('options of TLS that can not be used are an error, and leave no connection behind', async () => {
  const server = net.createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const options = { cert: 'none', key: 'none' }
  assert.instance(await rejection(connect({ port, tls: options })), TlsConnectError)
  await allClosed()
  await new Promise((resolve) => server.close(resolve))
  // Nobody listens there any more: that no connection comes about is nobody's error either.
  assert.instance(await rejection(connect({ port, tls: options })), TlsConnectError)
  await allClosed()
  assert.instance(
    await rejection(connect({ url: `wss://127.0.0.1:${port}/`, tls: options })),
    TlsConnectError,
  )
})

if (openssl === undefined) console.log('skipped: openssl is missing, so TLS is not tried')
else {
  const directory = folder()
  const pair = certificate(directory, 'localhost')
  const ca = readFileSync(pair.cert)

  test('a certificate that is trusted is enough, by TCP and by a Unix socket', async () => {
    const path = join(directory, 'socket')
    const service = shouting()
    await service.start({ log: false, servers: [tls({ port: 0, ...pair }), unix({ path })] })
    const { port } = service.address as { port: number }
    for (const host of ['localhost', '127.0.0.1']) {
      const peer = await connect({ port, host, tls: { ca } })
      assert.ok(peer.secure)
      peer.write('hello')
      assert.is(await peer.nextLine(), 'HELLO')
      await peer.close()
    }
    await service.stop()
    const server = nodeTls.createServer({ cert: ca, key: readFileSync(pair.key) }, (socket) =>
      socket.pipe(socket),
    )
    await new Promise<void>((resolve) => server.listen(path, resolve))
    const peer = await connect({ path, tls: { ca, servername: 'localhost' } })
    peer.write('by path')
    assert.is(await peer.nextLine(), 'by path')
    await peer.close()
    await new Promise((resolve) => server.close(resolve))
  })

  test('a WebSocket tells whether it is encrypted, and who is at its other end, as a socket does', async () => {
    for (const files of [undefined, pair]) {
      const service = shouting()
      await service.start({ log: false, servers: [websocket({ port: 0, ...files })] })
      const { port } = service.address as { port: number }
      const peer = await connect({ url: `${files ? 'wss' : 'ws'}://127.0.0.1:${port}`, tls: { ca } })
      assert.equal([peer.secure, peer.remoteAddress], [files !== undefined, '127.0.0.1'])
      await peer.close()
      await service.stop()
    }
  })

  test('a certificate that is not trusted, and a peer that speaks no TLS, are errors that say so', async () => {
    const service = shouting()
    await service.start({ log: false, servers: [tls({ port: 0, ...pair })] })
    const { port } = service.address as { port: number }
    const untrusted = (await rejection(connect({ port, tls: true }))) as TlsConnectError
    assert.instance(untrusted, TlsConnectError)
    assert.instance(untrusted, ConnectError)
    assert.is(untrusted.systemCode, 'DEPTH_ZERO_SELF_SIGNED_CERT')
    assert.match(untrusted.message, /by TLS: self-signed certificate/)
    await service.stop()

    const pages = shouting()
    await pages.start({ log: false, servers: [websocket({ port: 0, ...pair })] })
    const url = `wss://127.0.0.1:${(pages.address as { port: number }).port}`
    assert.match(
      String(await rejection(connect({ url }))),
      /^TlsConnectError: .* by TLS: self-signed certificate/,
    )
    await pages.stop()
    assert.not.instance(await rejection(connect({ url })), TlsConnectError)

    const plain = net.createServer((socket) => {
      socket.on('error', () => {})
      socket.resume().end('Name: ')
    })
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const address = plain.address() as net.AddressInfo
    assert.match(
      String(await rejection(connect({ port: address.port, tls: true }))),
      /by TLS: wrong version number\. Does/,
    )
    await new Promise((resolve) => plain.close(resolve))

    const rude = net.createServer((socket) => socket.once('data', () => socket.destroy()))
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
    const { port: other } = rude.address() as net.AddressInfo
    assert.instance(await rejection(connect({ port: other, tls: true })), TlsConnectError)
    await new Promise((resolve) => rude.close(resolve))
    assert.not.instance(await rejection(connect({ port: address.port, tls: true })), TlsConnectError)
  })
}

test.run()
