import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { memoryPair } from '../../lib/index.js'
import { FakeClock } from '../../lib/testing/clock.js'
import { DuplexConnection } from '../../lib/transport/duplex.js'
import { seeOut } from '../../lib/transport/last-words.js'
import { turns } from '../support/service.js'

test('whoever is seen out is told why, and the connection is closed', async () => {
  const clock = new FakeClock()
  const [ours, theirs] = memoryPair()
  let told = ''
  theirs.on('data', (chunk) => {
    told += chunk
  })
  seeOut(new DuplexConnection(ours), 'We are full.\nSorry.', clock)
  await turns()
  assert.is(told, 'We are full.\r\nSorry.\r\n')
  assert.ok(ours.destroyed)
  assert.is(clock.pending, 0)
})

test('a peer that does not read has a second for it, and is closed all the same', async () => {
  const clock = new FakeClock()
  const [ours, theirs] = memoryPair()
  theirs.pause()
  seeOut(new DuplexConnection(ours), 'x'.repeat(1024 * 1024), clock)
  await clock.advance(999)
  assert.not.ok(ours.destroyed)
  await clock.advance(1)
  assert.ok(ours.destroyed)
})

test.run()
