/** Every limit of contract rule 19, met by a real peer: what it is told, what becomes of it, and what the service hears. */
import { once } from 'node:events'
import { type Client, events, Service, ServiceFullError, type StartOptions } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { memoryPair } from '../../lib/transport/memory.js'
import { Peer } from '../support/peer.js'
import { deferred, running, turns } from '../support/service.js'
import { allClosed, hasRead, isClosed, serverSocket } from '../support/sockets.js'

const test = suite('limits')

interface Setting {
  readonly service: Service
  /** What LimitExceeded told, in order. */
  readonly limits: string[]
  connect(from?: string): Promise<Peer>
}

/** A service that answers each line with its length. */
async function withLimits(
  options: StartOptions,
  body: (setting: Setting) => Promise<void>,
  service = new Service(),
): Promise<void> {
  const limits: string[] = []
  const peers: Peer[] = []
  service.listen(events.LimitExceeded, (event) => {
    assert.is(event.service, service)
    const who = event.client === undefined ? `from ${event.remoteAddress}` : `#${event.client.id}`
    limits.push(`${event.limit} ${event.max} ${who}`)
  })
  service.listen(events.Receive, ({ client, data }) => client.write(`got ${data.length}`))
  const connect = async (localAddress = '127.0.0.1'): Promise<Peer> => {
    const peer = await Peer.connect({ ...(service.address as { port: number }), localAddress })
    peers.push(peer)
    return peer
  }
  try {
    await running(service, () => body({ service, limits, connect }), { telnet: false, ...options })
  } finally {
    for (const peer of peers) peer.destroy()
  }
}

// --- The length of a line

for (const [max, options] of [
  [65_536, {}],
  [10, { maxLineLength: 10 }],
] as const) {
  test(`a line of ${max} bytes is delivered; of a longer one its sender is told, and the next is delivered (rule 19)`, () =>
    withLimits(options, async ({ limits, connect }) => {
      const peer = await connect()
      peer.send(`${'x'.repeat(max)}\r\n`)
      assert.is(await peer.line(), `got ${max}`)
      assert.equal(limits, [])
      peer.send(`${'x'.repeat(max + 1)}\r\n`)
      assert.is(await peer.line(), `That line is too long: at most ${max} bytes.`)
      assert.equal(limits, [`maxLineLength ${max} #1`])
      peer.send('next\r\n')
      assert.is(await peer.line(), 'got 4')
      assert.is(limits.length, 1)
    }))
}

test('of a line that never ends its sender is told once, and none of it is kept or delivered (rule 19)', () =>
  withLimits({ maxLineLength: 1_000 }, async ({ limits, connect }) => {
    const peer = await connect()
    const socket = await serverSocket(peer)
    for (let i = 1; i <= 50; i++) {
      peer.send('x'.repeat(999))
      await hasRead(socket, i * 999)
    }
    assert.is(await peer.line(), 'That line is too long: at most 1000 bytes.')
    peer.send('\r\nnext\r\n')
    assert.is(await peer.line(), 'got 4')
    assert.equal(limits, ['maxLineLength 1000 #1'])
  }))

test('the length of a line is counted in bytes, without its ending (rule 19)', () =>
  withLimits({ maxLineLength: 4 }, async ({ connect }) => {
    const peer = await connect()
    peer.send('\u00fc\u00fc\r\n\u{1f600}\r\n\u00fc\u00fcx\r\nnext\r\n')
    const lines = await peer.lines(4)
    assert.equal(lines.sort(), ['That line is too long: at most 4 bytes.', 'got 2', 'got 2', 'got 4'].sort())
  }))

test('a handler that awaits a line gets the one after a line that is too long (rule 19)', async () => {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => client.write(`Welcome, ${await client.nextLine()}`))
  await withLimits(
    { maxLineLength: 10 },
    async ({ connect }) => {
      const peer = await connect()
      peer.send(`${'x'.repeat(100)}\r\nann\r\n`)
      assert.equal(await peer.lines(2), ['That line is too long: at most 10 bytes.', 'Welcome, ann'])
    },
    service,
  )
})

test('a handler of LimitExceeded may close the client: it gets its last words, and nothing after them', async () => {
  const service = new Service()
  let count = 0
  service.listen(events.LimitExceeded, ({ client }) => {
    count += 1
    client?.write('Goodbye.')
    void client?.close()
  })
  await withLimits(
    { maxLineLength: 10 },
    async ({ connect }) => {
      const peer = await connect()
      peer.send(`${'x'.repeat(100)}\r\n${'x'.repeat(100)}\r\n${'x'.repeat(100)}\r\nnext\r\n`)
      assert.is(await peer.rest(), 'That line is too long: at most 10 bytes.\r\nGoodbye.\r\n')
      assert.is(count, 1)
    },
    service,
  )
})

// --- What nobody has read yet

/** A client whose handler waits until it is told to go on, and notes what it then gets. */
async function withStalled(
  options: StartOptions,
  body: (setting: Setting & { peer: Peer; client: Client; resume(): void; got: string[] }) => Promise<void>,
): Promise<void> {
  const service = new Service()
  const goOn = deferred()
  const got: string[] = []
  service.listen(events.Connect, () => goOn.promise)
  service.listen(events.Receive, ({ data }) => void got.push(data))
  await withLimits(
    options,
    async (setting) => {
      const peer = await setting.connect()
      await serverSocket(peer)
      const [client] = service.clients
      await body({ ...setting, peer, client: client as never, resume: goOn.resolve, got })
      goOn.resolve()
    },
    service,
  )
}

for (const [limit, max, options, size] of [
  ['maxUnreadLines', 256, {}, 20],
  ['maxUnreadLines', 8, { maxUnreadLines: 8 }, 20],
  ['maxUnreadBytes', 262_144, {}, 20_000],
  ['maxUnreadBytes', 1_000, { maxUnreadBytes: 1_000 }, 200],
] as const) {
  test(`${limit}: over ${max} unread the socket is paused, and resumed at half; nothing is lost (rule 19)`, () =>
    // A line a turn, so that it shows at which of them reading goes on.
    withStalled({ ...options, lineBudget: 1 }, async ({ limits, peer, client, resume, got }) => {
      const socket = await serverSocket(peer)
      const line = (i: number): string => `${String(i).padEnd(size, '.')}`
      // One by one, so that reading stops at the very line.
      let sent = 0
      let bytes = 0
      while (!socket.isPaused()) {
        peer.send(`${line(sent)}\r\n`)
        sent += 1
        bytes += size + 2
        await hasRead(socket, bytes)
        // A long line may come in several chunks.
        while (client.unread < sent && !socket.isPaused()) await turns(1)
      }
      const cost = limit === 'maxUnreadLines' ? 1 : size
      assert.ok(sent * cost > max && (sent - 1) * cost <= max, `paused at ${sent} lines`)
      assert.equal(limits, [`${limit} ${max} #1`])

      // Whatever comes now stays in the system, and the sender is told nothing.
      const more = 30
      for (let i = 0; i < more; i++) peer.send(`${line(sent + i)}\r\n`)
      await turns(20)
      assert.is(client.unread, sent)
      assert.is(peer.received, '')

      // The event of that name comes later than the call.
      const resumed: number[] = []
      const original = socket.resume
      socket.resume = () => {
        resumed.push(client.unread * cost)
        return original.call(socket)
      }
      resume()
      while (got.length < sent + more) await turns(1)
      const [first = Number.NaN] = resumed
      assert.ok(first <= max / 2 && first + cost > max / 2, `resumed at ${first}`)
      assert.equal(
        got,
        Array.from({ length: sent + more }, (_, i) => line(i)),
      )
    }))
}

test('many lines in one packet over the limit are all delivered, in order (rule 19)', () =>
  withStalled({ maxUnreadLines: 4 }, async ({ limits, peer, client, resume, got }) => {
    const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`)
    peer.socket.end(`${lines.join('\r\n')}\r\n`)
    while (client.unread < 500) await turns(1)
    assert.equal(limits, ['maxUnreadLines 4 #1'])
    resume()
    await peer.rest()
    assert.equal(got, lines)
  }))

test('a client that is closed while it is not read from gets its last words and a clean end: the rest is read and dropped', () =>
  withStalled({ maxUnreadLines: 4 }, async ({ peer, client, resume, got }) => {
    const socket = await serverSocket(peer)
    peer.send('line\r\n'.repeat(5))
    while (!socket.isPaused()) await turns(1)
    // Unread in the system, it would make the system reset the connection.
    peer.send('line\r\n'.repeat(10_000))
    await turns(10)
    const ended = once(peer.socket, 'end')
    client.write('Goodbye.')
    void client.close()
    assert.is(await peer.line(), 'Goodbye.')
    await ended
    await client.closed
    assert.is(peer.received, '')
    resume()
    await turns()
    assert.equal(got, [])
  }))

test('in raw mode chunks are counted, and every byte arrives (rules 14 and 19)', async () => {
  const service = new Service<object, Uint8Array>()
  const goOn = deferred()
  const limits: string[] = []
  const got: Uint8Array[] = []
  service.listen(events.Connect, () => goOn.promise)
  service.listen(events.Receive, ({ data }) => void got.push(data))
  service.listen(events.LimitExceeded, ({ limit, max }) => void limits.push(`${limit} ${max}`))
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      const socket = await serverSocket(peer)
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251))
      peer.socket.end(bytes)
      while (!socket.isPaused()) await turns(1)
      assert.equal(limits, ['maxUnreadBytes 262144'])
      goOn.resolve()
      await peer.rest()
      assert.ok(Buffer.concat(got).equals(bytes))
    },
    { raw: true },
  )
})

test('maxUnreadBytes counts bytes as they came, not characters (rule 19)', () =>
  withStalled({ maxUnreadBytes: 1_000 }, async ({ limits, peer, client, resume, got }) => {
    const socket = await serverSocket(peer)
    for (let i = 1; i <= 6; i++) {
      assert.not(socket.isPaused(), `after ${i - 1} lines`)
      peer.send(`${'\u00fc'.repeat(100)}\r\n`)
      while (client.unread < i) await turns(1)
    }
    assert.ok(socket.isPaused())
    assert.equal(limits, ['maxUnreadBytes 1000 #1'])
    resume()
    while (got.length < 6) await turns(1)
  }))

// --- What a peer does not take; who never takes it is dropped: see broadcast.spec.ts

/** A service whose answers are so big that a few of them are more than the system's own buffers take. */
const BIG = 'x'.repeat(200_000)

async function withBigAnswers(
  body: (setting: { service: Service; peer: Peer; limits: string[]; handled(): number }) => Promise<void>,
): Promise<void> {
  const service = new Service()
  let handled = 0
  service.listen(events.Receive, ({ client, data }) => {
    handled += 1
    client.write(`${data} ${BIG}`)
  })
  const limits: string[] = []
  service.listen(events.LimitExceeded, ({ limit }) => void limits.push(limit))
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      try {
        await body({ service, peer, limits, handled: () => handled })
      } finally {
        peer.destroy()
      }
    },
    { telnet: false },
  )
}

/** Takes so many answers. Whatever is wrong with one, it is not to be printed. */
async function bigAnswers(peer: Peer, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const answer = await peer.line().catch(() => 'none')
    assert.ok(answer === `${i} ${BIG}`, `answer ${i} is ${answer.length} bytes: ${answer.slice(0, 10)}`)
  }
}

test('a peer that does not take its answers is not read from until it does, and then gets them all (rule 19)', () =>
  withBigAnswers(async ({ service, peer, limits, handled }) => {
    const socket = await serverSocket(peer)
    peer.socket.pause()
    let sent = 0
    while (!socket.isPaused()) {
      peer.send(`${sent}\r\n`)
      sent += 1
      await turns(3)
    }
    const [client] = service.clients
    const before = { handled: handled(), unread: client?.unread }
    for (let i = 0; i < 10; i++) peer.send(`${sent++}\r\n`)
    await turns(20)
    assert.equal({ handled: handled(), unread: client?.unread }, before)
    assert.ok(socket.isPaused())
    peer.socket.resume()
    await bigAnswers(peer, sent)
    assert.equal(limits, [])
  }))

test('a peer that sends 100 lines, says goodbye, and takes its time to read gets all answers, of 20 MB in all (rules 12 and 19)', () =>
  withBigAnswers(async ({ peer, limits }) => {
    const socket = await serverSocket(peer)
    peer.socket.pause()
    peer.socket.end(Array.from({ length: 100 }, (_, i) => `${i}\r\n`).join(''))
    while (!socket.isPaused()) await turns(1)
    await turns(20)
    peer.socket.resume()
    await bigAnswers(peer, 100)
    assert.is(await peer.rest(), '')
    assert.equal(limits, [])
  }))

// --- Connections

const FULL = 'The service is full. Please try again later.'
const TOO_MANY = 'Too many connections from your address.'

test('maxConnections: one more is told why and closed, and one is let in again when another has left (rule 19)', () =>
  withLimits({ maxConnections: 3 }, async ({ service, limits, connect }) => {
    const inside = [await connect(), await connect(), await connect()]
    await Promise.all(inside.map(serverSocket))
    for (let i = 0; i < 2; i++) assert.is(await (await connect()).rest(), `${FULL}\r\n`)
    assert.equal(limits, ['maxConnections 3 from 127.0.0.1', 'maxConnections 3 from 127.0.0.1'])
    assert.is(service.clients.size, 3)
    for (const peer of inside) {
      peer.send('hello\r\n')
      assert.is(await peer.line(), 'got 5')
    }
    const [leaver] = inside
    const socket = await serverSocket(leaver as Peer)
    leaver?.end()
    await isClosed(socket)
    const next = await connect()
    next.send('hello\r\n')
    assert.is(await next.line(), 'got 5')
    assert.is(limits.length, 2)
  }))

test('whoever is turned away gets no event but LimitExceeded, is no client, and is told even where it sends at once (rule 19)', async () => {
  const service = new Service()
  const met: string[] = []
  await withLimits(
    { maxConnections: 1 },
    async ({ connect }) => {
      const first = await connect()
      first.send('hello\r\n')
      assert.is(await first.line(), 'got 5')
      service.listen(events.Client, (event) => void met.push(event.constructor.name))
      const second = await connect()
      second.socket.end('hello\r\nanyone there?\r\n')
      assert.is(await second.rest(), `${FULL}\r\n`)
      first.send('hello\r\n')
      assert.is(await first.line(), 'got 5')
      assert.equal(met, ['Receive'])
    },
    service,
  )
})

test('maxConnectionsPerAddress: one more from there is told why and closed; other addresses are let in (rule 19)', () =>
  withLimits({ maxConnectionsPerAddress: 2 }, async ({ limits, connect }) => {
    const inside = [await connect('127.0.0.2'), await connect('127.0.0.2')]
    await Promise.all(inside.map(serverSocket))
    assert.is(await (await connect('127.0.0.2')).rest(), `${TOO_MANY}\r\n`)
    assert.equal(limits, ['maxConnectionsPerAddress 2 from 127.0.0.2'])
    const other = await connect('127.0.0.3')
    other.send('hello\r\n')
    assert.is(await other.line(), 'got 5')
    const [leaver] = inside
    const socket = await serverSocket(leaver as Peer)
    leaver?.socket.resetAndDestroy()
    await isClosed(socket)
    const next = await connect('127.0.0.2')
    next.send('hello\r\n')
    assert.is(await next.line(), 'got 5')
    assert.is(await (await connect('127.0.0.2')).rest(), `${TOO_MANY}\r\n`)
  }))

test('connections from loopback are not counted by address unless asked: 300 of them come in (rule 19)', () =>
  withLimits({}, async ({ service, limits, connect }) => {
    const peers = await Promise.all(Array.from({ length: 300 }, () => connect()))
    await Promise.all(peers.map(serverSocket))
    assert.is(service.clients.size, 300)
    assert.equal(limits, [])
  }))

test('an address is counted in 256 connections where nothing else was said (rule 19)', () =>
  withLimits({}, async ({ service, limits }) => {
    const ends = Array.from({ length: 256 }, () => {
      const [ours, theirs] = memoryPair()
      service.accept(theirs, { remoteAddress: '192.0.2.1' })
      return ours
    })
    const [ours, theirs] = memoryPair()
    assert.throws(
      () => service.accept(theirs, { remoteAddress: '192.0.2.1' }),
      (error: Error) => error instanceof ServiceFullError,
    )
    let told = ''
    for await (const chunk of ours) told += chunk
    assert.is(told, `${TOO_MANY}\r\n`)
    assert.equal(limits, ['maxConnectionsPerAddress 256 from 192.0.2.1'])
    const [other, accepted] = memoryPair()
    service.accept(accepted, { remoteAddress: '192.0.2.2' })
    for (const end of [...ends, other]) end.destroy()
  }))

test('a crowd that comes and goes many times over the limit leaves all places free (rule 19)', () =>
  withLimits({ maxConnections: 10, maxConnectionsPerAddress: 10 }, async ({ connect }) => {
    for (let round = 0; round < 10; round++) {
      const peers = await Promise.all(Array.from({ length: 30 }, () => connect()))
      for (const [i, peer] of peers.entries()) {
        if (i % 2 === 0) peer.destroy()
        else peer.socket.resetAndDestroy()
      }
      await allClosed()
    }
    const inside = await Promise.all(Array.from({ length: 10 }, () => connect()))
    for (const peer of inside) {
      peer.send('hello\r\n')
      assert.is(await peer.line(), 'got 5')
    }
    assert.is(await (await connect()).rest(), `${FULL}\r\n`)
  }))

// --- Events by telnet

test('Ctrl-C a hundred thousand times is a hundred events, and everybody else is served (rule 19)', () => {
  const service = new Service()
  const never = new Promise(() => {})
  let raised = 0
  service.listen(events.Interrupt, () => {
    raised += 1
    return never
  })
  return withLimits(
    { telnet: true },
    async ({ limits, connect }) => {
      const [flooder, other] = [await connect(), await connect()]
      flooder.send(Buffer.alloc(100_000, 0x03))
      flooder.send('hello\r\n')
      assert.is(await flooder.line(), 'got 5', 'none of it is part of the line')
      other.send('hello\r\n')
      assert.is(await other.line(), 'got 5')
      assert.is(raised, 100)
      assert.equal([...new Set(limits)], ['maxTelnetEvents 100 #1'])
    },
    service,
  )
})

test.run()
