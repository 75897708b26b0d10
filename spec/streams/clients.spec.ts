// time limit: 300 s
import { type Client, ClientDisconnectedError, connect, events, memoryPair, Service } from 'mara-ts'
import { clients } from 'mara-ts/streams'
import { connectTo } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Stage } from '../../lib/testing/stage.js'
import { memoryInUse } from '../support/gc.js'
import { deferred, rejection, running, turns } from '../support/service.js'

async function echo(client: Client): Promise<void> {
  for await (const line of client) client.write(`got ${line}`)
}

test('a service needs no events', async () => {
  await running(new Service(), async (service) => {
    const serving = (async () => {
      for await (const client of clients(service)) void echo(client)
    })()
    const peers = [await connect(service), await connect(service)]
    for (const [index, peer] of peers.entries()) {
      peer.write(`line ${index}`)
      assert.is(await peer.nextLine(), `got line ${index}`)
      await peer.close()
    }
    await service.stop()
    await serving
  })
})

test('no line of a client that was taken is lost or becomes an event, whatever its reader does between two', async () => {
  const service = new Service()
  const received: string[] = []
  service.listen(events.Receive, ({ data }) => void received.push(data))
  await running(service, async () => {
    const reader = clients(service)[Symbol.asyncIterator]()
    const peer = await connect(service)
    peer.write('one', 'two')
    const client = (await reader.next()).value as Client
    await turns(10)
    peer.write('three')
    await turns(10)
    assert.equal(
      [await client.nextLine(), await client.nextLine(), await client.nextLine()],
      ['one', 'two', 'three'],
    )
    await reader.return?.()
    // Taken is taken, though its reader has left.
    peer.write('four')
    await turns(10)
    assert.is(await client.nextLine(), 'four')
    assert.equal(received, [])
    await peer.close()
  })
})

test('a client that nobody takes goes on to the handlers of the service', async () => {
  const service = new Service()
  const received = deferred<string>()
  service.listen(events.Receive, ({ data }) => received.resolve(data))
  await running(service, async () => {
    const reader = clients(service)[Symbol.asyncIterator]()
    const peer = await connect(service)
    peer.write('is anybody there?')
    await turns()
    await reader.return?.()
    assert.is(await received.promise, 'is anybody there?')
    await peer.close()
  })
})

test('a client that was dropped goes on to the handlers of the service, and the newest is taken', async () => {
  const service = new Service()
  const received = deferred<string>()
  service.listen(events.Receive, ({ data }) => received.resolve(data))
  await running(service, async () => {
    const reader = clients(service, { limit: 1, whenFull: 'drop-oldest' })[Symbol.asyncIterator]()
    const [first, second] = [await connect(service), await connect(service)]
    first.write('first')
    second.write('second')
    assert.is(await received.promise, 'first')
    assert.is(await (await reader.next()).value?.nextLine(), 'second')
    await reader.return?.()
    await Promise.all([first.close(), second.close()])
  })
})

test('what a client sent before it went can be read, and then it has gone', async () => {
  await running(new Service(), async (service) => {
    const reader = clients(service)[Symbol.asyncIterator]()
    const peer = await connect(service)
    peer.write('goodbye')
    await peer.close()
    const client = (await reader.next()).value as Client
    assert.is(await client.nextLine(), 'goodbye')
    assert.instance(await rejection(client.nextLine()), ClientDisconnectedError)
    await reader.return?.()
  })
})

test('a stop waits neither for conversations nor for readers', async () => {
  const service = new Service()
  await service.start({ port: 0, log: false, drain: 60_000 })
  const reader = clients(service, { limit: 1 })[Symbol.asyncIterator]()
  const peers = [await connect(service), await connect(service), await connect(service)]
  const talking = rejection(((await reader.next()).value as Client).nextLine())
  await turns()
  await service.stop()
  assert.instance(await talking, ClientDisconnectedError)
  await Promise.all(peers.map((peer) => peer.closed))
  assert.not.ok((await reader.next()).done)
  assert.not.ok((await reader.next()).done)
  assert.ok((await reader.next()).done)
})

test('what a reader talks of begins again in the next process, and nothing that it did is done twice', async () => {
  const done: string[] = []
  const order = async (client: Client): Promise<void> => {
    client.write(`Hello, ${await client.ask('Name: ')}.`)
    for await (const line of client) client.write(`${done.push(line)}: ${line}`)
  }
  for (const handlers of [false, true]) {
    done.length = 0
    const stage = new Stage(() => {
      const service = new Service()
      // One that is done by then is not run again.
      if (handlers) service.listen(events.Connect, ({ client }) => client.write('Welcome.'))
      void (async () => {
        for await (const client of clients(service)) void order(client).catch(() => client.close())
      })()
      return service
    })
    await stage.start()
    const ann = await connectTo(stage, { name: 'ann', telnet: false })
    await ann.sees('Name: ')
    ann.type('Ann', 'pay 10')
    await ann.sees('1: pay 10')
    assert.equal(await stage.preflight(), [])
    for (const replace of ['restart', 'crash'] as const) {
      await stage[replace]()
      await ann.sees('Name: ')
      assert.equal(done, ['pay 10'])
    }
    ann.type('Ann', 'pay 20')
    await ann.sees('2: pay 20')
    assert.equal(done, ['pay 10', 'pay 20'])
    assert.is(ann.seen.split('Welcome.').length - 1, handlers ? 1 : 0)
    await stage.stop()
  }
})

test('100,000 clients leave nothing behind', async () => {
  await running(new Service(), async (service) => {
    let count = 0
    const serving = (async () => {
      for await (const client of clients(service)) {
        count += 1
        client.destroy()
      }
    })()
    const visit = async (visits: number): Promise<number> => {
      for (let batch = 0; batch < visits / 100; batch += 1) {
        const closed = Array.from({ length: 100 }, () => {
          const [ours, theirs] = memoryPair()
          ours.resume()
          const gone = new Promise((resolve) => ours.once('close', resolve))
          service.accept(theirs)
          return gone
        })
        await Promise.all(closed)
      }
      await turns(10)
      return memoryInUse()
    }
    const before = await visit(20_000)
    const after = await visit(80_000)
    assert.is(count, 100_000)
    assert.is(service.clients.size, 0)
    assert.ok(after - before < 8_000_000, `the heap grew by ${after - before} bytes`)
    await service.stop()
    await serving
  })
})

test.run()
