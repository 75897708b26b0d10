/**
 * Talks to the service as its clients do, in memory.
 */
import { after, before, test } from 'node:test'
import { connectTo } from 'mara-ts/testing'
import { makeService } from '../src/service.js'

const service = makeService()
// Port 0: the system picks one that is free.
before(() => service.start({ port: 0, log: false }))
after(() => service.stop())

test('every line comes back, in order', async () => {
  const client = await connectTo(service)
  client.type('Hello', 'Is anyone there?')
  await client.sees('Hello', 'Is anyone there?')
  await client.leave()
})

test('a line comes back to the client that wrote it, and to no other', async () => {
  const ann = await connectTo(service)
  const bob = await connectTo(service)
  ann.type('from Ann')
  bob.type('from Bob')
  await ann.sees('from Ann')
  await bob.sees('from Bob')
  await ann.seesNothing()
  await bob.seesNothing()
  await Promise.all([ann.leave(), bob.leave()])
})
