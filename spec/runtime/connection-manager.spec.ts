import type { Duplex } from 'node:stream'
import { type Client, ClientContainer, events, memoryPair } from 'mara-ts'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { channelOf } from '../../lib/client/client.js'
import { type ConnectionLimits, defaultLimits } from '../../lib/limits.js'
import { Counters } from '../../lib/observability/counters.js'
import { bytes, lines, type Protocol } from '../../lib/protocol/index.js'
import type { SavedClient } from '../../lib/runtime/client-state.js'
import { ConnectionManager } from '../../lib/runtime/connection-manager.js'
import { Executor } from '../../lib/runtime/executor.js'
import { newProgress } from '../../lib/runtime/progress.js'
import { DuplexConnection } from '../../lib/transport/duplex.js'
import { turns } from '../support/service.js'

type Handle = (event: { constructor: { name: string } }, client: Client) => PromiseLike<unknown> | undefined

function setUp(
  handle: Handle = () => undefined,
  limits: Partial<ConnectionLimits> = {},
  protocol: Protocol = lines,
  clock = new FakeClock(),
) {
  const log: string[] = []
  const clients = new ClientContainer()
  const connections = new ConnectionManager(
    clients,
    {
      executor: new Executor(),
      counters: new Counters(),
      clock,
      limits: { ...defaultLimits, ...limits },
      protocol,
      sanitize: true,
      warn: (message) => void log.push(message),
      drain: 1_000,
    },
    {
      dispatch(event) {
        log.push(event.constructor.name)
        return handle(event, (event as events.Connect).client)
      },
      flights: () => ({ count: 0 }),
      failed: () => undefined,
    },
  )
  /** A client that has come, and its peer. */
  const come = async (): Promise<Duplex> => {
    const [ours, theirs] = memoryPair()
    theirs.resume()
    theirs.on('end', () => theirs.end())
    connections.accept(new DuplexConnection(ours), {})
    await turns()
    return theirs
  }
  return { log, clients, clock, connections, come }
}

test('ids are never used twice, and a client is there from Connect to just before Disconnect', async () => {
  const counts: number[] = []
  const { log, clients, come } = setUp(() => void counts.push(clients.size) as undefined)
  const first = await come()
  const second = await come()
  assert.equal(
    [...clients].map(({ id }) => id),
    [1, 2],
  )
  first.destroy()
  await turns(6)
  const third = await come()
  assert.equal(
    [...clients].map(({ id }) => id),
    [2, 3],
  )
  assert.equal(log, ['Connect', 'Connect', 'Disconnect', 'Connect'])
  assert.equal(counts, [1, 2, 1, 2])
  for (const peer of [second, third]) peer.destroy()
})

test('whoever is turned away is told why, and no client is made (rule 19)', async () => {
  const { log, clients, connections, come } = setUp(() => undefined, { maxConnections: 1 })
  await come()
  const [ours, theirs] = memoryPair()
  let told = ''
  theirs.on('data', (chunk) => {
    told += chunk
  })
  assert.is(connections.accept(new DuplexConnection(ours), { remoteAddress: '192.0.2.1' }), undefined)
  await turns()
  assert.is(told, 'The service is full. Please try again later.\r\n')
  assert.equal(log, ['Connect', 'LimitExceeded'])
  assert.is(clients.size, 1)
})

test('where bytes are spoken nobody is seen off in words, whether the server has named its protocol or the service has', async () => {
  const { connections } = setUp(() => undefined, {}, bytes)
  for (const [protocol, expected] of [
    [undefined, ''],
    [bytes, ''],
    [lines, 'Sorry.\r\n'],
  ] as const) {
    const [ours, theirs] = memoryPair()
    let told = ''
    theirs.on('data', (chunk) => {
      told += chunk
    })
    connections.seeOut(
      new DuplexConnection(ours),
      'Sorry.',
      protocol ?? connections.protocol(undefined, undefined),
    )
    await turns()
    assert.is(told, expected)
    assert.ok(ours.destroyed)
  }
})

test('idle clients are closed at once, all before the first of them leaves', async () => {
  const stillOpen: number[] = []
  const { log, clients, connections, come } = setUp((event) => {
    if (event instanceof events.Disconnect) {
      stillOpen.push([...clients].filter(({ connected }) => connected).length)
    }
    return undefined
  })
  await come()
  await come()
  assert.is(await connections.close(1_000), 0)
  assert.equal(log, ['Connect', 'Connect', 'Disconnect', 'Disconnect'])
  assert.equal(stillOpen, [0, 0])
  assert.is(clients.size, 0)
})

test('a handler gets its time to finish, and lines meanwhile', async () => {
  const lines: string[] = []
  const { clients, connections, come } = setUp((event, client) =>
    event instanceof events.Connect
      ? (async () => {
          for (let i = 0; i < 2; i++) lines.push(await client.nextLine())
        })()
      : undefined,
  )
  const peer = await come()
  const closing = connections.close(1_000)
  peer.write('one\ntwo\nthree\n')
  assert.is(await closing, 0)
  assert.equal(lines, ['one', 'two'])
  assert.is(clients.size, 0)
})

test('when the time is up, waits end and finally blocks run; a handler that still goes on is named, and Disconnect comes', async () => {
  let cleaned = false
  const { log, clock, connections, come } = setUp((event, client) => {
    if (!(event instanceof events.Connect)) return undefined
    if (client.id === 2) return new Promise(() => {})
    return (async () => {
      try {
        await client.nextLine()
      } finally {
        cleaned = true
      }
    })().catch(() => {})
  })
  await come()
  await come()
  const closing = connections.close(500)
  await clock.advance(499)
  assert.is(cleaned, false)
  await clock.advance(1)
  await turns(6)
  assert.is(cleaned, true)
  await clock.advance(1_000)
  assert.is(await closing, 0)
  assert.equal(log.filter((entry) => entry.startsWith('The handler')).length, 1)
  assert.is(log.filter((entry) => entry === 'Disconnect').length, 2)
})

test('a process that takes its clients back watches them as they are now, and not as it had left them', async () => {
  // One that listens in silence: its Connect ran when another process took over, and has ended there.
  const { connections: before, clients, clock, come } = setUp(() => new Promise(() => {}))
  await come()
  const [client] = clients as Iterable<Client>
  channelOf(client as Client).freeze()
  channelOf(client as Client).abandon()
  const { connections, log } = setUp(() => undefined, {}, lines, clock)
  connections.takeBackFrom(before)
  const saved: SavedClient = {
    id: 1,
    connectedAt: clock.now(),
    at: 'idle',
    asked: false,
    hidden: false,
    channel: {
      snapshot: { protocol: 'lines' },
      seen: [],
      taken: 0,
      lastInput: clock.now(),
      silent: true,
      secrecy: undefined,
    },
    progress: Object.assign(newProgress(), { at: 'idle' }),
    state: '{}',
  }
  const connection = Object.assign(new DuplexConnection(memoryPair()[0]), {
    id: 1,
    listener: '',
    remoteAddress: undefined,
    protocol: undefined,
    deaths: 0,
    leaving: false,
    release() {},
  })
  connections.restore(connections.prepare(connection, undefined, saved), saved.progress)
  connections.resumption.all(new Set())
  await clock.advance(2 * defaultLimits.connectTimeout)
  assert.ok(client?.connected)
  assert.equal(log, [])
})

test.run()
