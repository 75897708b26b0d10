// Sockets of this machine; what is spoken on them tells which worker's word counted when a connection came.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Listener } from '../../lib/angel/listener.js'
import { FakeClock } from '../../lib/testing/clock.js'
import type { Address, ServerDescription } from '../../lib/transport/server.js'
import { deferred, rejection, turns } from '../support/service.js'

const test = suite('angel/listener')

const address = { host: '127.0.0.1', port: 0 }
const plain: ServerDescription = { address }
const web: ServerDescription = {
  address,
  websocket: {
    path: '/',
    trustedProxies: [],
    ping: 1_000_000,
    idle: 1_000_000,
    maxPayload: 1_000,
    handshakeTimeout: 1_000_000,
    maxHandshakes: 10,
    text: true,
  },
}
const otherWeb: ServerDescription = { address, websocket: { ...web.websocket, maxPayload: 2_000 } as never }

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: text\r\n\r\n'

interface Heard {
  readonly listener: Listener
  /** What was accepted: the names of listeners. */
  readonly accepted: string[]
  /** What the angel says to the next sockets. */
  admits: boolean
  /** Connects, and waits until the listener has seen it. */
  come(): Promise<net.Socket>
}

/** A listener for the time of `body`. */
async function listening(
  body: (heard: Heard) => Promise<void>,
  target: Address = address,
  first = plain,
  worker: object = {},
): Promise<void> {
  const accepted: string[] = []
  const sockets: Duplex[] = []
  const peers: net.Socket[] = []
  let seen = deferred()
  const host = {
    admits: (socket: Duplex) => {
      sockets.push(socket)
      seen.resolve()
      if (!heard.admits) socket.destroy()
      return heard.admits
    },
    accepted: (_connection: Duplex, name: string) => void accepted.push(name),
    warn: () => {},
  }
  const listener = new Listener('the listener', target, host, new FakeClock())
  const heard: Heard = {
    listener,
    accepted,
    admits: true,
    async come() {
      seen = deferred()
      const peer = net.connect(listener.address as net.NetConnectOpts)
      peer.on('error', () => {}).resume()
      peers.push(peer)
      await once(peer, 'connect')
      await seen.promise
      return peer
    },
  }
  await listener.claim(worker, first)
  await listener.listen()
  try {
    await body(heard)
  } finally {
    listener.close()
    for (const socket of [...sockets, ...peers]) socket.destroy()
  }
}

test('a listener is where the system has put it, and until it listens where it is to be', async () => {
  const host = { admits: () => true, accepted: () => {}, warn: () => {} }
  const idle = new Listener('idle', address, host, new FakeClock())
  assert.equal(idle.address, address)
  idle.close()
  await listening(async ({ listener }) => {
    assert.is(listener.address.host, '127.0.0.1')
    assert.ok((listener.address.port ?? 0) > 0)
  })
})

test('the first worker that has asked for it is served by it, before any is said to serve', () =>
  listening(async ({ accepted, come }) => {
    await come()
    assert.equal(accepted, ['the listener'])
  }))

test('what another worker speaks counts from when it serves, and not from when it asks', () =>
  listening(async ({ listener, accepted, come }) => {
    const next = {}
    await listener.claim(next, web)
    await come()
    assert.is(accepted.length, 1)
    listener.serve(next)
    // It is to ask for a WebSocket now, and says nothing.
    const peer = await come()
    await turns(10)
    assert.is(accepted.length, 1)
    assert.not(peer.destroyed)
  }))

test('a worker that has not asked for the listener may serve, and changes nothing', () =>
  listening(async ({ listener, accepted, come }) => {
    listener.serve({})
    await come()
    assert.is(accepted.length, 1)
  }))

test('what is spoken stays when all workers have gone, and is there for the next one', async () => {
  const first = {}
  await listening(
    async ({ listener, accepted, come }) => {
      listener.unclaim(first)
      assert.ok(listener.unclaimed)
      await come()
      assert.is(accepted.length, 1)
      const next = {}
      await listener.claim(next, plain)
      assert.not(listener.unclaimed)
      listener.serve(next)
      await come()
      assert.is(accepted.length, 2)
    },
    address,
    plain,
    first,
  )
})

test('who is shaking hands when the only worker dies has agreed with the angel, and waits for the next worker', async () => {
  const worker = {}
  await listening(
    async ({ listener, come, accepted }) => {
      const peer = await come()
      listener.unclaim(worker)
      peer.write(UPGRADE)
      const [answer] = await once(peer, 'data')
      assert.match(String(answer), /^HTTP\/1\.1 101 /)
      assert.equal(accepted, ['the listener'])
    },
    address,
    web,
    worker,
  )
})

test('who has asked is known, and whoever takes back what they never asked for harms nobody', async () => {
  const worker = {}
  await listening(
    async ({ listener }) => {
      assert.ok(listener.isClaimed(worker))
      assert.not(listener.isClaimed({}))
      listener.unclaim({})
      assert.not(listener.unclaimed)
      listener.unclaim(worker)
      listener.unclaim(worker)
      assert.not(listener.isClaimed(worker))
      assert.ok(listener.unclaimed)
    },
    address,
    plain,
    worker,
  )
})

test('who is shaking hands is let go only when no worker wants what they shake hands for', async () => {
  const [one, two, three] = [{}, {}, {}]
  await listening(
    async ({ listener, come }) => {
      const peer = await come()
      let gone = false
      const closed = once(peer, 'close').then(() => {
        gone = true
      })
      const stays = async (): Promise<void> => {
        await turns(20)
        assert.not(gone)
      }
      // The next worker speaks the same: to them it is one and the same server.
      await listener.claim(two, structuredClone(web))
      listener.serve(two)
      listener.unclaim(one)
      await stays()
      await listener.claim(three, otherWeb)
      await stays()
      listener.serve(three)
      // The one before may have to take back.
      await stays()
      listener.unclaim(two)
      await closed
    },
    address,
    web,
    one,
  )
})

test('a worker that asked for something else and has gone before it served leaves nothing, and those before it stay', async () => {
  const one = {}
  await listening(
    async ({ listener, come, accepted }) => {
      const peer = await come()
      const next = {}
      await listener.claim(next, otherWeb)
      listener.unclaim(next)
      await turns(20)
      assert.not(peer.closed)
      assert.equal(accepted, [])
    },
    address,
    web,
    one,
  )
})

test('who is not admitted gets no further', () =>
  listening(async (heard) => {
    heard.admits = false
    const peer = await heard.come()
    if (!peer.closed) await once(peer, 'close')
    assert.equal(heard.accepted, [])
  }))

test('a worker that asks for what can not be spoken is refused, and to all others it is as if it had not asked', () =>
  listening(async ({ listener, accepted, come }) => {
    const wrong = { cert: '/none', key: '/none', handshakeTimeout: 1, maxHandshakes: 1, checkEvery: 1 }
    const worker = {}
    const error = (await rejection(listener.claim(worker, { address, tls: wrong }))) as { code?: string }
    assert.is(error.code, 'MARA_CERTIFICATE')
    assert.not(listener.isClaimed(worker))
    listener.serve(worker)
    await come()
    assert.is(accepted.length, 1)
  }))

test('a closed listener lets nobody in, and lets go of those who are shaking hands', () =>
  listening(
    async ({ listener, come }) => {
      const peer = await come()
      const where = listener.address
      listener.close()
      if (!peer.closed) await once(peer, 'close')
      const refused = net.connect(where as net.NetConnectOpts)
      const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
      assert.is(error.code, 'ECONNREFUSED')
      listener.close()
    },
    address,
    web,
  ))

test('an address that somebody has already is told of as such', () =>
  listening(async ({ listener }) => {
    const host = { admits: () => true, accepted: () => {}, warn: () => {} }
    const other = new Listener('other', listener.address, host, new FakeClock())
    assert.is(((await rejection(other.listen())) as { code?: string }).code, 'MARA_ADDRESS_IN_USE')
    other.close()
  }))

test('a Unix socket is an address like any other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mara-listener-'))
  const path = join(folder, 'socket')
  try {
    await listening(
      async ({ listener, accepted, come }) => {
        assert.equal(listener.address, { path })
        await come()
        assert.is(accepted.length, 1)
      },
      { path },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
