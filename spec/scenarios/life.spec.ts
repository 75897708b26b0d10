/** A service from start to stop, and again (contract rule 7). */
import {
  ConnectError,
  connect,
  events,
  memory,
  memoryPair,
  Service,
  ServiceStatusError,
  SettingsError,
  tcp,
} from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { answers, quiet, stopAll, talkative, watched } from '../support/life.js'
import type { Peer } from '../support/peer.js'
import { Records } from '../support/records.js'
import { rejection, running, turns } from '../support/service.js'

const test = suite('life')

test.after.each(stopAll)

test('a service that was stopped can be started again, and serves as before', async () => {
  const service = talkative()
  for (let i = 0; i < 3; i++) {
    assert.is(service.status, 'stopped')
    assert.is(service.address, undefined)
    await service.start(quiet)
    assert.is(service.status, 'running')
    const peer = await answers(service)
    assert.is(service.clients.size, 1)
    await service.stop()
    assert.is(await peer.rest(), '')
    assert.is(service.clients.size, 0)
  }
  assert.is(service.status, 'stopped')
})

test('a client is known by a number that no other has had, in the next life of the service either', async () => {
  const service = talkative()
  const ids: number[] = []
  service.listen(events.Connect, ({ client }) => void ids.push(client.id))
  for (let i = 0; i < 2; i++) {
    await service.start(quiet)
    await answers(service)
    await answers(service)
    await service.stop()
  }
  assert.is(new Set(ids).size, 4, `${ids}`)
})

test('start() of a service that starts or runs is a ServiceStatusError, and harms nothing', async () => {
  const service = talkative()
  const starting = service.start(quiet)
  assert.instance(await rejection(service.start(quiet)), ServiceStatusError)
  assert.instance(await rejection(service.stop()), ServiceStatusError)
  await starting
  const error = await rejection(service.start(quiet))
  assert.instance(error, ServiceStatusError)
  assert.match(
    (error as Error).message,
    /start\(\) was called while the service is running\. .*stop\(\) it first/,
  )
  assert.instance(await rejection(service.run(quiet)), ServiceStatusError)
  await answers(service)
  await service.stop()
})

test('stop() of a stopped service does nothing; several at once are one', async () => {
  const service = talkative()
  const met: string[] = []
  service.listen(events.Service, (event) => void met.push(event.constructor.name))
  await service.stop()
  assert.equal(met, [])
  await service.start(quiet)
  const stops = [service.stop(), service.stop({ drain: 5 }), service[Symbol.asyncDispose]()]
  assert.is(service.status, 'stopping')
  assert.instance(await rejection(service.start(quiet)), ServiceStatusError)
  await Promise.all(stops)
  await service.stop()
  assert.equal(met, ['PreStart', 'PostStart', 'PreStop', 'PostStop'])
})

test('what a stopped service is asked to accept is refused with a ServiceStatusError', async () => {
  const service = talkative()
  const refuses = (): void =>
    assert.throws(
      () => service.accept(memoryPair()[0]),
      (error: Error) => error instanceof ServiceStatusError,
    )
  refuses()
  await service.start(quiet)
  await service.stop()
  refuses()
})

test('`await using` stops a service at the end of its block', async () => {
  let peer: Peer
  let outside: Service
  {
    await using service = talkative()
    outside = service
    await service.start(quiet)
    peer = await answers(service)
  }
  assert.is(outside.status, 'stopped')
  assert.is(await peer.rest(), '')
})

test('`await using` stops a service that starts still, so that an error beside its start is not hidden', async () => {
  let outside: Service | undefined
  const error = await rejection(
    (async () => {
      await using service = talkative()
      outside = service
      service.listen(events.PreStart, () => turns(5))
      await Promise.all([service.start(quiet), Promise.reject(new Error('another start'))])
    })(),
  )
  assert.is((error as Error).message, 'another start')
  assert.is(outside?.status, 'stopped')
  // So is one that does not start.
  const fails = talkative()
  fails.listen(events.PreStart, () => Promise.reject(new Error('no start')))
  const start = rejection(fails.start(quiet))
  await fails[Symbol.asyncDispose]()
  assert.is(((await start) as Error).message, 'no start')
  assert.is(fails.status, 'stopped')
})

test('settings that are wrong start nothing, and leave the service to be started with better ones', async () => {
  const service = talkative()
  const error = await rejection(service.start({ ...quiet, port: 70_000 }))
  assert.instance(error, SettingsError)
  assert.match((error as Error).message, /port .*70000/)
  assert.is(service.status, 'stopped')
  await service.start(quiet)
  await answers(service)
  await service.stop()
})

// --- The order of things

test('the events of a whole life come in their order, each when what it tells is so (rule 7)', async () => {
  const records = new Records()
  const service = talkative()
  const notes: string[] = []
  const note = (text: string): void => void notes.push(`${text} (${service.status})`)
  const connectable = async (port: number): Promise<string> => {
    try {
      ;(await connect({ port })).destroy()
      return 'open'
    } catch (error) {
      assert.instance(error, ConnectError)
      return 'closed'
    }
  }
  const servers = [tcp(), tcp()]
  const ports: number[] = []
  service.listen(events.PreStart, () => {
    assert.is(service.settings.port, 0)
    assert.is(service.address, undefined)
    note('PreStart')
  })
  service.listen(events.ListenStart, async ({ server }) => {
    ports.push(server.address?.port as number)
    assert.is(service.addresses.length, ports.length)
    note(`ListenStart ${servers.indexOf(server)}`)
  })
  service.listen(events.PostStart, () => note('PostStart'))
  service.listen(events.Connect, ({ client }) => note(`Connect ${client.id}`))
  service.listen(events.Receive, ({ client, data }) => note(`Receive ${client.id} ${data}`))
  service.listen(events.Disconnect, ({ client }) => {
    assert.not(service.clients.has(client as never))
    note(`Disconnect ${client.id}`)
  })
  service.listen(events.PreStop, async () => {
    note('PreStop')
    assert.is(service.clients.size, 1)
    // Nobody comes in any more.
    for (const port of ports) assert.is(await connectable(port), 'closed')
  })
  service.listen(events.ListenStop, ({ server }) => {
    assert.is(service.clients.size, 0)
    assert.is(server.address, undefined)
    note(`ListenStop ${servers.indexOf(server)}`)
    assert.is(String(server), `127.0.0.1:${ports[servers.indexOf(server)]}`)
  })
  service.listen(events.PostStop, () => note('PostStop'))

  await service.start({ ...quiet, servers, log: records })
  const [first, second] = await Promise.all(ports.map((port) => answers(service, { port })))
  first?.end()
  assert.is(await first?.rest(), '')
  const stopping = service.stop().then(() => note('stopped'))
  assert.is(await second?.rest(), '')
  await stopping

  const met = (one: number): string[] => [`Connect ${one} (running)`, `Receive ${one} hello (running)`]
  assert.equal(notes.slice(0, 4), [
    'PreStart (starting)',
    'ListenStart 0 (starting)',
    'ListenStart 1 (starting)',
    'PostStart (running)',
  ])
  assert.equal(notes.slice(4, 8).sort(), [...met(1), ...met(2)].sort())
  assert.match(notes[8] ?? '', /^Disconnect [12] \(running\)$/)
  assert.match(notes[10] ?? '', /^Disconnect [12] \(stopping\)$/)
  assert.equal(
    [notes[9], ...notes.slice(11)],
    [
      'PreStop (stopping)',
      'ListenStop 0 (stopping)',
      'ListenStop 1 (stopping)',
      'PostStop (stopping)',
      'stopped (stopped)',
    ],
  )
  assert.equal(records.problems, [])
  assert.equal(
    records.all.filter(({ channel }) => channel === 'server').map(({ message }) => message),
    ['Listening on', 'No longer listening on'].flatMap((what) =>
      ports.map((port) => `${what} 127.0.0.1:${port}`),
    ),
  )
})

test('whoever comes in the last moment before a stop is seen in and out before PostStop (rule 12)', async () => {
  for (let round = 0; round < 20; round++) {
    const service = watched(new Service())
    const notes: string[] = []
    service.listen(events.Event, (event) => void notes.push(event.constructor.name))
    await service.start({ ...quiet, servers: [memory()] })
    const [ours, theirs] = memoryPair()
    ours.resume().once('end', () => ours.end())
    service.accept(theirs)
    if (round % 2 === 0) ours.destroy()
    await service.stop({ drain: 0 })
    await turns()
    assert.is(service.clients.size, 0)
    assert.equal(
      notes.filter((name) => name !== 'PreStop'),
      ['PreStart', 'ListenStart', 'PostStart', 'Connect', 'Disconnect', 'ListenStop', 'PostStop'],
      `round ${round}`,
    )
  }
})

test('Connect is the first event of a client, whatever its first packet holds (rule 7)', async () => {
  const service = new Service()
  const raised: string[] = []
  for (const kind of [events.Client, events.LimitExceeded])
    service.listen(kind, (event) => void raised.push(event.constructor.name))
  await running(
    service,
    async () => {
      const [ours, theirs] = memoryPair()
      ours.write(Buffer.from([255, 251, 31, 255, 250, 31, 0, 80, 0, 24, 255, 240, 255, 244]))
      ours.write('a line that is too long\r\nhi\r\n')
      const client = service.accept(theirs)
      while (!raised.includes('Receive')) await turns(1)
      assert.is(raised[0], 'Connect')
      assert.equal(
        raised.filter((name) => name === 'Resize' || name === 'Interrupt'),
        ['Resize', 'Interrupt'],
      )
      assert.ok(raised.includes('LimitExceeded'))
      assert.is(client.terminal.columns, 80)
    },
    { maxLineLength: 10 },
  )
})

test.run()
