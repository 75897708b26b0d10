import type { Duplex } from 'node:stream'
import { type Client, events, memoryPair, Service, type StartOptions } from 'mara-ts'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { channelOf } from '../../lib/client/client.js'
import { turns } from '../support/service.js'

/** A clock on the wall: somebody may set it, and whoever waits notices nothing of that. */
class WallClock extends FakeClock {
  /** Milliseconds by which it was set forward. */
  set = 0

  override now(): number {
    return super.now() + this.set
  }
}

interface Setting {
  readonly service: Service
  readonly clock: WallClock
  /** What `LimitExceeded` and `Disconnect` told, in order. */
  readonly log: string[]
  /** A client that has come: its peer, and what that has been sent. */
  come(): Promise<{ peer: Duplex; told: () => string; client: Client }>
}

/** A service whose `Connect` handler is `connect`. */
async function withTimeouts(
  options: StartOptions,
  connect: (event: { client: Client }) => unknown,
  body: (setting: Setting) => Promise<void>,
): Promise<void> {
  const clock = new WallClock(undefined, { turns: 6 })
  const service = new Service({ clock })
  const log: string[] = []
  service.listen(
    events.LimitExceeded,
    ({ limit, max, client }) => void log.push(`${limit} ${max} #${client?.id}`),
  )
  service.listen(events.Connect, connect as never)
  service.listen(events.Disconnect, ({ client }) => void log.push(`gone #${client.id}`))
  await service.start({ servers: [], log: false, store: 'memory', ...options })
  const come = async () => {
    const [ours, peer] = memoryPair()
    let text = ''
    peer.on('data', (chunk) => {
      text += chunk
    })
    peer.on('end', () => peer.end())
    const client = service.accept(ours)
    await turns()
    return { peer, told: () => text, client }
  }
  await body({ service, clock, log, come })
  const stopped = service.stop({ drain: 0 })
  await clock.advance(10_000)
  await stopped
}

const logIn = async ({ client }: { client: Client }) => {
  client.state = await client.nextLine()
  await client.nextLine()
}

test('a client in Connect that sends no line within connectTimeout is told and closed: 2 minutes (rule 19)', () =>
  withTimeouts({}, logIn, async ({ service, clock, log, come }) => {
    const { told } = await come()
    await clock.advance(119_999)
    assert.equal([log, told(), service.clients.size], [[], '', 1])
    await clock.advance(1)
    assert.is(told(), 'You have sent nothing for 2 minutes. Goodbye.\r\n')
    assert.equal(log, ['connectTimeout 120000 #1', 'gone #1'])
    assert.is(service.clients.size, 0)
  }))

test('half a line, or telnet that its program speaks by itself, is no line', () =>
  withTimeouts({ connectTimeout: 5_000 }, logIn, async ({ clock, log, come }) => {
    const { peer } = await come()
    peer.write(Buffer.from([255, 253, 1, 0x61, 0x6e, 0x6e]))
    await clock.advance(5_000)
    assert.equal(log, ['connectTimeout 5000 #1', 'gone #1'])
  }))

test('one line is enough, and so is a Connect that has ended; 0 turns connectTimeout off', async () => {
  await withTimeouts({ connectTimeout: 1_000 }, logIn, async ({ clock, log, come }) => {
    const { peer } = await come()
    peer.write('ann\n')
    await clock.advance(3_600_000)
    assert.equal(log, [])
  })
  await withTimeouts(
    { connectTimeout: 1_000 },
    () => undefined,
    async ({ clock, log, come }) => {
      await come()
      await clock.advance(3_600_000)
      assert.equal(log, [])
    },
  )
  await withTimeouts({ connectTimeout: 0 }, logIn, async ({ clock, log, come }) => {
    await come()
    assert.is(clock.pending, 0)
    await clock.advance(86_400_000)
    assert.equal(log, [])
  })
})

test('each client has its own time; those that come together leave together', () =>
  withTimeouts({ connectTimeout: 10_000 }, logIn, async ({ clock, log, come }) => {
    await come()
    await come()
    await clock.advance(4_000)
    await come()
    await clock.advance(6_000)
    assert.equal(log.filter((entry) => entry.startsWith('gone')).sort(), ['gone #1', 'gone #2'])
    await clock.advance(4_000)
    assert.ok(log.includes('gone #3'))
  }))

test('a client that sends nothing for idleTimeout is told and closed, wherever it stands; off by default (rule 19)', async () => {
  await withTimeouts(
    {},
    () => undefined,
    async ({ clock, log, come }) => {
      await come()
      await clock.advance(30 * 86_400_000)
      assert.equal(log, [])
    },
  )
  await withTimeouts(
    { idleTimeout: 60_000, connectTimeout: 0 },
    ({ client }) => (client.id === 1 ? new Promise(() => {}) : undefined),
    async ({ clock, log, come }) => {
      await come()
      const { peer, told } = await come()
      await clock.advance(30_000)
      peer.write('here\n')
      await clock.advance(30_000)
      assert.equal(log, ['idleTimeout 60000 #1'])
      await clock.advance(29_999)
      assert.is(told(), '')
      await clock.advance(1)
      assert.is(told(), 'You have sent nothing for 1 minute. Goodbye.\r\n')
      assert.equal(log.slice(1), ['gone #1', 'idleTimeout 60000 #2', 'gone #2'])
    },
  )
})

test('a client that comes while nobody will be late for long is late at its own time', () =>
  withTimeouts(
    { connectTimeout: 10_000, idleTimeout: 600_000 },
    ({ client }) => (client.id === 1 ? undefined : new Promise(() => {})),
    async ({ clock, log, come }) => {
      await come()
      await clock.advance(20_000)
      await come()
      await clock.advance(10_000)
      assert.equal(log, ['connectTimeout 10000 #2'])
    },
  ))

test('a client whose lines wait for the program is not idle', () =>
  withTimeouts(
    { idleTimeout: 1_000, connectTimeout: 0 },
    () => new Promise(() => {}),
    async ({ clock, log, come }) => {
      const { peer } = await come()
      peer.write('one\n')
      await clock.advance(60_000)
      assert.equal(log, [])
    },
  ))

test('a client that does not take what it is sent is idle even so', () =>
  withTimeouts(
    { idleTimeout: 1_000, connectTimeout: 0 },
    () => new Promise(() => {}),
    async ({ clock, log, come }) => {
      const { peer, client } = await come()
      peer.write('one\n')
      await turns()
      peer.pause()
      client.write('x'.repeat(500_000))
      await clock.advance(20_000)
      assert.is(log[0], 'idleTimeout 1000 #1')
    },
  ))

test('what handlers of LimitExceeded write still arrives, and a client that they close is closed once', () =>
  withTimeouts({ connectTimeout: 1_000 }, logIn, async ({ service, clock, log, come }) => {
    service.listen(events.LimitExceeded, ({ client }) => {
      client?.write('Come back soon.')
      void client?.close()
    })
    const { told } = await come()
    await clock.advance(1_000)
    assert.is(told(), 'You have sent nothing for 1 second. Goodbye.\r\nCome back soon.\r\n')
    assert.equal(log, ['connectTimeout 1000 #1', 'gone #1'])
  }))

test('one timer serves all clients, and none is left when they have gone', () =>
  withTimeouts({ idleTimeout: 60_000 }, logIn, async ({ service, clock, come }) => {
    for (let i = 0; i < 20; i++) await come()
    assert.is(clock.pending, 1)
    for (const client of service.clients) client.destroy()
    await turns(6)
    assert.is(clock.pending, 0)
    await come()
    assert.is(clock.pending, 1)
  }))

test('that a client has sent no line yet is carried over a restart', () =>
  withTimeouts({}, logIn, async ({ come }) => {
    const { peer, client } = await come()
    const other = await come()
    const copy = (): void => {
      const { silent, lastInput, secrecy } = channelOf(client)
      const snapshot = channelOf(client).snapshot()
      channelOf(other.client).restore({ snapshot, seen: [], taken: 0, lastInput, silent, secrecy })
    }
    copy()
    assert.is(channelOf(other.client).silent, true)
    peer.write('ann\n')
    await turns()
    copy()
    assert.is(channelOf(other.client).silent, false)
  }))

const HOUR = 3_600_000

test('where the clock is set back, whoever is silent is closed within twice the limit, and idle for no less than nothing', () =>
  withTimeouts({ connectTimeout: 3_000, idleTimeout: 6_000 }, logIn, async ({ clock, log, come }) => {
    const { client } = await come()
    const { peer } = await come()
    peer.write('ann\n')
    await clock.advance(500)
    clock.set = -HOUR
    assert.is(client.idle, 0)
    await clock.advance(2_500 + 3_000)
    assert.equal(log, ['connectTimeout 3000 #1', 'gone #1'])
    await clock.advance(3_000 + 3_500)
    assert.equal(log.slice(2), ['idleTimeout 6000 #2', 'gone #2'])
  }))

test('where the clock is set forward, or the process stood still, nobody is closed who has been silent for less than the limit', () =>
  withTimeouts({ connectTimeout: 3_000, idleTimeout: 6_000 }, logIn, async ({ clock, log, come }) => {
    const { client } = await come()
    const { peer } = await come()
    peer.write('ann\n')
    await clock.advance(2_000)
    await come()
    clock.set = HOUR
    await clock.advance(1_000)
    assert.equal(log, ['connectTimeout 3000 #1', 'gone #1'], 'it was silent for so long')
    await clock.advance(2_000)
    assert.equal(log.slice(2), ['connectTimeout 3000 #3', 'gone #3'])
    await clock.advance(1_000)
    assert.equal(log.slice(4), ['idleTimeout 6000 #2', 'gone #2'])
    assert.is(client.connected, false)
  }))

test.run()
