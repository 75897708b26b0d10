import { EventEmitter } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeClock } from '../../lib/testing/clock.js'
import { Heartbeat } from '../../lib/transport/heartbeat.js'

/** A WebSocket, as far as a heartbeat knows one. */
class Fake extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  isPaused = false
  pings = 0
  ended: string | undefined

  ping(): void {
    this.pings += 1
  }

  close(): void {
    this.#end('closed')
  }

  terminate(): void {
    this.#end('terminated')
  }

  #end(how: string): void {
    this.ended = how
    this.readyState = 3
    this.emit('close')
  }
}

/** A clock that can be set, like the system's. */
class WallClock extends FakeClock {
  /** Milliseconds by which it was set forward. */
  set = 0

  override now(): number {
    return super.now() + this.set
  }
}

const HOUR = 3_600_000

function setUp(limits: { ping?: number; idle?: number }): {
  clock: WallClock
  peer: Fake
  heartbeat: Heartbeat
} {
  const clock = new WallClock()
  const heartbeat = new Heartbeat({
    ping: Number.POSITIVE_INFINITY,
    idle: Number.POSITIVE_INFINITY,
    ...limits,
    clock,
  })
  const peer = new Fake()
  heartbeat.watch(peer as never)
  return { clock, peer, heartbeat }
}

test('a silent peer is asked, and goes where it does not answer; then nothing is left', async () => {
  const { clock, peer, heartbeat } = setUp({ ping: 100 })
  await clock.advance(99)
  assert.is(peer.pings, 0)
  await clock.advance(1)
  assert.is(peer.pings, 1)
  await clock.advance(99)
  assert.is(peer.ended, undefined)
  await clock.advance(1)
  assert.is(peer.ended, 'terminated')
  assert.is(peer.pings, 1)
  await clock.advance(1000)
  assert.is(heartbeat.size, 0)
  assert.is(clock.pending, 0)
})

test('a peer that answers stays, and whoever talks is not asked', async () => {
  const { clock, peer } = setUp({ ping: 100 })
  for (let i = 0; i < 20; i++) {
    await clock.advance(100)
    if (peer.pings > 0) peer.emit('pong')
  }
  assert.is(peer.ended, undefined)
  const { pings } = peer
  assert.ok(pings > 5)
  for (let i = 0; i < 20; i++) {
    peer.emit('message')
    await clock.advance(50)
  }
  assert.ok(peer.pings <= pings + 1)
})

test('a peer that sends no message goes, whatever it answers', async () => {
  const { clock, peer } = setUp({ ping: 100, idle: 1000 })
  peer.emit('message')
  for (let i = 0; i < 9; i++) {
    await clock.advance(100)
    peer.emit('pong')
    peer.emit('ping')
  }
  assert.is(peer.ended, undefined)
  await clock.advance(150)
  assert.is(peer.ended, 'closed')
})

test('a peer that is paused has not fallen silent', async () => {
  const { clock, peer } = setUp({ ping: 100, idle: 200 })
  peer.isPaused = true
  await clock.advance(10_000)
  assert.is(peer.ended, undefined)
  assert.is(peer.pings, 0)
  peer.isPaused = false
  await clock.advance(300)
  assert.ok(peer.ended)
})

test('where the clock is set forward, or the process stood still, only the silence before and after it counts', async () => {
  const { clock, peer } = setUp({ ping: 100, idle: 400 })
  await clock.advance(70)
  clock.set = HOUR
  await clock.advance(30)
  assert.is(peer.pings, 1, 'it was silent for so long')
  clock.set = 2 * HOUR
  await clock.advance(50)
  assert.is(peer.ended, undefined, 'it has had half of its time to answer')
  peer.emit('pong')
  clock.set = 3 * HOUR
  await clock.advance(100)
  assert.is(peer.ended, undefined)
  assert.is(peer.pings, 2)
  peer.emit('pong')
  await clock.advance(150)
  assert.is(peer.ended, 'closed', 'it has sent no message all the time')
})

test('where the clock is set back, a silent peer goes within twice the limit', async () => {
  const { clock, peer } = setUp({ ping: 100 })
  await clock.advance(70)
  clock.set = -HOUR
  await clock.advance(130)
  assert.is(peer.pings, 1)
  clock.set = -2 * HOUR
  await clock.advance(200)
  assert.is(peer.ended, 'terminated')

  const idler = setUp({ idle: 1000 })
  await idler.clock.advance(400)
  idler.clock.set = -HOUR
  await idler.clock.advance(1600)
  assert.is(idler.peer.ended, 'closed')
})

test('Infinity is never, and one alarm serves all', async () => {
  const { clock, peer, heartbeat } = setUp({})
  await clock.advance(1e9)
  assert.is(peer.ended, undefined)
  assert.is(clock.pending, 0)
  const busy = setUp({ ping: 100 })
  for (let i = 0; i < 10; i++) busy.heartbeat.watch(new Fake() as never)
  assert.is(busy.clock.pending, 1)
  assert.is(heartbeat.size, 1)
})

test.run()
