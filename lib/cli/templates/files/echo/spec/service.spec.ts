/**
 * Talks to the service as its clients do: over a socket.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Connection, connect } from 'mara-ts'
import { service } from '../src/service.js'

// Port 0: the system picks one that is free.
before(() => service.start({ port: 0, log: false }))
after(() => service.stop())

function dial(): Promise<Connection> {
  return connect(service.address as { host: string; port: number })
}

test('every line comes back, in order', async () => {
  const client = await dial()
  client.write('Hello', 'Is anyone there?')
  assert.equal(await client.nextLine({ timeout: 5000 }), 'Hello')
  assert.equal(await client.nextLine({ timeout: 5000 }), 'Is anyone there?')
  await client.close()
})

test('a line comes back to the client that wrote it, and to no other', async () => {
  const ann = await dial()
  const bob = await dial()
  ann.write('from Ann')
  bob.write('from Bob')
  assert.equal(await ann.nextLine({ timeout: 5000 }), 'from Ann')
  assert.equal(await bob.nextLine({ timeout: 5000 }), 'from Bob')
  await Promise.all([ann.close(), bob.close()])
})
