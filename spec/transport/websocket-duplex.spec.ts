import { EventEmitter, once } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocketDuplex } from '../../lib/transport/websocket-duplex.js'
import { turns } from '../support/service.js'

/** A WebSocket whose other side is the spec. */
class Fake extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  isPaused = false
  readonly sent: { data: string | Buffer; taken: () => void }[] = []
  closedWith: number | undefined
  terminated = false

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  send(data: string | Buffer, _options: object, taken: () => void): void {
    this.sent.push({ data, taken })
  }

  close(code: number): void {
    this.closedWith = code
  }

  terminate(): void {
    this.terminated = true
    this.end()
  }

  /** The peer is gone. */
  end(): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.emit('close')
  }
}

function setUp(text = false): { fake: Fake; duplex: WebSocketDuplex } {
  const fake = new Fake()
  return { fake, duplex: new WebSocketDuplex(fake as never, { text, closeCode: () => 1000 }) }
}

test('messages that nobody reads stop the peer, and reading lets it go on, with nothing lost', async () => {
  const { fake, duplex } = setUp()
  duplex.pause()
  let count = 0
  for (; !fake.isPaused && count < 10_000; count++) fake.emit('message', Buffer.alloc(1000, count), true)
  assert.ok(fake.isPaused, 'it was stopped')
  assert.ok(duplex.readableLength <= duplex.readableHighWaterMark + 1000)
  let read = 0
  duplex.on('data', (chunk) => {
    read += chunk.length
  })
  duplex.resume()
  await turns()
  assert.is(read, count * 1000)
  assert.not(fake.isPaused)
})

test('a message that nobody reads stops the peer, however small: each costs more than it holds', () => {
  const { fake, duplex } = setUp()
  duplex.pause()
  fake.emit('message', Buffer.of(1), true)
  assert.ok(fake.isPaused)
})

test('one message is under way at a time, and what waits counts as unsent', async () => {
  const { fake, duplex } = setUp()
  let left = 0
  for (const text of ['one', 'two', 'three']) duplex.write(text, () => void left++)
  assert.is(fake.sent.length, 1)
  assert.is(duplex.writableLength, 11)
  for (let i = 0; i < 3; i++) {
    fake.sent[i]?.taken()
    await turns(1)
  }
  assert.is(left, 3)
  assert.equal(
    fake.sent.map(({ data }) => String(data)),
    ['one', 'two', 'three'],
  )
})

test('when the peer is gone, what it has sent is still read, and what is written goes nowhere', async () => {
  const { fake, duplex } = setUp(true)
  duplex.pause()
  fake.emit('message', Buffer.from('last words'), false)
  fake.end()
  await turns()
  const written = new Promise((resolve) => duplex.write('too late', resolve))
  await written
  assert.is(fake.sent.length, 0)
  assert.not(duplex.destroyed)
  let read = ''
  duplex.on('data', (chunk) => {
    read += chunk
  })
  duplex.resume()
  await once(duplex, 'close')
  assert.is(read, 'last words\n')
})

test('end sends what is owed and then the close; the peer that answers is gone', async () => {
  const { fake, duplex } = setUp()
  duplex.resume()
  duplex.end('bye')
  await turns()
  assert.is(fake.closedWith, undefined)
  fake.sent[0]?.taken()
  await once(duplex, 'finish')
  assert.is(fake.closedWith, 1000)
  fake.end()
  await once(duplex, 'close')
})

test('destroy cuts it off, and messages that come after it go nowhere', async () => {
  const { fake, duplex } = setUp()
  duplex.write('never taken')
  duplex.destroy()
  fake.emit('message', Buffer.from('late'), true)
  fake.emit('error', new Error('reset'))
  await once(duplex, 'close')
  assert.ok(fake.terminated)
})

test('in text a binary message closes with 1003, and line ends of a message are one', () => {
  const { fake, duplex } = setUp(true)
  for (const text of ['a', 'b\n', 'c\r\n', 'd\r', '', '\n', 'e\nf'])
    fake.emit('message', Buffer.from(text), false)
  assert.is(String(duplex.read()), 'a\nb\nc\nd\n\n\ne\nf\n')
  fake.emit('message', Buffer.from('x'), true)
  assert.is(fake.closedWith, 1003)
})

test.run()
