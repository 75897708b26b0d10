/** Where a service listens: addresses that are taken, several at once, and socket files. */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { link, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AddressInUseError, events, ListenError, MaraError, memory, Service, tcp, unix } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { answers, quiet, stopAll, talkative, watched } from '../support/life.js'
import { Peer } from '../support/peer.js'
import { rejection } from '../support/service.js'

const test = suite<{ folder: string }>('addresses')

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'mara-addresses-'))
})
test.after(({ folder }) => rm(folder, { recursive: true }))
test.after.each(stopAll)

function portOf(service: Service): number {
  return service.address?.port as number
}

test('a port in use is an AddressInUseError that names it and says how to choose another; the service can still be started', async () => {
  const first = talkative()
  await first.start(quiet)
  const port = portOf(first)
  const second = talkative()
  const error = await rejection(second.start({ ...quiet, port }))
  assert.instance(error, AddressInUseError)
  assert.instance(error, MaraError)
  assert.ok((error as Error).message.includes(`127.0.0.1:${port}`))
  assert.match((error as Error).message, /--port=N.*0 picks a free one/)
  assert.is(second.status, 'stopped')
  assert.is(second.address, undefined)
  await second.start(quiet)
  await answers(second)
  await answers(first)
  await Promise.all([first.stop(), second.stop()])
})

test('where a program names its servers, the error of a port in use advises no setting, which would change nothing', async () => {
  const first = talkative()
  await first.start(quiet)
  const error = await rejection(talkative().start({ ...quiet, servers: [tcp({ port: portOf(first) })] }))
  assert.match((error as Error).message, /its server another port; 0 picks a free one/)
  assert.not.match((error as Error).message, /--port|MARA_PORT/)
  await first.stop()
})

test('where one of several addresses is in use, none is kept, and whoever came in meanwhile is seen out', async () => {
  const first = talkative()
  await first.start(quiet)
  const second = talkative()
  const free = tcp()
  const notes: string[] = []
  let early: Peer | undefined
  second.listen(events.Event, (event) => void notes.push(event.constructor.name))
  second.listen(events.ListenStart, async () => {
    early = await Peer.connect(free.address as net.NetConnectOpts)
    early.send('hello\r\n')
    assert.is(await early.line(), 'got hello')
  })
  const servers = [free, tcp({ port: portOf(first) })]
  const error = await rejection(second.start({ ...quiet, servers }))
  assert.instance(error, AddressInUseError)
  assert.is(free.address, undefined)
  assert.is(await early?.rest(), '')
  assert.is(second.clients.size, 0)
  assert.equal(notes, ['PreStart', 'ListenStart', 'Connect', 'Receive', 'Disconnect'])
  await second.start(quiet)
  await answers(second)
  await Promise.all([first.stop(), second.stop()])
})

test('an address that is none of this machine is a ListenError that says so', async () => {
  const error = await rejection(talkative().start({ ...quiet, host: '192.0.2.1' }))
  assert.instance(error, ListenError)
  assert.match((error as Error).message, /192\.0\.2\.1.*address of this machine/)
})

test('the port of a stopped service can be had at once, by another or again, though its clients have just left', async () => {
  const service = talkative()
  await service.start(quiet)
  const port = portOf(service)
  await answers(service)
  await service.stop()
  const next = talkative()
  await next.start({ ...quiet, port })
  await answers(next)
  await next.stop()
  await service.start({ ...quiet, port })
  await answers(service)
  await service.stop()
})

test('several servers of one service share its clients: TCP twice, Unix, memory', async ({ folder }) => {
  const path = join(folder, 'several')
  const inMemory = memory()
  const service = talkative()
  await service.start({ ...quiet, servers: [tcp(), tcp(), unix({ path }), inMemory] })
  assert.is(service.addresses.length, 3)
  assert.equal(service.addresses[2], { path })
  const [first, second] = service.addresses
  const peers = await Promise.all([
    answers(service, first as net.NetConnectOpts),
    answers(service, second as net.NetConnectOpts),
    answers(service, { path }),
    answers(service, { path }),
  ])
  const near = inMemory.connect().setEncoding('latin1')
  near.write('hello\r\n')
  assert.is(String(await once(near, 'data')), 'got hello\r\n')
  assert.is(service.clients.size, 5)
  service.writeAll('to all')
  assert.is(String(await once(near, 'data')), 'to all\r\n')
  for (const peer of peers) assert.is(await peer.line(), 'to all')
  near.resume().once('end', () => near.end())
  const gone = once(near, 'close')
  await service.stop()
  await gone
  for (const peer of peers) assert.is(await peer.rest(), '')
  assert.not(existsSync(path))
  await once(inMemory.connect().resume(), 'end')
})

test('one server may be raw where the others are not (rule 14)', async () => {
  const service = watched(new Service<object, string | Uint8Array>())
  const kinds: string[] = []
  service.listen(events.Receive, ({ client, data }) => {
    kinds.push(typeof data)
    client.write('got it')
  })
  await service.start({ ...quiet, servers: [tcp(), tcp({ raw: true })] })
  const [plain, raw] = service.addresses as net.NetConnectOpts[]
  const first = await Peer.connect(plain as net.NetConnectOpts)
  first.send('line\r\n')
  assert.is(await first.line(), 'got it')
  const second = await Peer.connect(raw as net.NetConnectOpts)
  second.send('chunk')
  assert.is(await second.until('got it'), 'got it')
  assert.equal(kinds, ['string', 'object'])
  second.end()
  assert.is(await second.rest(), '', 'nothing is added')
  await service.stop()
})

test('the socket file that a dead server left behind is replaced, and removed at the end', async ({
  folder,
}) => {
  const path = join(folder, 'stale')
  const dead = net.createServer().listen(join(folder, 'dying'))
  await once(dead, 'listening')
  // A second name for the socket, which stays when the server takes its own away.
  await link(join(folder, 'dying'), path)
  dead.close()
  await once(dead, 'close')
  assert.ok(existsSync(path))
  const service = talkative()
  await service.start({ ...quiet, path })
  await answers(service, { path })
  await service.stop()
  assert.not(existsSync(path))
})

test('the socket file of a live server is refused, and goes on working', async ({ folder }) => {
  const path = join(folder, 'live')
  const first = talkative()
  await first.start({ ...quiet, path })
  const error = await rejection(talkative().start({ ...quiet, path }))
  assert.instance(error, AddressInUseError)
  assert.ok((error as Error).message.includes(path))
  assert.match((error as Error).message, /--path=FILE/)
  await answers(first, { path })
  await first.stop()
})

test('a path where something else than a socket lies is refused, and that is left as it is', async ({
  folder,
}) => {
  const file = join(folder, 'diary.txt')
  await writeFile(file, 'Dear diary')
  for (const path of [file, folder]) {
    const error = await rejection(talkative().start({ ...quiet, path }))
    assert.instance(error, MaraError, String(error))
    assert.ok((error as Error).message.includes(path))
  }
  assert.is(await readFile(file, 'utf8'), 'Dear diary')
})

test.run()
