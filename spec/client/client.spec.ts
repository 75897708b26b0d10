import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { ClientDisconnectedError, connect, events, Service } from 'mara-ts'
import { hr } from 'mara-ts/styles'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { deferred, rejection, running, turns } from '../support/service.js'
import { withClient } from './support.js'

test('when the peer has gone its lines are delivered, iteration ends, and nextLine rejects (rule 12)', async () => {
  await withClient(async (client, peer) => {
    const { signal } = client
    peer.send('one\r\ntwo\r\nnot a whole line')
    peer.end()
    const lines: string[] = []
    for await (const line of client) {
      lines.push(line)
      assert.not(signal.aborted)
    }
    assert.equal(lines, ['one', 'two'])
    assert.ok(signal.aborted)
    assert.instance(signal.reason, ClientDisconnectedError)
    assert.instance(await rejection(client.nextLine()), ClientDisconnectedError)
  })
})

test('a signal asked for after the end has aborted already', async () => {
  await withClient(async (client, peer) => {
    peer.end()
    await rejection(client.nextLine())
    assert.ok(client.signal.aborted)
  })
})

test('what a peer still wants to read after its own last line is sent', async () => {
  await withClient(async (client, peer) => {
    peer.send('question\r\n')
    peer.end()
    client.write(`answer to ${await client.nextLine()}`)
    assert.is(await peer.line(), 'answer to question')
  })
})

test('lines end in CR LF, prompts do not (rule 15)', async () => {
  await withClient(async (client, peer) => {
    client.write('one', 'two')
    client.write()
    client.write('Name: ', { newline: false })
    await client.flush()
    assert.is(await peer.until('Name: '), 'one\r\ntwo\r\nName: ')
  })
})

test('bytes that were written may be used again at once', async () => {
  await withClient(async (client, peer) => {
    const bytes = Buffer.from('first\r\n')
    client.write(bytes)
    bytes.fill(0)
    assert.is(await peer.line(), 'first')
  })
})

test('ask() shows a prompt and gives the answer without the blanks around it', async () => {
  await withClient(async (client, peer) => {
    const answer = client.ask('Name: ')
    await peer.until('Name: ')
    peer.send('  ann \r\n')
    assert.is(await answer, 'ann')
  })
})

test('close() sends what is owed, then closes; what is unread is dropped', async () => {
  await withClient(async (client, peer) => {
    peer.send('unread\r\nlines\r\n')
    client.write('x'.repeat(200_000))
    client.write('Goodbye.')
    const closed = client.close()
    assert.not(client.connected)
    client.write('too late')
    const text = await peer.rest()
    assert.is(text.length, 200_000 + '\r\nGoodbye.\r\n'.length)
    assert.ok(text.endsWith('Goodbye.\r\n'))
    peer.end()
    await closed
    assert.instance(await rejection(client.nextLine()), ClientDisconnectedError)
    await client.close()
  })
})

test('destroy() closes at once, and lines that came before are still delivered', async () => {
  await withClient(async (client, peer) => {
    peer.send('one\r\n')
    while (client.unread === 0) await turns(1)
    client.destroy()
    await client.closed
    assert.is(await client.nextLine(), 'one')
    assert.instance(await rejection(client.nextLine()), ClientDisconnectedError)
  })
})

for (const way of ['destroy', 'close'] as const) {
  test(`after ${way}() a client is not connected, and flush tells of what is written then`, async () => {
    await withClient(async (client) => {
      void client[way]()
      assert.not(client.connected)
      client.write('dropped')
      assert.instance(await rejection(client.flush()), ClientDisconnectedError)
    })
  })
}

test('flush tells that what was written before destroy() never left', async () => {
  await withClient(async (client) => {
    client.write('dropped')
    client.destroy()
    assert.instance(await rejection(client.flush()), ClientDisconnectedError)
  })
})

test('writing to a client that has gone does nothing, and flush says that it never left', async () => {
  await withClient(
    async (client, peer) => {
      peer.socket.pause()
      // More than the system's own buffers take.
      client.write('x'.repeat(30_000_000))
      const flushed = client.flush()
      peer.socket.resetAndDestroy()
      assert.instance(await rejection(flushed), ClientDisconnectedError)
      await client.closed
      assert.not(client.connected)
      client.write('anyone?')
    },
    { maxUnsentBytes: 100_000_000 },
  )
})

test('a client knows who and since when it is', async () => {
  await withClient(async (client, peer) => {
    assert.type(client.id, 'number')
    assert.is(client.remoteAddress, '127.0.0.1')
    assert.is(String(client), `Client #${client.id} (127.0.0.1)`)
    assert.ok(Math.abs(client.connectedAt.getTime() - Date.now()) < 60_000)
    assert.equal(client.state, {})
    client.state.name = 'ann'
    assert.is(client.state.name, 'ann')
    peer.send('x\r\n')
    await client.nextLine()
    assert.ok(client.idle >= 0 && client.idle < 60_000)
  })
})

test('a line that is too long is dropped, its sender is told, and the next one is delivered (rule 19)', async () => {
  const service = new Service()
  const limits: string[] = []
  service.listen(events.LimitExceeded, ({ limit, max, client }) => {
    limits.push(`${limit} ${max} ${client !== undefined}`)
  })
  service.listen(events.Receive, ({ client, data }) => client.write(`got ${data.length}`))
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      peer.send(`${'x'.repeat(100)}\r\n${'x'.repeat(101)}\r\nnext\r\n`)
      // The complaint comes as soon as the line is met, which is before its neighbours are handled.
      assert.equal((await peer.lines(3)).sort(), [
        'That line is too long: at most 100 bytes.',
        'got 100',
        'got 4',
      ])
      assert.equal(limits, ['maxLineLength 100 true'])
      peer.destroy()
    },
    { maxLineLength: 100 },
  )
})

test('raw mode hands over chunks exactly as they came, as plain Uint8Array, and adds nothing (rule 14)', async () => {
  const service = new Service<object, Uint8Array>()
  const chunks: Uint8Array[] = []
  service.listen(events.Receive, ({ client, data }) => {
    chunks.push(data)
    client.write(data)
    client.write('text')
  })
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      const bytes = Uint8Array.of(0, 10, 13, 27, 128, 255)
      peer.send(bytes)
      assert.is(await peer.until('text'), `${Buffer.from(bytes).toString('latin1')}text`)
      assert.equal(chunks, [bytes])
      peer.destroy()
    },
    { raw: true },
  )
})

test('sanitize: false lets control characters through (rule 14)', async () => {
  await withClient(
    async (client, peer) => {
      peer.send('a\x1b[1mb\r\n')
      assert.is(await client.nextLine(), 'a\x1b[1mb')
    },
    { sanitize: false },
  )
})

test('a stream that fails ends its client like a peer that vanishes', async () => {
  const service = new Service()
  const gone = deferred<string>()
  service.listen(events.Disconnect, ({ client }) => gone.resolve(String(client)))
  await running(service, async () => {
    const broken = new Duplex({
      read() {},
      write: (_chunk, _encoding, callback) => callback(new Error('broken')),
    })
    service.accept(broken, { remoteAddress: 'a pipe' }).write('hello')
    assert.match(await gone.promise, /Client #\d+ \(a pipe\)/)
  })
})

test('a stream that had ended before it was accepted is a client that has gone', async () => {
  const service = new Service()
  let count = 0
  const gone = deferred()
  service.listen(events.Disconnect, () => {
    count += 1
    gone.resolve()
  })
  await running(service, async () => {
    const ended = new Duplex({ read() {}, write: (_chunk, _encoding, callback) => callback() })
    ended.destroy()
    await once(ended, 'close')
    service.accept(ended)
    await gone.promise
    await turns()
    assert.is(count, 1)
  })
})

test('connect() gives a client of its own side: in memory, by port, by path', async () => {
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => client.write(`You said: ${data}`))
  await running(service, async () => {
    for (const target of [service, service.address as { port: number; host: string }]) {
      const server = await connect(target, { timeout: 10_000 })
      server.write('hello', 'again')
      assert.is(await server.nextLine(), 'You said: hello')
      assert.is(await server.nextLine(), 'You said: again')
      server.destroy()
      await server.closed
    }
  })
})

test('ask() takes no options that there are not, and write() no functions: plain JavaScript is not told by types', () =>
  withClient(async (client) => {
    assert.throws(() => client.ask('Name: ', { timout: 50 } as object), /ask\(\) got timout/)
    for (const args of [[hr], [hr, { newline: false }], [hr, 'x']]) {
      assert.throws(() => client.write(...(args as string[])), /write\(\) got line: .*call it, as in hr\(\)/)
    }
  }))

test.run()
