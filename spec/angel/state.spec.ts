// time limit: 600 s
// What is much, and what never ends.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Peer } from '../support/peer.js'
import { fixture, type Guarded, guarded } from './support.js'

const test = suite('angel/state')

async function come(service: Guarded): Promise<Peer> {
  const peer = await service.connect()
  assert.is(await peer.line(), 'welcome')
  return peer
}

test('a store whose save never ends keeps nobody waiting at a restart, and is no crash', () =>
  guarded(fixture('hoard'), async (service) => {
    const peer = await come(service)
    peer.send('save\r\n')
    assert.is(await peer.line(), '1 0')
    for (let count = 2; count < 5; count++) {
      await service.restart()
      peer.send('hello\r\n')
      assert.is(await peer.line(), `${count} 0`)
    }
    assert.is((await service.status()).crashes, 0)
    assert.match(service.run.out + service.run.err, /A store is still saving/)
    peer.destroy()
  }))

test('state of many megabytes is there after a restart and a crash; of one that is too large the log tells, and nothing is repeated', () => {
  const body = async (service: Guarded): Promise<void> => {
    const large = await Promise.all(Array.from({ length: 8 }, () => come(service)))
    const excessive = await come(service)
    const each = async (line: string, answer: string): Promise<void> => {
      for (const peer of large) peer.send(line)
      for (const peer of large) assert.is(await peer.line(), answer)
    }
    await each('grow 9000000\r\n', '1 9000000')
    excessive.send('grow 12000000\r\n')
    assert.is(await excessive.line(), '1 12000000')
    await service.restart()
    await each('hello\r\n', '2 9000000')
    const worker = await service.worker()
    process.kill(worker, 'SIGKILL')
    await service.worker(worker)
    await each('hello\r\n', '3 9000000')
    assert.match(service.run.out + service.run.err, /it takes more than there is room for/)
    for (const peer of [...large, excessive]) peer.destroy()
  }
  // It takes a second to write all of it down, and many more on a machine that has other work.
  return guarded(fixture('hoard'), body, ['--heartbeat=60000'])
})

test.run()
