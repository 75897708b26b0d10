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

/** Connects, and gives a name. */
async function join(name: string): Promise<Connection> {
  const client = await dial()
  client.write(name)
  await until(client, `Welcome, ${name}.`)
  return client
}

/** The next line that has `text` in it. */
async function until(client: Connection, text: string): Promise<string> {
  for (;;) {
    const line = await client.nextLine({ timeout: 5000 })
    if (line.includes(text)) return line
  }
}

test('everyone hears what one says', async () => {
  const ann = await join('Ann')
  const bob = await join('Bob')
  await until(ann, 'Bob has joined')
  bob.write('Hello, Ann')
  assert.equal(await until(ann, 'Hello'), 'Bob: Hello, Ann')
  assert.equal(await until(bob, 'Hello'), 'Bob: Hello, Ann')
  await Promise.all([ann.close(), bob.close()])
})

test('a name that is taken is refused, however it is written', async () => {
  const cleo = await join('Cleo')
  const other = await dial()
  other.write('CLEO')
  await until(other, 'CLEO is taken.')
  other.write('Dora')
  await until(other, 'Welcome, Dora.')
  await Promise.all([cleo.close(), other.close()])
})

test('/who lists who is here, and everyone is told who leaves', async () => {
  const eve = await join('Eve')
  const finn = await join('Finn')
  eve.write('/who')
  assert.match(await until(eve, 'Here now'), /Eve, Finn/)
  finn.write('/quit')
  assert.equal(await until(eve, 'left'), 'Finn has left')
  await eve.close()
})
