import type { Duplex } from 'node:stream'
import { memoryPair } from 'mara-ts'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Channel } from '../../lib/client/channel.js'
import { defaultLimits, type Limits } from '../../lib/limits.js'
import { Counters } from '../../lib/observability/counters.js'
import { lines } from '../../lib/protocol/index.js'
import { Executor } from '../../lib/runtime/executor.js'
import { TelnetSettings } from '../../lib/telnet/index.js'
import { DuplexConnection } from '../../lib/transport/duplex.js'
import { turns } from '../support/service.js'

interface Connection {
  channel: Channel<string>
  /** The service's end of it, and the peer's. */
  ours: Duplex
  theirs: Duplex
  clock: FakeClock
  told: string[]
}

function connected(limits: Partial<Limits> = {}, more: { closeAtEnd?: boolean } = {}): Connection {
  const [ours, theirs] = memoryPair()
  const clock = new FakeClock(0)
  const told: string[] = []
  const settings = {
    executor: new Executor(),
    counters: new Counters(),
    clock,
    limits: { ...defaultLimits, ...limits },
    sanitize: true,
    telnet: new TelnetSettings({ clock }),
    ...more,
  }
  const owner = {
    limitExceeded: (limit: string) => void told.push(limit),
    telnetEvent: () => undefined,
    protocolFailed: () => undefined,
    ended: () => void told.push('ended'),
    disconnected: () => new Error('gone'),
    closed: () => {},
    toString: () => 'Client #1',
  }
  const channel = new Channel<string>(
    { connection: new DuplexConnection(ours), protocol: lines, settings },
    owner,
  )
  return { channel, ours, theirs, clock, told }
}

const IAC = 0xff
const NOP = 0xf1
const IP = 0xf4
const AYT = 0xf6

for (const [what, command, count, limit] of [
  ['events', IP, 101, 'maxTelnetEvents'],
  ['answers', AYT, 101, 'maxTelnetReplies'],
  ['commands that mean nothing', NOP, 1_001, 'maxTelnetEvents'],
] as const)
  test(`a client that asks for too many ${what} by telnet is not read for a second, and loses no line (rule 19)`, async () => {
    const { channel, ours, theirs, clock, told } = connected()
    const flood = Array.from({ length: count }, () => [IAC, command]).flat()
    // The first one tells that it speaks telnet, which is an event of its own.
    theirs.write(Buffer.from(flood.slice(4)))
    await turns()
    assert.equal([ours.isPaused(), told], [false, []])
    await clock.advance(1_000)
    theirs.write(Buffer.from(flood))
    await turns()
    assert.ok(ours.isPaused())
    assert.is(told[0], limit)
    theirs.write('hello\r\n')
    await clock.advance(999)
    assert.is(channel.inbox.unread, 0)
    await clock.advance(1)
    await turns()
    assert.not(ours.isPaused())
    assert.is(channel.inbox.unread, 1)
  })

test('a program that closes its own end has as long as what it has written leaves, and five seconds more', async () => {
  const { channel, ours, theirs, clock } = connected({ maxUnsentBytes: Infinity }, { closeAtEnd: true })
  for (let i = 0; i < 4; i++) channel.send(Buffer.alloc(100_000))
  channel.close()
  for (let i = 0; i < 3; i++) {
    await clock.advance(4_999)
    assert.not(ours.destroyed)
    theirs.read(100_000)
    await turns()
  }
  await clock.advance(5_000)
  assert.ok(ours.destroyed)
})

test('reading stops while too much is unread, and goes on when it is read (rule 19)', async () => {
  const { channel, ours, theirs, told } = connected({ maxUnreadLines: 4 })
  theirs.write('1\n2\n3\n4\n5\n')
  await turns()
  assert.ok(ours.isPaused())
  assert.equal(told, ['maxUnreadLines'])
  theirs.write('6\n')
  for (const line of ['1', '2', '3', '4', '5', '6']) assert.is(await channel.inbox.next(), line)
  assert.not(ours.isPaused())
})

test('reading stops while the peer does not take what it is sent, and goes on when it does', async () => {
  const { channel, ours, theirs } = connected()
  channel.send('x'.repeat(200_000))
  channel.outbox.flush()
  assert.ok(ours.isPaused())
  theirs.resume()
  await channel.outbox.flushed()
  await turns()
  assert.not(ours.isPaused())
})

test('after close() what the peer sends is read and dropped, where reading had stopped too', async () => {
  const { channel, ours, theirs, clock } = connected({ maxUnreadLines: 1 })
  theirs.write('1\n2\n3\n')
  await turns()
  assert.ok(ours.isPaused())
  await clock.advance(10)
  channel.close()
  theirs.write('too late\n')
  await turns()
  // Unread bytes would make the system reset the connection, and the last words be lost.
  assert.not(ours.isPaused())
  assert.is(ours.readableLength, 0)
  assert.is(channel.inbox.unread, 0)
  assert.is(channel.lastInput, 0)
})

test('after close() it reads on, where reading had stopped for a peer that takes nothing', async () => {
  const { channel, ours, theirs } = connected()
  channel.send('x'.repeat(200_000))
  channel.outbox.flush()
  assert.ok(ours.isPaused())
  channel.close()
  theirs.write('too late\n')
  await turns()
  assert.not(ours.isPaused())
  assert.is(ours.readableLength, 0)
})

test('when the peer last sent something is known', async () => {
  const { channel, theirs, clock } = connected()
  await clock.advance(1_000)
  theirs.write('half a li')
  await turns()
  assert.is(channel.lastInput, 1_000)
})

test('a peer that has what it is owed gets a second to close its side', async () => {
  const { channel, ours, theirs, clock } = connected()
  theirs.resume()
  channel.send('Goodbye.')
  channel.close()
  await turns()
  await clock.advance(999)
  assert.not(ours.destroyed)
  await clock.advance(1)
  assert.ok(ours.destroyed)
  await channel.whenClosed
})

test('a peer that does not take what it is owed is closed all the same, after 5 seconds', async () => {
  const { channel, ours, clock } = connected()
  channel.send('x'.repeat(200_000))
  channel.close()
  await turns()
  await clock.advance(4_999)
  assert.not(ours.destroyed)
  await clock.advance(1)
  assert.ok(ours.destroyed)
})

test('nothing is left to wait for once it is closed', async () => {
  const { channel, ours, theirs, clock } = connected()
  theirs.resume()
  channel.close()
  theirs.end()
  await channel.whenClosed
  assert.ok(ours.destroyed)
  assert.is(clock.pending, 0)
})

test('more unsent than the limit drops the peer before anybody is told (rule 19)', async () => {
  const { channel, ours, told } = connected({ maxUnsentBytes: 1_000 })
  channel.send('x'.repeat(200_000))
  channel.outbox.flush()
  assert.ok(ours.destroyed)
  await turns()
  assert.equal(told, ['maxUnsentBytes', 'ended'])
})

test('nothing is sent or told after the end', async () => {
  const { channel, theirs, told } = connected()
  let received = ''
  theirs.on('data', (chunk) => {
    received += chunk
  })
  channel.close()
  channel.send('too late')
  channel.limitExceeded('maxLineLength')
  theirs.end()
  await channel.whenClosed
  await turns()
  assert.is(received, '')
  assert.equal(told, ['ended'])
})

test.run()
