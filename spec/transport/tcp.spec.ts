import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import {
  AddressInUseError,
  ConnectError,
  connect,
  ListenError,
  type ServerHost,
  tcp,
  tls,
  unix,
  websocket,
} from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_SOCKET_PATH } from '../../lib/transport/listening.js'
import { plainAddress } from '../../lib/transport/net-server.js'
import { rejection } from '../support/service.js'

/** A host that closes whoever comes, and remembers from where. */
function host(): ServerHost & { addresses: (string | undefined)[] } {
  const addresses: (string | undefined)[] = []
  return {
    addresses,
    connection(duplex, { remoteAddress }) {
      addresses.push(remoteAddress)
      duplex.on('error', () => {})
      duplex.end('hello')
      duplex.resume()
    },
    warn() {},
  }
}

async function greeting(where: net.NetConnectOpts): Promise<string> {
  const socket = net.connect(where)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await once(socket, 'end')
  return Buffer.concat(chunks).toString()
}

/** A program that listens on a Unix socket, and says so. */
const LISTEN = `require('node:net').createServer().listen(process.argv[1], () => console.log('listening'))`

async function inFolder(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mara-'))
  try {
    await body(join(folder, 'socket'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('port 0 picks a free port, and address tells which', async () => {
  const server = tcp()
  assert.is(server.address, undefined)
  assert.is(String(server), '127.0.0.1:0')
  const told = host()
  await server.listen(told)
  const { port, host: name } = server.address as { port: number; host: string }
  assert.ok(port > 0)
  assert.is(name, '127.0.0.1')
  assert.is(String(server), `127.0.0.1:${port}`)
  assert.is(await greeting({ port, host: name }), 'hello')
  assert.equal(told.addresses, ['127.0.0.1'])
  await server.close()
  assert.is(server.address, undefined)
  // For ListenStop, and the log.
  assert.is(String(server), `127.0.0.1:${port}`)
})

test('a server that was closed can listen again', async () => {
  const server = tcp()
  for (let i = 0; i < 2; i++) {
    await server.listen(host())
    assert.is(await greeting(server.address as net.NetConnectOpts), 'hello')
    await server.close()
  }
})

test('a server that serves one service is refused to another: nobody could close its first socket then', async () => {
  for (const server of [tcp(), websocket({ port: 0 })]) {
    await server.listen(host())
    const { port } = server.address as { port: number }
    const error = await rejection(server.listen(host()))
    assert.instance(error, AddressInUseError)
    assert.match(String(error), `127.0.0.1:${port}`)
    assert.match(String(error), 'make one for each')
    assert.is(server.address?.port, port)
    await server.close()
    assert.instance(await rejection(connect({ port })), ConnectError)
  }
})

test('a port in use is named, with how to choose another', async () => {
  const first = tcp()
  await first.listen(host())
  const { port } = first.address as { port: number }
  const error = await rejection(tcp({ port }).listen(host()))
  assert.instance(error, AddressInUseError)
  assert.match(
    String(error),
    new RegExp(`127\\.0\\.0\\.1:${port}: another server listens there.*0 picks a free one`),
  )
  await first.close()
})

test('a host that is not of this machine is named, with what to do', async () => {
  for (const bad of ['192.0.2.1', 'no-such-host.invalid']) {
    const error = await rejection(tcp({ host: bad }).listen(host()))
    assert.instance(error, ListenError)
    assert.match(
      String(error),
      new RegExp(`${bad.replaceAll('.', '\\.')}:0.*must be an address of this machine`),
    )
  }
})

test('a Unix socket that was left behind is replaced, a live one is not', async () => {
  await inFolder(async (path) => {
    const server = unix({ path })
    await server.listen(host())
    assert.equal(server.address, { path })
    assert.is(await greeting({ path }), 'hello')

    const error = await rejection(unix({ path }).listen(host()))
    assert.instance(error, AddressInUseError)
    assert.match(String(error), /give its server another path/)
    assert.is(await greeting({ path }), 'hello', 'the first one still works')
    await server.close()

    // What a killed process leaves behind: the file of a socket that nobody listens on.
    const killed = spawn(process.execPath, ['-e', LISTEN, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(killed.stdout, 'data')
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    assert.ok((await stat(path)).isSocket())
    const again = unix({ path })
    await again.listen(host())
    assert.is(await greeting({ path }), 'hello')
    await again.close()
  })
})

test('a Unix socket in a folder that is not there is named, with what to do', async () => {
  const error = await rejection(unix({ path: '/no/such/folder/socket' }).listen(host()))
  assert.instance(error, ListenError)
  assert.match(String(error), /The folder of the path must exist/)
})

test('a server that is told of no host or port that can be is not made: the system would listen on all addresses', () => {
  const files = { cert: 'cert.pem', key: 'key.pem' }
  for (const host of ['', null, 5, {}]) {
    assert.throws(() => tcp({ host: host as never }), /^tcp\(\) got host: /)
    assert.throws(() => tls({ host: host as never, ...files }), /^tls\(\) got host: /)
  }
  for (const port of [-1, 65_536, 1.5, Number.NaN, null, '', ' ', 'abc', Symbol('port')]) {
    assert.throws(() => tcp({ port: port as never }), /^tcp\(\) got port: /)
  }
  for (const path of [undefined, null, '', 5]) {
    assert.throws(() => unix({ path: path as never }), /^unix\(\) got path: /)
  }
})

test('a port may be text, as environment variables are, and a path of undefined is none', () => {
  assert.is(String(tcp({ port: '9000' as never })), '127.0.0.1:9000')
  const server = tls({ path: undefined, port: 9000, cert: 'cert.pem', key: 'key.pem' } as never)
  assert.is(String(server), '127.0.0.1:9000 (TLS)')
})

test('a path that the system would cut is refused: it would be another file', async () => {
  await inFolder(async (path) => {
    const long = `${path}${'s'.repeat(MAX_SOCKET_PATH)}`
    const error = (await rejection(unix({ path: long }).listen(host()))) as ListenError
    assert.instance(error, ListenError)
    assert.is(error.systemCode, 'ENAMETOOLONG')
    assert.match(error.message, 'Choose a shorter one')
    assert.equal(await readdir(dirname(path)), [])
    const longest = path.padEnd(MAX_SOCKET_PATH, 's')
    const server = unix({ path: longest })
    await server.listen(host())
    assert.equal(await readdir(dirname(path)), [basename(longest)])
    await server.close()
  })
})

test('an IPv4 address that came in on an IPv6 socket reads as people write it', () => {
  assert.is(plainAddress('::ffff:192.0.2.7'), '192.0.2.7')
  assert.is(plainAddress('2001:db8::1'), '2001:db8::1')
  assert.is(plainAddress(undefined), undefined)
})

test('a peer that has vanished without a word is found out by the system, some time', async () => {
  const { createServer } = net
  const asked: net.ServerOpts[] = []
  net.createServer = ((options: net.ServerOpts, listener: (socket: net.Socket) => void) => {
    asked.push(options)
    return createServer(options, listener)
  }) as typeof createServer
  try {
    const server = tcp({ port: 0 })
    await server.listen(host())
    await server.close()
  } finally {
    net.createServer = createServer
  }
  assert.equal(
    asked.map(({ keepAlive, keepAliveInitialDelay }) => [keepAlive, keepAliveInitialDelay]),
    [[true, 7_200_000]],
  )
})

test.run()
