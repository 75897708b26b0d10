import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duplexPair } from 'node:stream'
import { inspect } from 'node:util'
import {
  connect,
  events,
  Handler,
  InvalidDuplexError,
  InvalidEventClassError,
  InvalidEventError,
  InvalidHandlerError,
  InvalidOptionError,
  memory,
  memoryPair,
  Service,
  ServiceFullError,
  ServiceStatusError,
  SettingsError,
  type StartOptions,
  secret,
  tcp,
} from 'mara-ts'
import { Store } from 'mara-ts/storage'
import { defaultOptions, type TelnetOption, TelnetSettingsError } from 'mara-ts/telnet'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { Peer } from './support/peer.js'
import { Records } from './support/records.js'
import { deferred, rejection, running, turns } from './support/service.js'

class Ping extends events.Event<{ trace: string[] }> {}

const ping = (): Ping => new Ping({ trace: [] })

test('listen returns a function that removes the handler (rule 2)', async () => {
  const service = new Service()
  const remove = service.listen(Ping, ({ trace }) => trace.push('heard'))
  assert.equal((await service.trigger(ping())).trace, ['heard'])
  remove()
  assert.equal((await service.trigger(ping())).trace, [])
})

test('listen without a handler is a decorator of classes, and takes functions too (rule 2)', async () => {
  const service = new Service()

  @service.listen(Ping)
  class Decorated extends Handler<Ping> {
    handler_1({ trace }: Ping): void {
      trace.push('class')
    }
  }
  const handler = service.listen(Ping)(({ trace }) => trace.push('function'))
  assert.type(handler, 'function')
  assert.ok(Object.getPrototypeOf(Decorated) === Handler)
  assert.equal((await service.trigger(ping())).trace, ['class', 'function'])
})

test('what is no server is refused by its place, and so is a server that is there twice', async () => {
  const twice = memory()
  const lists: [unknown[], string][] = [
    [[undefined], 'servers[0]: undefined'],
    [[memory(), null], 'servers[1]: null'],
    [[memory(), { port: 9000 }], 'servers[1]: { port: 9000 }'],
    [[twice, twice], 'servers[1]: '],
  ]
  for (const [servers, said] of lists) {
    const service = new Service()
    const error = await rejection(service.start({ log: false, servers: servers as never }))
    assert.instance(error, InvalidOptionError)
    assert.match(String(error), `A service got ${said}`)
    assert.is(service.status, 'stopped')
  }
})

test('null in the place of settings, options, or who is left out is refused in words', async () => {
  const service = new Service()
  assert.instance(await rejection(service.start(null as never)), SettingsError)
  await service.start({ servers: [], log: false })
  const calls: [() => unknown, string][] = [
    [() => service.accept(memoryPair()[0], null as never), 'accept() got options: null'],
    [() => service.writeAll('hello', { exclude: null as never }), 'write() got exclude: null'],
    [() => service.timer({ every: 5 }, null as never), 'timer() got function: null'],
    [() => service.timer({ every: 5 }, () => {}, null as never), 'timer() got options: null'],
    [() => service.timer({ every: 5 }, () => {}, { late: 'never' as never }), 'timer() got late: never'],
    [() => secret(null as never), 'secret() got schema: null'],
    [() => memory(null as never), 'memory() got options: null'],
  ]
  for (const [call, said] of calls) assert.throws(call, (error: Error) => error.message.includes(said), said)
  assert.match(String(await rejection(service.stop(null as never))), 'stop() got options: null')
  service.filterAll = null as never
  service.writeAll('hello')
  await service.stop()
})

test('what is no event and no handler is refused at once, by name', async () => {
  const service = new Service()
  const wrong = service as unknown as {
    listen(...args: unknown[]): unknown
    trigger(event: unknown): Promise<unknown>
  }
  assert.throws(
    () => wrong.listen(events.Connect, 42),
    (error: Error) =>
      error instanceof InvalidHandlerError && /listen\(Connect, \.\.\.\) got 42/.test(error.message),
  )
  assert.throws(
    () => wrong.listen(events.Connect, undefined),
    (error: Error) => error instanceof InvalidHandlerError,
  )
  for (const args of [['Connect', () => {}], [undefined], [class {}]]) {
    assert.throws(
      () => wrong.listen(...args),
      (error: Error) => error instanceof InvalidEventClassError,
    )
  }
  assert.instance(await rejection(wrong.trigger({})), InvalidEventError)
  assert.instance(await rejection(wrong.trigger(Ping)), InvalidEventError)
})

test('trigger gives the event when its handlers are done, and passes arguments on', async () => {
  const service = new Service()
  const gate = deferred()
  service.listen(Ping, async ({ trace }, ...args) => {
    await gate.promise
    trace.push(...args)
  })
  const event = ping()
  const triggered = service.trigger(event, 'a', 'b')
  gate.resolve()
  assert.is(await triggered, event)
  assert.equal(event.trace, ['a', 'b'])
})

test('a handler that throws does not reject trigger: it raises HandlerError (rule 6)', async () => {
  const service = new Service()
  const failure = new Error('no')
  const seen: events.HandlerError[] = []
  const handler = (): void => {
    throw failure
  }
  service.listen(Ping, handler)
  service.listen(events.HandlerError, (event) => {
    seen.push(event)
    throw new Error('its own errors end here')
  })
  const event = await service.trigger(ping())
  assert.is(seen.length, 1)
  assert.is(seen[0]?.event, event)
  assert.is(seen[0]?.handler, handler)
  assert.is(seen[0]?.error, failure)
})

test('a service is started once at a time, and can be started again', async () => {
  const service = new Service()
  const life: string[] = []
  for (const eventClass of [events.Service, events.Server]) {
    service.listen(eventClass, (event) => life.push(event.constructor.name))
  }
  assert.is(service.status, 'stopped')
  assert.throws(
    () => service.settings,
    (error: Error) => error instanceof ServiceStatusError,
  )
  const starting = service.start({ port: 0, log: false })
  assert.is(service.status, 'starting')
  assert.instance(await rejection(service.start()), ServiceStatusError)
  assert.instance(await rejection(service.stop()), ServiceStatusError)
  await starting
  assert.is(service.status, 'running')
  const again = await rejection(service.start())
  assert.match(String(again), /start\(\) was called while the service is running.*stop\(\) it first/)
  // As a listener of a signal, whose name it is given then.
  const stopping = service.stop('SIGTERM' as never)
  assert.is(service.status, 'stopping')
  await service.stop()
  assert.is(service.status, 'stopped')
  await stopping
  await service.stop()
  const once = ['PreStart', 'ListenStart', 'PostStart', 'PreStop', 'ListenStop', 'PostStop']
  assert.equal(life, once)
  await service.start({ port: 0, log: false })
  await service.stop()
  assert.equal(life, [...once, ...once])
})

test('a start that fails leaves nothing behind, and can be tried again', async () => {
  const service = new Service()
  const closed: string[] = []
  const good = { ...memory(), close: async () => void closed.push('closed') }
  const bad = {
    ...memory(),
    async listen() {
      throw new Error('not here')
    },
  }
  const error = await rejection(service.start({ log: false, servers: [good, bad] }))
  assert.match(String(error), 'not here')
  assert.equal(closed, ['closed'])
  assert.is(service.status, 'stopped')
  await service.start({ port: 0, log: false })
  await service.stop()
})

test('a start that fails closes its log file, even where there has been no run that could (rule 20)', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mara-log-'))
  const logFile = join(directory, 'log')
  const openFiles = async (): Promise<string[]> => {
    const names = await readdir('/proc/self/fd')
    return Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')))
  }
  const [option] = defaultOptions
  const service = new Service({ telnetOptions: [option as TelnetOption, option as TelnetOption] })
  assert.instance(await rejection(service.start({ port: 0, logFile })), TelnetSettingsError)
  // It has been made, so it was open.
  assert.is(await readFile(logFile, 'utf8'), '')
  assert.not((await openFiles()).includes(logFile))
  await rm(directory, { recursive: true })
})

test("a program's own setting may have any name: the log goes where it should", async () => {
  const written: string[] = []
  const stream = z
    .any()
    .default({ write: (text: string) => written.push(text) })
    .describe('What is broadcast.')
  const service = new Service({ settings: { stream } })
  await service.start({ port: 0, log: '' })
  service.log.channel('client').warn('This is for stderr.')
  await service.stop()
  assert.equal(written, [])
})

test('options of the wrong kind are named, with the value and what was expected', async () => {
  const service = new Service()
  const error = await rejection(service.start({ port: '7000', drain: -1, hots: 'x' } as never))
  assert.instance(error, SettingsError)
  for (const words of [
    /port .*expected integer .*65535, got .*"7000"/,
    /drain .*got number -1/,
    /hots.*host/s,
  ]) {
    assert.match(String(error), words)
  }
  assert.is(service.status, 'stopped')
})

test("a program's own settings join the schema, with their types", async () => {
  const service = new Service({ settings: { motd: z.string().default('Hello') } })
  await running(service, async () => {
    const motd: string = service.settings.motd
    assert.is(motd, 'Hello')
  })
  await running(
    service,
    async () => {
      assert.is(service.settings.motd, 'Hi')
    },
    { motd: 'Hi' } as never,
  )
})

test('timers run while the service does, and start again with it; an error does not stop them', async () => {
  const clock = new FakeClock(new Date('2030-01-01T12:00:00Z').getTime())
  const service = new Service({ clock })
  let runs = 0
  service.timer({ every: 60_000 }, () => {
    runs += 1
    throw new Error('no')
  })
  await clock.advance(120_000)
  assert.is(runs, 0)
  for (let i = 1; i <= 2; i++) {
    await service.start({ log: false, servers: [] })
    await clock.advance(5 * 60_000)
    assert.is(runs, 5 * i)
    await service.stop()
    await clock.advance(60_000)
  }
  assert.is(service.datetime.toISOString(), '2030-01-01T12:14:00.000Z')
})

test('stores are open from PreStart to PostStop, where the settings say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mara-'))
  class Page extends Store.define('page', { text: z.string().default('') }) {}
  const service = new Service()
  const pages = service.stores.manager(Page)
  service.listen(events.PreStart, async () => {
    await (await pages.create('start', { text: 'Once upon a time' })).save()
  })
  service.listen(events.PostStop, async () => {
    await (await pages.create('end', { text: 'They lived' })).save()
  })
  await service.start({ log: false, servers: [], storePath: folder })
  await service.stop()
  for (const [key, text] of [
    ['start', 'Once upon a time'],
    ['end', 'They lived'],
  ]) {
    assert.is(JSON.parse(await readFile(join(folder, 'page', `${key}.json`), 'utf8')).text, text)
  }
  await rm(folder, { recursive: true })
})

test('a stop lets go of stored objects: the next start reads what there is then, and memory begins empty', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mara-'))
  class Note extends Store.define('note', { text: z.string().default('') }) {}
  const service = new Service()
  const notes = service.stores.manager(Note)
  const start = (options: StartOptions): Promise<void> =>
    service.start({ log: false, servers: [], ...options })
  await start({ storePath: folder })
  await (await notes.create('one', { text: 'before' })).save()
  await service.stop()
  const file = join(folder, 'note', 'one.json')
  await writeFile(file, (await readFile(file, 'utf8')).replace('before', 'edited'))
  await start({ storePath: folder })
  assert.is((await notes.load('one'))?.text, 'edited')
  await service.stop()
  for (let round = 0; round < 2; round++) {
    await start({ store: 'memory' })
    assert.equal([notes.active(), await notes.keys(), await notes.load('one')], [[], [], undefined])
    await (await notes.create('one')).save()
    await service.stop()
  }
  await rm(folder, { recursive: true })
})

test('settings of the one server do not count where a program names its servers, and the log says so', async () => {
  const log = new Records()
  const service = new Service()
  await service.start({ log, store: 'memory', servers: [memory()], port: 7000, host: '127.0.0.1' })
  await service.stop()
  assert.equal(
    log.problems.map(({ message }) => message),
    ['The setting port does not count: the program names its servers itself.'],
  )
})

test('a function that names servers is given the settings, those of the program too, and all of them count', async () => {
  const log = new Records()
  const service = new Service({ settings: { webPort: z.int().default(0) } })
  const seen: unknown[] = []
  await service.start({
    log,
    store: 'memory',
    host: '::1',
    webPort: 7,
    servers: ({ host, port, webPort }) => {
      seen.push([host, port, webPort, service.settings.webPort])
      return [tcp({ host, port: 0 }), memory()]
    },
  })
  assert.equal(seen, [['::1', 9000, 7, 7]])
  assert.is(service.address?.host, '::1')
  await service.stop()
  assert.equal(log.problems, [])
})

test('a function that names servers may throw, and must give a list: else nothing is started', async () => {
  const service = new Service()
  const start = (servers: unknown) =>
    rejection(service.start({ log: false, console: true, servers: servers as never }))
  const thrown = new Error('no servers today')
  assert.is(
    await start(() => {
      throw thrown
    }),
    thrown,
  )
  assert.match(String(await start(() => tcp())), /servers.*a list of servers/)
  assert.match(String(await start('tcp')), /servers.*a list of servers/)
  assert.is(service.status, 'stopped')
  await service.start({ log: false, store: 'memory', servers: () => [] })
  await service.stop()
})

test('servers that a program names are its servers, in run() as in start(): an empty list is none', async () => {
  for (const [sources, count] of [
    [[{ servers: [] }], 0],
    [[{ servers: [tcp({ port: 0 })] }, { servers: [] }, { servers: [tcp({ port: 0 })] }], 2],
    [[{ servers: () => [tcp({ port: 0 })] }, { servers: [tcp({ port: 0 })] }], 2],
    [[{ port: 0 }], 1],
  ] as const) {
    const service = new Service()
    let addresses: unknown[] | undefined
    service.listen(events.PostStart, () => {
      addresses = service.addresses
      void service.stop()
    })
    await service.run({ log: false, store: 'memory' }, ...(sources as readonly StartOptions[]))
    assert.is(addresses?.length, count)
  }
})

test('a socket that the program has accepted itself is a client like any other', async () => {
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => client.write(`got ${data}`))
  await service.start({ log: false, servers: [] })
  const server = net.createServer((socket) => service.accept(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peer = await Peer.connect({ port: (server.address() as net.AddressInfo).port, host: '127.0.0.1' })
  peer.send('hello\n')
  assert.is(await peer.line(), 'got hello')
  peer.end()
  assert.is(await peer.rest(), '')
  await service.stop()
  server.close()
})

test('how long a client was idle is told in milliseconds and in words', async () => {
  const clock = new FakeClock()
  const service = new Service({ clock })
  await service.start({ log: false, servers: [] })
  const [ours, theirs] = memoryPair()
  const client = service.accept(ours)
  await clock.advance(3 * 60_000)
  assert.equal([client.idle, client.idleInWords], [180_000, '3 minutes'])
  theirs.write('here\n')
  while (client.unread > 0 || client.idle > 0) await turns(1)
  assert.is(client.idleInWords, 'a moment')
  theirs.destroy()
  await service.stop()
})

test('any duplex stream can be a client; what is none is refused', async () => {
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => client.write(`${client.remoteAddress}: ${data}`))
  assert.throws(
    () => service.accept(duplexPair()[0]),
    (error: Error) => error instanceof ServiceStatusError,
  )
  await running(
    service,
    async () => {
      const [ours, theirs] = duplexPair()
      const client = service.accept(theirs, { remoteAddress: 'a tunnel' })
      assert.ok(service.clients.has(client))
      ours.write('hello\n')
      // Not take(1), which destroys it: Node 24 destroys the other end of a pair with it.
      const [answer] = await once(ours, 'data')
      assert.is(String(answer), 'a tunnel: hello\r\n')
      theirs.destroy()
      assert.throws(
        () => service.accept({} as never),
        (error: Error) => error instanceof InvalidDuplexError,
      )
      assert.throws(
        () => service.accept(duplexPair()[0]),
        (error: Error) => error instanceof ServiceFullError,
      )
    },
    { maxConnections: 1 },
  )
})

test('the types of state and data reach the handlers', async () => {
  interface Guest {
    visits: number
  }
  const service = new Service<Guest>()
  service.listen(events.Connect, ({ client }) => {
    client.state.visits = 1
  })
  service.listen(events.Receive, async ({ client, data }) => {
    const visits: number = client.state.visits
    const text: string = data
    client.write(`${text} ${visits}`)
  })
  await running(service, async () => {
    const server = await connect(service)
    server.write('visits:')
    assert.is(await server.nextLine(), 'visits: 1')
    server.destroy()
  })
})

test('a handler that stop() can not end is left to itself, and said so', async () => {
  const service = new Service()
  const entered = deferred()
  service.listen(events.Receive, () => {
    entered.resolve()
    return new Promise(() => {})
  })
  const said: string[] = []
  const log = {
    debug: () => {},
    info: () => {},
    warn: (_: object, message?: string) => void said.push(message ?? ''),
    error: () => {},
    child: () => log,
  }
  await service.start({ port: 0, log, drain: 1 })
  const server = await connect(service)
  server.write('stay')
  await entered.promise
  await service.stop()
  assert.ok(
    said.some((message) =>
      /^The handler .* of 'Client sent "stay": Client #1' still runs, though its client/.test(message),
    ),
    inspect(said),
  )
})

test.run()
