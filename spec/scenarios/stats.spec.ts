// What service.stats() counts: whole services, and people who use them.

import { once } from 'node:events'
import { connect, events, memoryPair, Service, ServiceFullError, type ServiceStats } from 'mara-ts'
import { connectTo, FakeClock } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EventLoopMonitor } from '../../lib/observability/event-loop.js'
import { Stage } from '../../lib/testing/stage.js'
import { deferred, running, turns } from '../support/service.js'

const test = suite('stats')

/** Only what is not 0. */
function counted(figures: { readonly [name: string]: number }): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter(([, count]) => count !== 0))
}

/** Looks again, a turn of the event loop later, until it is so. */
async function until(
  service: { stats(): ServiceStats },
  isSo: (stats: ServiceStats) => boolean,
): Promise<void> {
  while (!isSo(service.stats())) await turns(1)
}

test('may be asked before the service has ever started', () => {
  const clock = new FakeClock(1_000)
  const stats = new Service({ clock }).stats()
  assert.is(stats.at, 1_000)
  assert.is(stats.since, 1_000)
  assert.is(stats.uptime, 0)
  assert.equal(stats.clients, { connected: 0, accepted: 0, restored: 0, refused: 0 })
  assert.equal(stats.queues, { ready: 0, unreadLines: 0, unreadBytes: 0, unsentBytes: 0 })
  assert.equal(stats.eventLoop, { delay: null })
  assert.equal(stats.handlers, { inFlight: 0, byEvent: {} })
  assert.equal(stats.events, {})
})

test('are plain data that nobody can change', async () => {
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozen))
  await running(new Service(), async (service) => {
    const stats = service.stats()
    assert.ok(isFrozen(stats))
    assert.equal(JSON.parse(JSON.stringify(stats)), stats)
  })
})

test('uptime begins with each start, and totals go on over all of them', async () => {
  const clock = new FakeClock(0)
  const service = new Service({ clock })
  for (const round of [1, 2]) {
    await running(service, async () => {
      const peer = await connect(service)
      peer.write('hello')
      await until(service, ({ input }) => input.lines === round)
      await clock.advance(5_000)
      assert.is(service.stats().uptime, 5_000)
      assert.equal(service.stats().clients, { connected: 1, accepted: round, restored: 0, refused: 0 })
    })
    const { at, since, uptime, clients, events } = service.stats()
    assert.equal([since, uptime, clients.connected, events.Connect], [0, 0, 0, round])
    assert.is(at, round * 5_000)
  }
})

test('traffic is bytes as they came and went, and lines by their ends', async () => {
  const service = new Service()
  service.listen(events.Connect, ({ client }) => {
    client.write('Hé', 'two\nlines', { newline: false })
    client.write(new Uint8Array([1, 2, 3]))
    service.writeAll('all')
  })
  await running(service, async () => {
    const peer = await connect(service, { telnet: false })
    await peer.expect('all')
    // H é t w o CR LF l i n e s, three bytes, a l l CR LF
    assert.equal(service.stats().output, { bytes: 3 + 10 + 3 + 5, lines: 2 })
    peer.write('ünï', '', 'begun', { newline: false })
    peer.write('')
    await until(service, ({ input }) => input.lines > 0)
    const { input } = service.stats()
    assert.is(input.lines, 1)
    assert.is(input.bytes, Buffer.byteLength('ünïbegun\r\n'))
  })
})

test('in raw mode a chunk counts as a line', async () => {
  const service = new Service({})
  await running(
    service,
    async () => {
      const peer = await connect(service, { raw: true })
      peer.write(new Uint8Array([10, 10, 10]))
      await until(service, ({ input }) => input.bytes === 3)
      assert.is(service.stats().input.lines, 1)
    },
    { raw: true },
  )
})

test('what a client sends after it was closed was received all the same', async () => {
  const service = new Service()
  service.listen(events.Connect, ({ client }) => void client.close())
  await running(service, async () => {
    const [ours, theirs] = memoryPair()
    service.accept(ours)
    await once(theirs.resume(), 'end')
    theirs.write('too late\n')
    await until(service, ({ input }) => input.bytes === 9)
    assert.is(service.stats().input.lines, 0)
    theirs.end()
  })
})

test('what connect() makes is no part of any service', async () => {
  const [one, other] = [new Service(), new Service()]
  await running(one, async () => {
    const peer = await connect(one)
    peer.write('hello')
    await until(one, ({ input }) => input.lines === 1)
    assert.equal([other.stats().input.lines, one.stats().output.bytes], [0, 0])
  })
})

test('queues are what waits now: lines for handlers, and output for peers', async () => {
  const { promise, resolve } = deferred()
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    client.write('x'.repeat(500_000))
    await promise
  })
  await running(service, async () => {
    const [ours, theirs] = memoryPair()
    service.accept(ours)
    theirs.write('one\r\ntwo\r\nthree')
    await until(service, ({ queues }) => queues.unreadLines === 2 && queues.unsentBytes > 400_000)
    assert.is(service.stats().queues.unreadBytes, 6)
    theirs.resume()
    await until(service, ({ queues }) => queues.unsentBytes === 0)
    resolve()
    await until(service, ({ queues }) => queues.unreadLines === 0)
    assert.equal(service.stats().queues, { ready: 0, unreadLines: 0, unreadBytes: 0, unsentBytes: 0 })
    theirs.end()
  })
})

test('unread lines of a client that has gone still count, since they are still handled', async () => {
  const { promise, resolve } = deferred()
  const service = new Service()
  service.listen(events.Receive, () => promise)
  const body = async (): Promise<void> => {
    const peer = await connect(service)
    peer.write('1', '2', '3')
    await until(service, ({ queues }) => queues.unreadLines === 2)
    await peer.close()
    assert.is(service.stats().queues.unreadLines, 2)
    resolve()
    await until(service, ({ events }) => events.Disconnect === 1)
    assert.is(service.stats().queues.unreadLines, 0)
  }
  await running(service, body, { drain: 3_600_000 })
})

test('ready is how many clients wait for their turn', async () => {
  const seen: number[] = []
  const service = new Service()
  service.listen(events.Receive, () => void seen.push(service.stats().queues.ready))
  await running(service, async () => {
    const pairs = [memoryPair(), memoryPair(), memoryPair()]
    for (const [ours] of pairs) service.accept(ours)
    await until(service, ({ events }) => events.Connect === 3)
    await turns()
    for (const [, theirs] of pairs) theirs.write('go\n')
    await until(service, ({ events }) => events.Receive === 3)
    assert.equal(seen, [2, 1, 0])
    for (const [, theirs] of pairs) theirs.destroy()
  })
})

test('each limit that is met counts, and each connection that is turned away', async () => {
  const service = new Service()
  await running(
    service,
    async () => {
      const peer = await connect(service)
      assert.throws(
        () => service.accept(memoryPair()[0]),
        (error: unknown) => error instanceof ServiceFullError,
      )
      peer.write('far too long', 'ok', 'far too long')
      await peer.expect('too long')
      await peer.expect('too long')
      const { limits, clients } = service.stats()
      assert.equal(counted(limits), { maxLineLength: 2, maxConnections: 1 })
      assert.is(Object.keys(limits).length, 12)
      assert.is(clients.refused, 1)
    },
    { maxLineLength: 5, maxConnections: 1 },
  )
})

test('a handler is in flight from its beginning to its end, by the event that it handles', async () => {
  class Shout extends events.Event {}
  const { promise, resolve } = deferred()
  const own: ServiceStats['handlers'][] = []
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    own.push(service.stats().handlers)
    await client.nextLine()
    await service.trigger(new Shout())
  })
  service.listen(Shout, () => promise)
  service.listen(events.Receive, () => void own.push(service.stats().handlers))
  await running(service, async () => {
    const peer = await connect(service)
    await until(service, ({ handlers }) => handlers.inFlight === 1)
    peer.write('go on')
    await until(service, ({ handlers }) => handlers.inFlight === 2)
    assert.equal(counted(service.stats().handlers.byEvent), { Connect: 1, Shout: 1 })
    resolve()
    await until(service, ({ handlers }) => handlers.inFlight === 0)
    peer.write('and on')
    await until(service, ({ events }) => events.Receive === 1)
    await turns()
    // Whether it awaits or not, a handler that asks is in flight itself.
    assert.equal(
      own.map(({ byEvent }) => counted(byEvent)),
      [{ Connect: 1 }, { Receive: 1 }],
    )
    const { handlers, events } = service.stats()
    assert.is(handlers.inFlight, 0)
    assert.equal(Object.keys(handlers.byEvent), Object.keys(events))
    assert.is(events.Shout, 1)
  })
})

test('a handler that throws has ended, whoever triggered its event', async () => {
  class Fails extends events.Event {}
  const seen: Record<string, number>[] = []
  const service = new Service()
  const fail = async (): Promise<void> => {
    await turns(1)
    throw new Error('no')
  }
  service.listen(events.Connect, ({ client }) => void client.write('hi'))
  for (const eventClass of [events.Receive, events.Disconnect, Fails]) service.listen(eventClass, fail)
  service.listen(events.HandlerError, () => void seen.push(counted(service.stats().handlers.byEvent)))
  await running(service, async () => {
    await service.trigger(new Fails())
    const peer = await connect(service)
    peer.write('hello')
    await until(service, ({ events }) => events.HandlerError === 2)
    await peer.close()
    await until(service, ({ events }) => events.HandlerError === 3)
    assert.equal(seen, [{ HandlerError: 1 }, { HandlerError: 1 }, { HandlerError: 1 }])
    await until(service, ({ handlers }) => handlers.inFlight === 0)
  })
})

test('a handler that never ends stays in flight when its client has gone', async () => {
  const service = new Service()
  service.listen(events.Receive, () => new Promise(() => {}))
  await running(
    service,
    async () => {
      const peer = await connect(service)
      peer.write('hello')
      await until(service, ({ handlers }) => handlers.inFlight === 1)
      await peer.close()
      await until(service, ({ clients, events }) => clients.connected === 0 && events.Disconnect === 1)
    },
    { drain: 0 },
  )
  assert.equal(counted(service.stats().handlers.byEvent), { Receive: 1 })
})

test('the event loop is watched from the first question to the stop', async () => {
  const service = new Service()
  await running(service, async () => {
    assert.is(service.stats().eventLoop.delay, null)
    await until(service, ({ eventLoop }) => eventLoop.delay !== null)
  })
  assert.is(service.stats().eventLoop.delay, null)
  // One that began later knows something by then.
  const other = new EventLoopMonitor()
  while (other.read() === undefined) await turns(1)
  other.stop()
  assert.is(service.stats().eventLoop.delay, null)
})

// --- Over a restart

function conversing(): Service {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    await client.ask('Name: ')
    await client.ask('City: ')
    client.write('Welcome')
  })
  return service
}

test('a process that takes over counts for itself, and nothing that the one before has counted', async () => {
  const stage = new Stage(conversing)
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  await ann.sees('Name: ')
  ann.type('ann')
  await ann.sees('City: ')
  ann.connection.write('ro', { newline: false })
  await until(stage.service, ({ input }) => input.bytes === 7)
  assert.equal(stage.service.stats().input, { bytes: 7, lines: 1 })
  assert.is(stage.service.stats().output.bytes, 12)
  for (const how of ['restart', 'crash'] as const) {
    await stage[how]()
    const { clients, input, output, handlers, events } = stage.service.stats()
    assert.equal(clients, { connected: 1, accepted: 0, restored: 1, refused: 0 }, how)
    assert.equal([input, output.bytes], [{ bytes: 0, lines: 0 }, 0], how)
    // Its handler has been brought to where it was: it is in flight, but its event came to the process before.
    await until(stage.service, ({ handlers }) => handlers.inFlight > 0)
    assert.equal(counted(stage.service.stats().handlers.byEvent), { Connect: 1 }, how)
    assert.equal([handlers.byEvent.Connect, events.Connect], [0, 0], how)
  }
  ann.type('me')
  await ann.sees('Welcome')
  assert.equal(stage.service.stats().input, { bytes: 4, lines: 1 })
  assert.equal(counted(stage.service.stats().handlers.byEvent), {})
  await stage.stop()
})

test('lines that were received before a crash, and are read after it, have been counted before', async () => {
  const { promise, resolve } = deferred()
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.Receive, async ({ client, data }) => {
      await promise
      client.write(`got ${data}`)
    })
    return service
  })
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  ann.type('1', '2', '3')
  await until(stage.service, ({ queues }) => queues.unreadLines === 2)
  await stage.settle()
  await stage.crash()
  assert.is(stage.service.stats().queues.unreadLines, 2)
  resolve()
  await ann.sees('got 1', 'got 2', 'got 3')
  const { input, output, events: triggered } = stage.service.stats()
  assert.equal([input, output.lines, triggered.Receive], [{ bytes: 0, lines: 0 }, 3, 3])
  await stage.stop()
})

test('a handler that leaves the way of its journal begins again, and is in flight once', async () => {
  class Asked extends events.Event {}
  let version = 0
  const stage = new Stage(() => {
    version += 1
    const question = `Question ${version}: `
    const service = new Service()
    service.listen(
      Asked,
      ({ client }: events.Event & { client?: { ask(message: string): Promise<string> } }) =>
        client?.ask(question),
    )
    service.listen(events.Connect, async ({ client }) => {
      await client.ask('Name: ')
      await service.trigger(Object.assign(new Asked(), { client }))
    })
    return service
  })
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  await ann.sees('Name: ')
  ann.type('ann')
  await ann.sees('Question 1: ')
  assert.equal(counted(stage.service.stats().handlers.byEvent), { Connect: 1, Asked: 1 })
  await stage.restart()
  await until(stage.service, ({ handlers }) => handlers.inFlight > 0)
  await stage.settle()
  const { handlers, events: triggered } = stage.service.stats()
  assert.is(handlers.byEvent.Connect, 1)
  assert.ok((handlers.byEvent.Asked ?? 0) + (triggered.Asked ?? 0) === 0, JSON.stringify(handlers))
  await stage.stop()
})

test.run()
