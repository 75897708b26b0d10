/** A client that does not read, in a service that tells everyone everything. */
import { type Client, events, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { running, turns } from '../support/service.js'
import { isClosed, serverSocket } from '../support/sockets.js'

const test = suite('broadcast')

/** A line that tells its number. */
function line(i: number): string {
  return `${i} `.padEnd(4_000, '.')
}

interface Crowd {
  readonly service: Service
  readonly sleeper: Peer
  readonly sleeping: Client
  readonly readers: readonly Peer[]
  /** What happened, to whom. */
  readonly notes: string[]
}

/** A service with one client that does not read, and some that do. */
async function withCrowd(options: object, body: (crowd: Crowd) => Promise<void>): Promise<void> {
  const service = new Service()
  const notes: string[] = []
  service.listen(events.LimitExceeded, ({ limit, max, client }) => {
    notes.push(`${limit} ${max} #${client?.id}`)
  })
  service.listen(events.Disconnect, ({ client }) => void notes.push(`Disconnect #${client.id}`))
  await running(
    service,
    async () => {
      const sleeper = await Peer.connect(service)
      sleeper.socket.pause()
      await serverSocket(sleeper)
      const [sleeping] = service.clients
      const readers = await Promise.all(Array.from({ length: 5 }, () => Peer.connect(service)))
      await Promise.all(readers.map(serverSocket))
      try {
        await body({ service, sleeper, sleeping: sleeping as never, readers, notes })
      } finally {
        for (const peer of [sleeper, ...readers]) peer.destroy()
      }
    },
    { telnet: false, ...options },
  )
}

/**
 * Broadcasts lines until the sleeper is dropped, each when the one before it has arrived; then some more.
 *
 * @returns how many lines it took.
 */
async function untilDropped({ service, sleeping, readers }: Crowd): Promise<number> {
  let sent = 0
  const tell = async (): Promise<void> => {
    service.writeAll(line(sent))
    for (const reader of readers) assert.is(await reader.line(), line(sent))
    sent += 1
  }
  while (sleeping.connected) await tell()
  const dropped = sent
  for (let i = 0; i < 100; i++) await tell()
  return dropped
}

for (const [max, options] of [
  [65_536, { maxUnsentBytes: 65_536 }],
  [1_048_576, {}],
] as const) {
  test(`a client that never reads is dropped when over ${max} bytes are unsent; the others get everything, in order, and stay (rule 19)`, () =>
    withCrowd(options, async (crowd) => {
      const { service, sleeper, sleeping, readers, notes } = crowd
      const socket = await serverSocket(sleeper)
      // What the system has taken off the service's hands does not count as unsent.
      let unsent = 0
      const watching = service.listen(events.LimitExceeded, () => {
        unsent = socket.writableLength
      })
      const dropped = await untilDropped(crowd)
      watching()
      assert.ok(unsent > max && unsent <= max + 4_002, `${unsent} bytes were unsent`)
      assert.ok(dropped * 4_002 > max)
      assert.equal(notes, [`maxUnsentBytes ${max} #${sleeping.id}`, `Disconnect #${sleeping.id}`])
      await isClosed(socket)
      assert.is(service.clients.size, readers.length)
      for (const reader of readers) assert.is(reader.received, '')
      // What had reached it is whole up to where it was cut off.
      sleeper.socket.resume()
      const got = await sleeper.rest()
      const all = Array.from({ length: dropped }, (_, i) => `${line(i)}\r\n`).join('')
      assert.ok(all.startsWith(got))
    }))
}

test('a client that is dropped takes nobody along who waits for a line (rule 12)', async () => {
  const service = new Service()
  const ends: string[] = []
  service.listen(events.Connect, async ({ client }) => {
    try {
      await client.nextLine()
    } finally {
      ends.push(`#${client.id}`)
    }
  })
  await running(
    service,
    async () => {
      const sleeper = await Peer.connect(service)
      sleeper.socket.pause()
      await serverSocket(sleeper)
      const reader = await Peer.connect(service)
      await serverSocket(reader)
      const [first] = service.clients
      while (service.clients.size === 2) {
        first?.write(line(0))
        await turns(1)
      }
      await turns()
      assert.equal(ends, [`#${first?.id}`])
      reader.send('still here\r\n')
      while (ends.length < 2) await turns(1)
      assert.is(service.clients.size, 1)
      reader.destroy()
    },
    { telnet: false, maxUnsentBytes: 65_536 },
  )
})

test('whoever reads again in time is not dropped, and has missed nothing', () =>
  withCrowd({}, async ({ service, sleeper, sleeping, readers, notes }) => {
    const socket = await serverSocket(sleeper)
    let sent = 0
    while (socket.writableLength < 500_000) {
      service.writeAll(line(sent))
      for (const reader of readers) assert.is(await reader.line(), line(sent))
      sent += 1
    }
    sleeper.socket.resume()
    for (let i = 0; i < sent; i++) assert.is(await sleeper.line(), line(i))
    assert.ok(sleeping.connected)
    assert.equal(notes, [])
  }))

test('many lines in one turn reach everyone in order, as one broadcast after the other', () =>
  withCrowd({}, async ({ service, sleeper, readers }) => {
    sleeper.socket.resume()
    for (let i = 0; i < 150; i++) service.writeAll(line(i))
    for (const peer of [sleeper, ...readers]) {
      for (let i = 0; i < 150; i++) assert.is(await peer.line(), line(i))
    }
  }))

test('a handler of LimitExceeded that writes to everyone, the dropped one too, is run once for it', async () => {
  const service = new Service()
  let count = 0
  service.listen(events.LimitExceeded, () => {
    count += 1
    if (count < 100) service.writeAll('x'.repeat(100_000))
  })
  await running(
    service,
    async () => {
      const sleeper = await Peer.connect(service)
      sleeper.socket.pause()
      await serverSocket(sleeper)
      while (service.clients.size > 0) {
        service.writeAll(line(0))
        await turns(1)
      }
      assert.is(count, 1)
    },
    { telnet: false, maxUnsentBytes: 65_536 },
  )
})

test.run()
