import { getEventListeners } from 'node:events'
import { filter } from 'ix/asynciterable/operators/filter'
import { map } from 'ix/asynciterable/operators/map'
import { events as catalogue, connect, Service } from 'mara-ts'
import { BufferFullError, clients, events, takeUntil } from 'mara-ts/streams'
import { connectTo } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Stage } from '../../lib/testing/stage.js'
import { Records } from '../support/records.js'
import { rejection, running, turns } from '../support/service.js'
import { drain } from './sources.js'

class Ping extends catalogue.Event<{ count: number }> {}
class LoudPing extends Ping {}

const ping = (service: Service, count: number) => service.trigger(new Ping({ count }))

test('events of a class and its subclasses come in their order, until the service has stopped', async () => {
  const service = new Service()
  await service.start({ port: 0, log: false })
  const done = drain(events(service, Ping))
  await ping(service, 1)
  await service.trigger(new LoudPing({ count: 2 }))
  await service.trigger(new catalogue.Event())
  await service.stop()
  assert.equal(
    (await done).items.map(({ count }) => count),
    [1, 2],
  )
})

test('the last event of a service is given, too', async () => {
  const service = new Service()
  const done = drain(events(service, catalogue.Service, { limit: 1 }))
  await service.start({ port: 0, log: false })
  await service.stop()
  const names = (await done).items.map((event) => event.constructor.name)
  assert.equal(names, ['PreStart', 'PostStart', 'PreStop', 'PostStop'])
})

test('lines of clients are typed, and go through operators of ix', async () => {
  await running(new Service<{ name: string }>(), async (service) => {
    const shouts = events(service, catalogue.Receive).pipe(
      filter(({ data }) => data.endsWith('!')),
      map(({ client, data }) => [client.id, data.toUpperCase()] as const),
    )
    const iterator = shouts[Symbol.asyncIterator]()
    const first = iterator.next()
    const peer = await connect(service)
    peer.write('hello', 'help!')
    assert.equal((await first).value, [1, 'HELP!'])
    await iterator.return?.()
    await peer.close()
  })
})

test('each reader has a buffer of its own: a slow one loses what its policy says, a fast one nothing', async () => {
  await running(new Service(), async (service) => {
    const slow = events(service, Ping, { limit: 3, whenFull: 'drop-oldest' })[Symbol.asyncIterator]()
    const strict = events(service, Ping, { limit: 3, whenFull: 'error' })[Symbol.asyncIterator]()
    const fast = events(service, Ping)[Symbol.asyncIterator]()
    const seen: unknown[] = []
    for (let count = 1; count <= 10; count += 1) {
      await ping(service, count)
      seen.push((await fast.next()).value?.count)
    }
    assert.equal(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const read = async (reader: AsyncIterator<Ping, undefined>) => (await reader.next()).value?.count
    assert.equal([await read(slow), await read(slow), await read(slow)], [8, 9, 10])
    assert.equal([await read(strict), await read(strict), await read(strict)], [1, 2, 3])
    assert.instance(await rejection(strict.next()), BufferFullError)
    for (const reader of [slow, strict, fast]) await reader.return?.()
  })
})

test('wait: an event is handled only when every reader has room for it', async () => {
  await running(new Service(), async (service) => {
    const reader = events(service, Ping, { limit: 2 })[Symbol.asyncIterator]()
    await ping(service, 1)
    await ping(service, 2)
    let isHandled = false
    const third = ping(service, 3).then(() => {
      isHandled = true
    })
    await turns()
    assert.not.ok(isHandled)
    await reader.next()
    await third
    const fourth = ping(service, 4)
    await reader.return?.()
    await fourth
  })
})

test('a reader that leaves, or whose signal aborts, hears nothing any more, and keeps nobody waiting', async () => {
  await running(new Service(), async (service) => {
    const reason = new Error('enough')
    const controller = new AbortController()
    const aborted = events(service, Ping, { limit: 1, signal: controller.signal })[Symbol.asyncIterator]()
    await ping(service, 1)
    const waiting = ping(service, 2)
    controller.abort(reason)
    await waiting
    assert.is(await rejection(aborted.next()), reason)
    assert.is((await aborted.next()).done, true)
    // With a reader that never reads, this would wait for ever.
    for (let count = 0; count < 300; count += 1) await ping(service, count)
    const late = drain(events(service, Ping, { signal: controller.signal }))
    assert.is((await late).error, reason)
  })
})

test('a reader that has left listens to its signal no more', async () => {
  await running(new Service(), async (service) => {
    const { signal } = new AbortController()
    for (let count = 0; count < 20; count += 1) {
      await events(service, Ping, { signal })[Symbol.asyncIterator]().return?.()
    }
    assert.is(getEventListeners(signal, 'abort').length, 0)
  })
})

test('a silent service is left at once', async () => {
  await running(new Service(), async (service) => {
    const controller = new AbortController()
    const done = drain(events(service, Ping).pipe(takeUntil(controller.signal)))
    await turns()
    controller.abort()
    assert.equal(await done, { items: [] })
  })
})

test('a service that stops waits for no reader, and the reader gets everything', async () => {
  const service = new Service()
  await service.start({ port: 0, log: false, drain: 60_000 })
  const reader = events(service, catalogue.Client, { limit: 1 })
  const iterator = reader[Symbol.asyncIterator]()
  const peers = [await connect(service), await connect(service), await connect(service)]
  for (const peer of peers) peer.write('hello')
  await turns()
  await service.stop()
  const names: string[] = []
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    names.push(next.value.constructor.name)
  }
  assert.equal(
    ['Connect', 'Disconnect'].map((name) => names.filter((each) => each === name).length),
    [3, 3],
  )
})

test('a reader gets time for what it holds when another process takes over, and nothing is read by both', async () => {
  const makes = (reads: (line: string) => Promise<string | undefined>) => () => {
    const service = new Service()
    void (async () => {
      for await (const { client, data } of events(service, catalogue.Receive)) {
        const answer = await reads(data)
        if (answer !== undefined) client.write(answer)
      }
    })()
    return service
  }
  const read: string[] = []
  const slow = new Stage(
    makes(async (line) => {
      await turns(5)
      read.push(line)
      return `got ${line}`
    }),
  )
  await slow.start()
  const ann = await connectTo(slow, { telnet: false })
  ann.type('1', '2', '3', '4', '5')
  await ann.sees('got 1')
  await slow.restart()
  await ann.sees('got 5')
  ann.type('6')
  await ann.sees('got 6')
  assert.equal(read, ['1', '2', '3', '4', '5', '6'])
  await slow.stop()

  const log = new Records()
  const hung = new Stage(
    makes(() => new Promise(() => {})),
    { log, drain: 10 },
  )
  await hung.start()
  const bob = await connectTo(hung, { telnet: false })
  bob.type('1', '2', '3')
  await hung.settle()
  await hung.restart()
  const [problem] = log.problems
  assert.match(String(problem?.message), /had not read 2 of them when another process took over/)
  await hung.stop()
})

test('what is no service, and what are no options, is refused before anything is listened for', async () => {
  const service = new Service()
  const wrong = [
    ...[undefined, null, 5, {}].map((none) => [none, {}, 'service']),
    [service, null, 'options'],
    [service, { limit: Symbol('many') }, 'limit'],
    [service, { signal: 5 }, 'signal'],
    [service, { limits: 5 }, 'limits'],
  ] as [Service, object, string][]
  for (const [none, options, name] of wrong) {
    for (const stream of [events(none, Ping, options), clients(none, options)]) {
      assert.match(String((await drain(stream as AsyncIterable<unknown>)).error), `got ${name}: `)
    }
  }
  // A reader that was refused would keep whoever triggers waiting.
  for (let count = 1; count < 1_000; count += 1) await ping(service, count)
})

test('a wrong class is refused when the iteration begins', async () => {
  const { error } = await drain(events(new Service(), String as never))
  assert.is((error as { code: string }).code, 'MARA_INVALID_EVENT_CLASS')
})

test.run()
