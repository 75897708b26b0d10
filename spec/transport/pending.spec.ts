import { Duplex } from 'node:stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeClock } from '../../lib/testing/clock.js'
import { Pending } from '../../lib/transport/pending.js'
import { turns } from '../support/service.js'

const duplex = (): Duplex => new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })

test('whoever has not done in time is closed, and what comes meanwhile wins no time', async () => {
  const clock = new FakeClock()
  const pending = new Pending({ max: 10, timeout: 100, clock })
  const slow = duplex()
  pending.add(slow)
  await clock.advance(99)
  slow.push('one more byte')
  assert.not(slow.destroyed)
  await clock.advance(1)
  assert.ok(slow.destroyed)
  assert.is(pending.size, 0)
  assert.is(clock.pending, 0)
})

test('whoever has done in time is left alone, and waits for nothing', async () => {
  const clock = new FakeClock()
  const pending = new Pending({ max: 10, timeout: 100, clock })
  const [first, second] = [duplex(), duplex()]
  pending.add(first)
  pending.add(second, 'second')
  pending.done(first)
  pending.done('second')
  assert.is(pending.size, 0)
  assert.is(clock.pending, 0)
  await clock.advance(1000)
  assert.not(first.destroyed)
  assert.not(second.destroyed)
  pending.done(first)
  pending.done('nobody')
})

test('where all places are taken, the oldest makes room', () => {
  const clock = new FakeClock()
  const pending = new Pending({ max: 2, timeout: 100, clock })
  const all = [duplex(), duplex(), duplex(), duplex()]
  for (const one of all) pending.add(one)
  assert.equal(
    all.map(({ destroyed }) => destroyed),
    [true, true, false, false],
  )
  assert.is(pending.size, 2)
  assert.is(clock.pending, 2)
})

test('whoever goes by itself leaves nothing behind, also where its key is in use again', async () => {
  const clock = new FakeClock()
  const pending = new Pending({ max: 10, timeout: 100, clock })
  const [first, second] = [duplex(), duplex()]
  pending.add(first, 'key')
  first.destroy()
  pending.done('key')
  pending.add(second, 'key')
  await turns()
  assert.is(pending.size, 1)
  second.destroy()
  await turns()
  assert.is(pending.size, 0)
  assert.is(clock.pending, 0)
})

test('close closes all of them, and a timeout of Infinity is none', async () => {
  const clock = new FakeClock()
  const pending = new Pending({ max: 10, timeout: Number.POSITIVE_INFINITY, clock })
  const all = [duplex(), duplex()]
  for (const one of all) pending.add(one)
  await clock.advance(1e9)
  assert.ok(all.every(({ destroyed }) => !destroyed))
  pending.close()
  assert.ok(all.every(({ destroyed }) => destroyed))
  assert.is(pending.size, 0)
})

test.run()
