/** How a service stops with clients inside, and what peers that break off can do to it: nothing. */
import { once } from 'node:events'
import net from 'node:net'
import { Duplex } from 'node:stream'
import { type Client, ClientDisconnectedError, events, memory, Service, TimeoutError } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeClock } from '../../lib/testing/clock.js'
import { connectTo } from '../../lib/testing/index.js'
import { Stage } from '../../lib/testing/stage.js'
import { answers, quiet, stopAll, talkative, watched } from '../support/life.js'
import { Peer } from '../support/peer.js'
import { Records } from '../support/records.js'
import { deferred, rejection, turns } from '../support/service.js'
import { isClosed, serverSocket } from '../support/sockets.js'

const test = suite('stop')

test.after.each(stopAll)

test('what PreStop writes is flushed, however much it is, and however long its handlers take (rule 7)', async () => {
  const service = talkative()
  const farewell = 'x'.repeat(500_000)
  service.listen(events.PreStop, async () => {
    service.writeAll('We close.')
    await turns(5)
    service.writeAll(farewell)
  })
  await service.start(quiet)
  const peers = await Promise.all(Array.from({ length: 10 }, () => answers(service)))
  const stopped = service.stop()
  for (const peer of peers) assert.ok((await peer.rest()) === `We close.\r\n${farewell}\r\n`)
  await stopped
})

test('what a client is owed at a stop arrives, though it is slow to read it', async () => {
  // A clock that stands still: nobody loses patience.
  const service = talkative(new FakeClock())
  const farewell = 'x'.repeat(12_000_000)
  service.listen(events.PreStop, () => service.writeAll(farewell, 'Goodbye.'))
  await service.start({ ...quiet, maxUnsentBytes: 100_000_000 })
  const peer = await answers(service)
  const socket = await serverSocket(peer)
  peer.socket.pause()
  const stopped = service.stop()
  // More than the system's own buffers take.
  while (socket.writableLength === 0) await turns(1)
  await turns(10)
  peer.socket.resume()
  assert.ok((await peer.rest()) === `${farewell}\r\nGoodbye.\r\n`)
  await stopped
})

test('at a stop, too, a client is gone when its Disconnect comes: nothing more is read from it (rule 12)', async () => {
  const service = talkative()
  const work = deferred()
  const begun = deferred()
  const seen: unknown[] = []
  service.listen(events.Receive, async ({ client, data }) => {
    seen.push(data)
    if (data !== 'work') return
    client.signal.addEventListener('abort', () => seen.push('aborted'))
    begun.resolve()
    await work.promise
  })
  service.listen(events.Disconnect, async ({ client }) => {
    seen.push('Disconnect', client.connected, client.signal.aborted, await rejection(client.nextLine()))
  })
  await service.start(quiet)
  const peer = await answers(service)
  peer.send('work\n')
  await begun.promise
  peer.send('typed ahead\n')
  const stopped = service.stop({ drain: 3_600_000 })
  work.resolve()
  await stopped
  const error = seen.pop()
  assert.instance(error, ClientDisconnectedError)
  assert.equal(seen.slice(seen.indexOf('work')), ['work', 'aborted', 'Disconnect', false, true])
})

test('a stop lets a handler in the middle of an await finish, and its last line arrives', async () => {
  const service = talkative()
  const work = deferred()
  service.listen(events.Connect, async ({ client }) => {
    client.write('Your name?')
    const name = await client.nextLine()
    await work.promise
    client.write(`Saved, ${name}`)
  })
  await service.start(quiet)
  const waiting = await Peer.connect(service)
  const working = await Peer.connect(service)
  await working.line()
  working.send('ann\r\n')
  await waiting.line()
  const stopped = service.stop({ drain: 3_600_000 })
  await turns()
  // Whoever is asked something may still answer.
  waiting.send('bob\r\n')
  work.resolve()
  assert.is(await working.rest(), 'Saved, ann\r\n')
  assert.is(await waiting.rest(), 'Saved, bob\r\n')
  await stopped
})

test('a stop ends at once who only waits for lines, and does not make them wait for who is busy', async () => {
  const service = talkative()
  const work = deferred()
  service.listen(events.Receive, ({ data }) => (data === 'work' ? work.promise : undefined))
  await service.start(quiet)
  const idle = await answers(service)
  const busy = await answers(service)
  busy.send('work\r\nunread\r\n')
  assert.is(await busy.line(), 'got work')
  const stopped = service.stop({ drain: 3_600_000 })
  assert.is(await idle.rest(), '')
  assert.is(service.status, 'stopping')
  work.resolve()
  // A line that it had not come to is not handled any more.
  assert.is(await busy.rest(), '')
  await stopped
})

test('a handler that does not finish is ended after the drain, and its finally runs', async () => {
  const clock = new FakeClock()
  const service = watched(new Service({ clock }))
  const notes: string[] = []
  service.listen(events.Connect, async ({ client }) => {
    client.write('Your name?')
    try {
      await client.nextLine()
    } finally {
      notes.push('finally')
    }
  })
  service.listen(events.Connect, async ({ client }) => {
    notes.push(`never ${client.id}`)
  })
  service.listen(events.Disconnect, () => void notes.push('Disconnect'))
  service.listen(events.PostStop, () => void notes.push('PostStop'))
  await service.start(quiet)
  const peer = await Peer.connect(service)
  await peer.line()
  const stopped = service.stop({ drain: 5_000 })
  await clock.advance(4_999)
  assert.equal(notes, [])
  assert.ok(!peer.socket.readableEnded)
  await clock.advance(1)
  assert.is(await peer.rest(), '')
  await stopped
  assert.equal(notes, ['finally', 'Disconnect', 'PostStop'])
})

test('the drain is the setting of that name where stop() is not told: 1000 ms', async () => {
  for (const [options, ms] of [
    [{}, 1_000],
    [{ drain: 50 }, 50],
  ] as const) {
    const clock = new FakeClock()
    const service = watched(new Service({ clock }))
    service.listen(events.Connect, async ({ client }) => {
      client.write('Your name?')
      await client.nextLine()
    })
    await service.start({ ...quiet, ...options })
    const peer = await Peer.connect(service)
    await peer.line()
    const stopped = service.stop()
    await clock.advance(ms - 1)
    assert.is(service.clients.size, 1)
    await clock.advance(1)
    await peer.rest()
    await stopped
  }
})

test('a handler that waits for something else learns of the end by client.signal (rule 12)', async () => {
  const service = watched(new Service())
  const notes: string[] = []
  service.listen(events.Connect, async ({ client }) => {
    client.write('hello')
    await once(client.signal, 'abort')
    notes.push('aborted')
  })
  await service.start(quiet)
  const peer = await Peer.connect(service)
  await peer.line()
  await service.stop({ drain: 0 })
  assert.equal(notes, ['aborted'])
})

test('a handler that never ends does not keep the service from stopping; the log says so', async () => {
  const clock = new FakeClock()
  const records = new Records()
  const service = watched(new Service({ clock }))
  service.listen(events.Connect, ({ client }) => {
    client.write('hello')
    return new Promise(() => {})
  })
  await service.start({ ...quiet, log: records })
  const peer = await Peer.connect(service)
  await peer.line()
  const stopped = service.stop()
  await clock.advance(1_000)
  assert.is(await peer.rest(), '')
  await clock.advance(1_000)
  await stopped
  const [warning, ...others] = records.problems
  assert.match(
    String(warning?.message),
    /^The handler .* of 'Client connected: .* still runs, though its client/,
  )
  assert.equal(others, [])
  assert.is(service.clients.size, 0)
})

test('handlers of PreStop, ListenStop and PostStop have the drain and five seconds; the log names those left behind (rule 7)', async () => {
  for (const eventClass of [events.PreStop, events.ListenStop, events.PostStop]) {
    const clock = new FakeClock()
    const records = new Records()
    const service = watched(new Service({ clock }))
    const seen: string[] = []
    service.listen(eventClass, function waits() {
      return new Promise(() => {})
    })
    service.listen(eventClass, () => void seen.push('a later handler'))
    service.listen(events.PostStop, () => void seen.push('PostStop'))
    await service.start({ ...quiet, log: records })
    const stopped = service.stop({ drain: 500 })
    await clock.advance(5_499)
    assert.is(service.status, 'stopping')
    await clock.advance(1)
    await stopped
    assert.is(service.status, 'stopped')
    const [warning, ...others] = records.problems
    assert.match(String(warning?.message), /^The handler waits of '.*' still runs after 5500 ms/)
    assert.equal(others, [])
    assert.equal(seen, eventClass === events.PostStop ? [] : ['PostStop'])
  }
})

test('a PreStop that flushes a client who does not read keeps nobody from stopping', async () => {
  const clock = new FakeClock()
  const records = new Records()
  const service = talkative(clock)
  service.listen(events.PreStop, async function farewell() {
    service.writeAll('We close.')
    await Promise.all([...service.clients].map((client) => client.flush().catch(() => {})))
  })
  await service.start({ ...quiet, log: records, maxUnsentBytes: 100_000_000 })
  const deaf = await answers(service)
  deaf.socket.pause()
  service.writeAll('x'.repeat(12_000_000))
  let stopped = false
  const stopping = service.stop().then(() => {
    stopped = true
  })
  while (!stopped) await clock.advance(1_000)
  await stopping
  deaf.destroy()
  assert.match(String(records.problems[0]?.message), /^The handler farewell of '.*' still runs after 6000 ms/)
})

test('a stream that never says that it is closed does not keep the service from stopping; the log says so', async () => {
  const clock = new FakeClock()
  const records = new Records()
  const service = watched(new Service({ clock }))
  await service.start({ ...quiet, log: records })
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), destroy() {} })
  const client = service.accept(stream)
  await turns()
  let over = false
  const stopped = service.stop().then(() => {
    over = true
  })
  while (!over) await clock.advance(1_000)
  await stopped
  assert.equal(
    records.problems.map(({ message }) => message),
    [
      `${client}: the connection was destroyed and does not say that it is closed. A Duplex must call back from _destroy, and emit close.`,
    ],
  )
  assert.is(service.clients.size, 0)
})

test('a service of which something can not be closed is stopped all the same, and may be started again', async () => {
  const records = new Records()
  const server = memory()
  const service = watched(new Service())
  for (const [name, closable] of [
    ['the server', server],
    ['the store', service.stores],
  ] as const) {
    const close = closable.close.bind(closable)
    closable.close = async () => {
      await close()
      throw new Error(name)
    }
  }
  for (let round = 0; round < 2; round++) {
    await service.start({ ...quiet, servers: [server], log: records })
    assert.match(String(await rejection(service.stop())), 'the server')
    assert.is(service.status, 'stopped')
    assert.equal(
      records.problems.splice(0).map(({ message }) => message),
      [`${server} was not closed`, 'The store was not closed'],
    )
    records.all.length = 0
  }
})

test('a store that hangs does not keep the service from stopping: after 12 s the stop fails, and says why', async () => {
  const clock = new FakeClock()
  const records = new Records()
  const service = watched(new Service({ clock }))
  await service.start({ ...quiet, log: records })
  service.stores.close = () => new Promise(() => {})
  let error: unknown
  const stopped = rejection(service.stop()).then((reason) => {
    error = reason
  })
  await turns()
  while (error === undefined && clock.pending > 0) await clock.advance(1_000)
  await stopped
  assert.instance(error, TimeoutError)
  assert.is((error as Error).message, 'Closing the store took longer than its timeout of 12000 ms.')
  assert.equal(
    [service.status, records.problems.map(({ message }) => message)],
    ['stopped', ['The store was not closed']],
  )
})

test('peers that do not close, or do not read, do not keep the service from stopping', async () => {
  const clock = new FakeClock()
  const service = talkative(clock)
  await service.start(quiet)
  const { port } = service.address as { port: number }
  const open = new Peer(net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }))
  open.send('hello\r\n')
  assert.is(await open.line(), 'got hello')
  const deaf = await answers(service)
  deaf.socket.pause()
  const socket = await serverSocket(deaf)
  const big = 'x'.repeat(60_000)
  while (socket.writableLength < 200_000) {
    service.writeAll(big)
    await turns(1)
  }
  let stopped = false
  const stopping = service.stop().then(() => {
    stopped = true
  })
  await open.closed
  for (let seconds = 0; !stopped; seconds++) {
    assert.ok(seconds < 60)
    await clock.advance(1_000)
    await turns()
  }
  await stopping
  open.destroy()
  deaf.destroy()
})

test('peers that break off while they are written to, at every moment of a life, end nothing but themselves', async () => {
  const service = watched(new Service<{ name?: string }>())
  const errors: unknown[] = []
  const big = 'x'.repeat(100_000)
  service.listen(events.HandlerError, ({ error }) => void errors.push(error))
  service.listen(events.Connect, async ({ client }) => {
    client.write(big)
    service.writeAll('somebody is coming')
    client.state.name = await client.nextLine()
    client.write(big)
  })
  service.listen(events.Receive, async ({ client, data }) => {
    client.write(data, big)
    await client.flush().catch(() => {})
    service.writeAll(big)
  })
  service.listen(events.Disconnect, ({ client }) => {
    client.write('to nobody', big)
    service.writeAll('somebody has left')
  })
  service.listen(events.PreStop, () => service.writeAll(big))
  await service.start({ ...quiet, maxUnsentBytes: 100_000_000 })
  let broken = 0
  const breakOff = async (i: number): Promise<void> => {
    const peer = await Peer.connect(service)
    if (i % 3 > 0) peer.send('name\r\n')
    if (i % 3 > 1) peer.send('one\r\ntwo\r\n')
    // At a moment of its own: after so many bytes have come.
    while (peer.received.length < (i % 10) * 10_000) await once(peer.socket, 'data')
    if (i % 2 === 0) peer.socket.resetAndDestroy()
    else peer.destroy()
    await isClosed(peer.socket)
    broken += 1
  }
  for (let i = 0; i < 100; i += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, j) => breakOff(i + j)))
  }
  assert.is(broken, 100)
  const well = await Peer.connect(service)
  well.send('well\r\nhello\r\n')
  await well.until('hello\r\n')
  const late = await Promise.all(Array.from({ length: 10 }, () => Peer.connect(service)))
  const stopped = service.stop({ drain: 0 })
  for (const peer of late) peer.socket.resetAndDestroy()
  assert.ok((await well.rest()).endsWith('x\r\n'))
  await stopped
  assert.equal(errors, [])
  assert.is(service.clients.size, 0)
})

test('a client that a program keeps after its end can be asked anything, and harms nothing', async () => {
  const service = talkative()
  let kept: Client | undefined
  service.listen(events.Connect, ({ client }) => {
    kept = client as never
  })
  await service.start(quiet)
  const peer = await answers(service)
  peer.socket.resetAndDestroy()
  while (service.clients.size > 0) await turns(1)
  await service.stop()
  const client = kept as Client
  client.write('anyone?')
  service.write(client as never, 'anyone?')
  assert.is(client.connected, false)
  assert.is(client.signal.aborted, true)
  await client.close()
  client.destroy()
  await client.closed
  assert.is(((await rejection(client.nextLine())) as Error).name, 'ClientDisconnectedError')
  for await (const line of client) assert.unreachable(line)
})

test('a stop just after a restart or a crash comes to the Disconnect of every client', async () => {
  for (const isCrash of [false, true]) {
    const gone: number[] = []
    const stage = new Stage(() => {
      const service = new Service()
      service.listen(events.Disconnect, ({ client }) => void gone.push(client.id))
      return service
    })
    await stage.start()
    // More than go on in the turns that a stop takes.
    const count = 500
    for (let i = 0; i < count; i++) await connectTo(stage, { telnet: false })
    await stage.settle()
    await (isCrash ? stage.crash() : stage.restart())
    await stage.service.stop()
    assert.is(gone.length, count)
    await stage.stop()
  }
})

test('so does one while somebody is in the middle of a password that is to be typed again', async () => {
  const gone: string[] = []
  let processes = 0
  const stage = new Stage(
    () => {
      const name = `process ${++processes}`
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => {
        client.hideInput()
        client.write('Password:')
        await client.nextLine()
      })
      service.listen(events.Disconnect, () => void gone.push(name))
      return service
    },
    { onRestart: 'restart', drain: 100 },
  )
  await stage.start()
  const ann = await connectTo(stage, { telnet: false })
  await ann.sees('Password:')
  await stage.restart()
  await stage.settle()
  await stage.service.stop()
  assert.equal(gone, ['process 2'])
  await stage.stop()
})

test.run()
