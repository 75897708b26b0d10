import { spawn } from 'node:child_process'

import { once } from 'node:events'
import { copyFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import nodeTls from 'node:tls'
import {
  AddressInUseError,
  CertificateError,
  connect,
  events,
  InvalidOptionError,
  Service,
  type TlsOptions,
  tls,
} from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeClock } from '../../lib/testing/clock.js'
import type { HeldListener } from '../../lib/transport/server.js'
import { certificate, folder, openssl, read } from '../support/certificates.js'
import { quiet, stopAll, talkative, watched } from '../support/life.js'
import { Peer } from '../support/peer.js'
import { Random } from '../support/random.js'
import { Records } from '../support/records.js'
import { rejection, turns } from '../support/service.js'

const random = new Random(1)

const spec = suite('transport/tls')
spec.after.each(stopAll)

const home = folder()
const old = certificate(home, 'old')
const fresh = certificate(home, 'fresh')

type Where = { readonly port: number; readonly host: string }

/** Connects as a client that trusts this certificate and no other. */
async function dial(service: Service, trusted = old): Promise<Peer> {
  const { port, host } = service.address as Where
  const options = { port, host, ca: read(trusted).cert, allowHalfOpen: true }
  const socket = nodeTls.connect(options)
  const peer = new Peer(socket)
  await once(socket, 'secureConnect')
  return peer
}

async function greeted(service: Service, trusted = old): Promise<Peer> {
  const peer = await dial(service, trusted)
  peer.send('hello\r\n')
  assert.is(await peer.line(), 'got hello')
  return peer
}

/** A service that answers each line over TLS. */
async function serving(
  options: Partial<TlsOptions> = {},
  settings: object = {},
): Promise<{ service: Service; records: Records }> {
  const records = new Records()
  const service = talkative()
  const servers = [tls({ port: 0, ...old, ...options } as TlsOptions)]
  await service.start({ ...quiet, log: records, servers, ...settings })
  return { service, records }
}

spec('a client that trusts the certificate talks to the service, and is known to be secure', async () => {
  const { service } = await serving()
  const peer = await greeted(service)
  const [client] = service.clients
  assert.is(client?.secure, true)
  assert.is(client?.remoteAddress, '127.0.0.1')
  peer.destroy()
})

spec(
  'a server whose edge has a pair in use goes on with it where the files are no good; without one it says what is wrong',
  async () => {
    const key = join(folder(), 'key.pem')
    writeFileSync(key, 'garbage')
    const warnings: string[] = []
    const listen = (edge: () => Promise<HeldListener>): Promise<void> =>
      tls({ port: 7000, cert: old.cert, key }).listen({
        connection: () => {},
        warn: (message) => void warnings.push(message),
        listen: edge,
      })
    await listen(async () => ({ listener: 'a', address: { port: 7000 }, close: () => {} }))
    assert.match(warnings.join(), /^The TLS certificate in use is kept, .* There is no TLS key in .*key\.pem/)
    const refused = listen(() => Promise.reject(new Error('no pair')))
    assert.instance(await rejection(refused), CertificateError)
    assert.is(warnings.length, 1)
  },
)

spec('who comes over TCP or memory is not secure; a TLS socket that a program brings is', async () => {
  const service = talkative()
  await service.start(quiet)
  const peer = await Peer.connect(service)
  peer.send('hello\r\n')
  await peer.line()
  const inside = await connect(service)
  assert.equal(
    [...service.clients].map(({ secure }) => secure),
    [false, false],
  )
  const server = nodeTls.createServer(read(old), (socket) => service.accept(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const secure = new Peer(nodeTls.connect({ port, host: '127.0.0.1', ca: read(old).cert }))
  secure.send('hello\r\n')
  await secure.line()
  assert.is([...service.clients].at(-1)?.secure, true)
  secure.destroy()
  await inside.close()
  server.close()
})

spec('a peer that has ended its side still gets the answer, and the end', async () => {
  const { service } = await serving()
  const peer = await dial(service)
  peer.send('last words\r\n')
  peer.end()
  assert.is(await peer.rest(), 'got last words\r\n')
})

spec('openssl s_client talks to it', async () => {
  const { service } = await serving()
  service.listen(events.Receive, ({ client, data }) => {
    if (data === 'bye') void client.close()
  })
  const { port, host } = service.address as Where
  const args = [
    's_client',
    '-quiet',
    '-verify_return_error',
    '-CAfile',
    old.cert,
    '-connect',
    `${host}:${port}`,
  ]
  const client = spawn(openssl as string, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  let out = ''
  client.stdout.setEncoding('utf8').on('data', (text) => {
    out += text
  })
  client.stdin.write('hello\nbye\n')
  await once(client, 'close')
  assert.is(out, 'got hello\r\ngot bye\r\n')
})

spec('megabytes go both ways whole and in order, as fast as the other side takes them', async () => {
  const service = watched(new Service<object, Uint8Array>())
  service.listen(events.Receive, async ({ client, data }) => {
    client.write(data)
    await client.flush()
  })
  await service.start({ ...quiet, raw: true, servers: [tls({ ...old })] })
  const peer = await dial(service as never)
  const bytes = random.bytes(3_000_000)
  peer.send(bytes)
  peer.end()
  assert.ok(Buffer.from(await peer.rest(), 'latin1').equals(bytes))
})

spec('a peer that does not read is disconnected at maxUnsentBytes, as over TCP', async () => {
  const { service } = await serving({}, { maxUnsentBytes: 100_000 })
  const limits: string[] = []
  service.listen(events.LimitExceeded, ({ limit }) => void limits.push(limit))
  const peer = await greeted(service)
  peer.socket.pause()
  const [client] = service.clients
  const line = 'x'.repeat(60_000)
  while (client?.connected) {
    client.write(line)
    await turns(1)
  }
  assert.equal(limits, ['maxUnsentBytes'])
  peer.destroy()
})

spec('settings make the default server speak TLS', async () => {
  const service = talkative()
  await service.start({ ...quiet, tlsCert: old.cert, tlsKey: old.key })
  const peer = await greeted(service)
  peer.destroy()
  await service.stop({ drain: 0 })

  const path = join(home, 'socket')
  await service.start({ ...quiet, path, tlsCert: old.cert, tlsKey: old.key })
  const socket = nodeTls.connect({ path, ca: read(old).cert, servername: 'localhost' })
  const local = new Peer(socket)
  local.send('hello\r\n')
  assert.is(await local.line(), 'got hello')
  assert.is([...service.clients][0]?.secure, true)
  local.destroy()
})

spec('a certificate without a key, and files that hold none, end the start with what to do', async () => {
  const service = talkative()
  const half = await rejection(service.start({ ...quiet, tlsCert: old.cert }))
  assert.instance(half, CertificateError)
  assert.match(String(half), '--tlsKey=FILE')
  const none = await rejection(service.start({ ...quiet, tlsCert: '/no/such/file', tlsKey: old.key }))
  assert.match(String(none), /certificate \/no\/such\/file: ENOENT.*--tlsCert=FILE/)
  assert.is(service.status, 'stopped')
  await service.start({ ...quiet, tlsCert: old.cert, tlsKey: old.key })
})

spec('limits of time that are none are refused', () => {
  assert.throws(
    () => tls({ ...old, handshakeTimeout: -1 }),
    (error: unknown) => error instanceof InvalidOptionError,
  )
  assert.throws(
    () => tls({ ...old, checkEvery: Number.NaN }),
    (error: unknown) => error instanceof InvalidOptionError,
  )
})

spec('a port in use is told as for TCP, and leaves no one looking at files', async () => {
  const { service } = await serving()
  const clock = new FakeClock()
  const again = tls({ port: (service.address as Where).port, ...old, clock })
  const error = await rejection(again.listen({ connection() {}, warn() {} }))
  assert.instance(error, AddressInUseError)
  assert.is(clock.pending, 0)
})

spec(
  'a new certificate serves those who come next, and the others stay; a bad one changes nothing',
  async () => {
    const pair = { cert: join(home, 'live.crt'), key: join(home, 'live.key') }
    const put = (from: typeof old): void => {
      copyFileSync(from.cert, pair.cert)
      copyFileSync(from.key, pair.key)
    }
    put(old)
    const clock = new FakeClock(undefined, { turns: 5 })
    const { service, records } = await serving({ ...pair, clock })
    const early = await greeted(service)

    writeFileSync(pair.cert, 'rubbish')
    while (records.problems.length === 0) await clock.advance(5_000)
    assert.match(records.problems[0]?.message as string, /in use is kept.*no TLS certificate in .*live\.crt/)
    const meanwhile = await greeted(service)

    put(fresh)
    let late: Peer | undefined
    while (late === undefined) {
      await clock.advance(5_000)
      late = await greeted(service, fresh).catch(() => undefined)
    }
    early.send('still here\r\n')
    assert.is(await early.line(), 'got still here')
    assert.is(records.problems.length, 1)
    for (const peer of [early, meanwhile, late]) peer.destroy()
  },
)

spec('a certificate that has expired is told, and served', async () => {
  const clock = new FakeClock(Date.UTC(2199, 0, 1))
  const { service, records } = await serving({ clock })
  assert.match(records.problems[0]?.message as string, /old\.crt has expired.*Renew it/)
  const peer = await greeted(service)
  peer.destroy()
})

spec(
  'rubbish in place of a handshake is closed without a word in the log, however much of it comes',
  async () => {
    const { service, records } = await serving()
    const hello = Buffer.from('16030100', 'hex')
    const rubbish = (i: number): Buffer | string =>
      [
        'GET / HTTP/1.1\r\n\r\n',
        'hello\r\n',
        random.bytes(300),
        Buffer.concat([hello, random.bytes(200)]),
        Buffer.from('15030300020100', 'hex'),
        '',
      ][i % 6] as Buffer | string
    for (let i = 0; i < 120; i++) {
      const peer = await Peer.connect(service)
      peer.send(rubbish(i))
      if (i % 3 === 0) peer.socket.resetAndDestroy()
      else peer.end()
      await peer.closed
    }
    const peer = await greeted(service)
    assert.equal(records.problems, [])
    assert.is([...service.clients].length, 1)
    peer.destroy()
  },
)

spec('a peer that breaks the rules after the handshake is closed, and nobody else is touched', async () => {
  const { service, records } = await serving()
  const good = await greeted(service)
  const { port, host } = service.address as Where
  const raw = net.connect({ port, host })
  const bad = nodeTls.connect({ socket: raw, ca: read(old).cert })
  await once(bad, 'secureConnect')
  const [, client] = service.clients
  raw.write('\x17\x03\x03\x00\x20this is no record of this session')
  bad.on('error', () => {})
  await client?.closed
  good.send('hello\r\n')
  assert.is(await good.line(), 'got hello')
  assert.equal(records.problems, [])
  good.destroy()
  raw.destroy()
})

spec('who does not finish its handshake in time is closed, whatever trickles in', async () => {
  const clock = new FakeClock()
  const { service } = await serving({ clock, handshakeTimeout: 10_000 })
  const peer = await Peer.connect(service)
  while (clock.pending < 2) await turns(1)
  await clock.advance(9_000)
  peer.send('\x16')
  await turns()
  await clock.advance(1_000)
  await peer.closed
  const honest = await greeted(service)
  await clock.advance(100_000)
  honest.send('hello\r\n')
  assert.is(await honest.line(), 'got hello')
  honest.destroy()
})

spec('on a Unix socket, too, whoever has shaken hands may stay, and takes nobody a place', async () => {
  const clock = new FakeClock()
  const service = talkative()
  const path = join(home, 'socket')
  const servers = [tls({ path, ...old, clock, handshakeTimeout: 10_000, maxHandshakes: 1 } as TlsOptions)]
  await service.start({ ...quiet, servers })
  const peers: Peer[] = []
  for (let i = 0; i < 2; i++) {
    const socket = nodeTls.connect({
      socket: net.connect(path),
      ca: read(old).cert,
      servername: 'localhost',
    })
    const peer = new Peer(socket)
    peers.push(peer)
    // It is answered when the service knows that they have shaken hands.
    peer.send('hello\r\n')
    assert.is(await peer.line(), 'got hello')
  }
  await clock.advance(100_000)
  for (const peer of peers) {
    peer.send('hello\r\n')
    assert.is(await peer.line(), 'got hello')
    peer.destroy()
  }
})

spec('more half-open handshakes than allowed cost the oldest its place, and no one else', async () => {
  const { service } = await serving({ maxHandshakes: 3 })
  const first = await greeted(service)
  const idle: Peer[] = []
  for (let i = 0; i < 4; i++) idle.push(await Peer.connect(service))
  await idle[0]?.closed
  const honest = await greeted(service)
  await idle[1]?.closed
  first.send('hello\r\n')
  assert.is(await first.line(), 'got hello')
  for (const peer of [...idle, first, honest]) peer.destroy()
})

spec(
  'an address that asks for handshakes too often is closed before one begins, and its turn comes again',
  async () => {
    const clock = new FakeClock(Date.now())
    const { service } = await serving({ clock, maxHandshakeRate: 3 })
    const first = await greeted(service)
    // One that comes to no end has cost its handshake all the same.
    const idle = [await Peer.connect(service), await Peer.connect(service)]
    const refused = await Peer.connect(service)
    assert.is(await refused.rest(), '')
    await clock.advance(20_000)
    const late = await greeted(service)
    const again = await Peer.connect(service)
    assert.is(await again.rest(), '')
    first.send('hello\r\n')
    assert.is(await first.line(), 'got hello')
    for (const peer of [first, late, ...idle]) peer.destroy()
  },
)

spec('a rate of handshakes that is none is refused', () => {
  for (const maxHandshakeRate of [0, -1, Number.NaN, '9' as never]) {
    assert.throws(
      () => tls({ ...old, maxHandshakeRate }),
      (error: unknown) => error instanceof InvalidOptionError && /maxHandshakeRate/.test(error.message),
    )
  }
  tls({ ...old, maxHandshakeRate: Number.POSITIVE_INFINITY })
})

spec('a stop closes those who are shaking hands, and the port is free again', async () => {
  const { service } = await serving()
  const { port } = service.address as Where
  const halfOpen = await Peer.connect(service)
  const peer = await greeted(service)
  await service.stop({ drain: 0 })
  await halfOpen.closed
  await peer.closed
  await service.start({ ...quiet, servers: [tls({ ...old, port })] })
  const again = await greeted(service)
  again.destroy()
})

spec('it says in logs that it speaks TLS', async () => {
  const { records } = await serving()
  assert.ok(records.all.some(({ message }) => /^Listening on 127\.0\.0\.1:\d+ \(TLS\)$/.test(message)))
})

spec.run()
