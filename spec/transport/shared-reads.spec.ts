// Accepted sockets that are read past their streams.
import { once } from 'node:events'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection, ConnectionSink } from '../../lib/transport/connection.js'
import { DuplexConnection } from '../../lib/transport/duplex.js'
import { claim } from '../../lib/transport/shared-reads.js'

const test = suite('shared reads')

const claimed = (socket: Duplex): Connection => {
  claim(socket)
  return new DuplexConnection(socket)
}

/** What a connection has reported, and a way to wait for more. */
class Log implements ConnectionSink {
  readonly seen: string[] = []
  text = ''
  lefts = 0
  #wake: () => void = () => {}

  data(chunk: Uint8Array): void {
    this.text += Buffer.from(chunk).toString('latin1')
    this.#wake()
  }
  ended(): void {
    this.#note('ended')
  }
  left(): void {
    this.lefts += 1
    this.#wake()
  }
  drained(): void {
    this.#note('drained')
  }
  finished(): void {
    this.#note('finished')
  }
  closed(): void {
    this.#note('closed')
  }

  #note(word: string): void {
    this.seen.push(word)
    this.#wake()
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

interface Pair {
  readonly connection: Connection
  readonly peer: net.Socket
  readonly log: Log
}

async function connected(body: (pair: Pair) => Promise<void>, wrap = claimed): Promise<void> {
  const log = new Log()
  const server = net.createServer({ allowHalfOpen: true, noDelay: true })
  const accepted = new Promise<Connection>((resolve) => {
    server.on('connection', (socket) => {
      const connection = wrap(socket)
      connection.open(log)
      resolve(connection)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const peer = net.connect({ port: (server.address() as net.AddressInfo).port, host: '127.0.0.1' })
  peer.on('error', () => {})
  try {
    await body({ connection: await accepted, peer, log })
  } finally {
    peer.destroy()
    server.close()
  }
}

test('what the peer sends is handed over, also more than one read takes', () =>
  connected(async ({ peer, log }) => {
    const text = Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join('')
    peer.write(text)
    await log.until(() => log.text.length === text.length)
    assert.is(log.text, text)
  }))

test('while it is paused nothing is handed over, and nothing is lost', () =>
  connected(async ({ connection, peer, log }) => {
    peer.write('one')
    await log.until(() => log.text === 'one')
    connection.pause()
    const text = 'x'.repeat(300_000)
    await new Promise<void>((resolve) => {
      // The system takes a part of it, and the rest waits with the peer.
      peer.write(text)
      peer.write('!', () => resolve())
      setImmediate(() => {
        assert.is(log.text, 'one')
        connection.resume()
      })
    })
    await log.until(() => log.text.endsWith('!'))
    assert.is(log.text.length, 'one'.length + text.length + 1)
  }))

test('pausing from inside data keeps the next read back', () =>
  connected(async ({ connection, peer, log }) => {
    const data = log.data.bind(log)
    log.data = (chunk) => {
      data(chunk)
      connection.pause()
    }
    peer.write('one')
    await log.until(() => log.text === 'one')
    peer.write('two')
    connection.resume()
    await log.until(() => log.text === 'onetwo')
  }))

test('all sockets are read into the same memory, and no stream is in between', async () => {
  const buffers = new Set<ArrayBufferLike>()
  const wrap = (socket: Duplex): Connection => {
    const connection = claimed(socket)
    const open = connection.open.bind(connection)
    connection.open = (log) => {
      const data = log.data.bind(log)
      log.data = (chunk) => {
        buffers.add(chunk.buffer)
        data(chunk)
      }
      open(log)
      // This Node has what it takes; where one has not, this says so.
      assert.is(socket.listenerCount('data'), 0)
    }
    return connection
  }
  await connected(async ({ peer, log }) => {
    peer.write('one')
    await log.until(() => log.text === 'one')
    await connected(async (other) => {
      other.peer.write('two')
      await other.log.until(() => other.log.text === 'two')
    }, wrap)
  }, wrap)
  assert.is(buffers.size, 1)
})

test('what the system takes at once has left when the write returns', () =>
  connected(async ({ connection, log }) => {
    assert.ok(connection.write('a'))
    assert.is(log.lefts, 1)
    assert.is(connection.unsent, 0)
  }))

test('writes that the peer does not take are reported as left when it does', () =>
  connected(async ({ connection, peer, log }) => {
    peer.pause()
    let writes = 1
    while (connection.write('y'.repeat(100_000))) writes += 1
    connection.write('z')
    writes += 1
    assert.ok(connection.unsent >= 100_000)
    assert.ok(log.lefts < writes)
    peer.resume()
    await log.until(() => log.lefts === writes && log.seen.includes('drained'))
    assert.is(connection.unsent, 0)
  }))

test('the peer can end its side and still read', () =>
  connected(async ({ connection, peer, log }) => {
    peer.end('last words')
    await log.until(() => log.seen.includes('ended'))
    assert.is(log.text, 'last words')
    connection.write('heard')
    connection.end()
    assert.is(String((await once(peer, 'data'))[0]), 'heard')
    await log.until(() => log.seen.includes('closed'))
    assert.equal(log.seen, ['ended', 'finished', 'closed'])
  }))

test('a reset closes it, and nothing is thrown', () =>
  connected(async ({ connection, peer, log }) => {
    peer.resetAndDestroy()
    await log.until(() => log.seen.includes('closed'))
    assert.ok(connection.destroyed)
    connection.write('too late')
  }))

test('a socket that is closed already, or is no plain socket, works as any Duplex does', async () => {
  class OwnSocket extends net.Socket {}
  const wrap = (socket: Duplex): Connection => {
    Object.setPrototypeOf(socket, OwnSocket.prototype)
    return claimed(socket)
  }
  await connected(async ({ peer, log }) => {
    peer.write('hello')
    await log.until(() => log.text === 'hello')
  }, wrap)
  const dead = new net.Socket()
  dead.destroy()
  const log = new Log()
  claimed(dead).open(log)
  await log.until(() => log.seen.includes('closed'))
})

test.run()
