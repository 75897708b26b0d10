import { memoryPair } from 'mara-ts'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Client } from '../../lib/client/client.js'
import { defaultLimits } from '../../lib/limits.js'
import { lines } from '../../lib/protocol/index.js'
import { Executor } from '../../lib/runtime/executor.js'
import { turns } from '../support/service.js'

test('a client that is closed while its socket is paused is read again: unread bytes would reset the connection', async () => {
  const [duplex, peer] = memoryPair()
  const limits = { ...defaultLimits, maxUnreadLines: 2 }
  const settings = { executor: new Executor(), clock: new FakeClock(), limits, sanitize: true }
  const client = new Client({ id: 1, duplex, protocol: lines, settings })
  let told = ''
  peer.on('data', (chunk) => {
    told += chunk
  })
  peer.write('1\n2\n3\n')
  await turns()
  assert.is(duplex.isPaused(), true)
  peer.end('4\n')
  client.write('Goodbye.')
  const closed = client.close()
  assert.is(duplex.isPaused(), false)
  await closed
  assert.is(told, 'Goodbye.\r\n')
  assert.is(client.unread, 0)
})

test.run()
