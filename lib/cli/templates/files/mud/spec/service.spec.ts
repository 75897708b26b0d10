/**
 * Talks to the service as its people do: over a socket.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Connection, connect } from 'mara-ts'
import { passwordCost } from 'mara-ts/contrib/users'
import { service } from '../src/service.js'

// Passwords need not be safe here, but quick.
passwordCost.ln = 4

// Port 0: the system picks one that is free. Accounts are kept in memory.
before(() => service.start({ port: 0, log: false, telnet: false, store: 'memory' }))
after(() => service.stop())

/** Somebody with a new account. */
async function join(name: string): Promise<Connection> {
  const person = await connect(service.address as { host: string; port: number })
  person.write(name, 'yes', 'correct horse', 'correct horse')
  await until(person, `Welcome, ${name}!`)
  return person
}

/** The next line that has `text` in it. */
async function until(person: Connection, text: string): Promise<string> {
  for (;;) {
    const line = await person.nextLine({ timeout: 10_000 })
    if (line.includes(text)) return line
  }
}

test('the door to the vault opens for whoever has the key', async () => {
  const ann = await join('ann')
  ann.write('east')
  await until(ann, 'The door is locked.')
  ann.write('north', 'dive', 'south', 'east')
  await until(ann, 'a key in your hand')
  await until(ann, 'The vault')
  await ann.close()
})

test('what one says is heard in the same room only', async () => {
  const bob = await join('bob')
  const cat = await join('cat')
  bob.write('north', 'say Is anybody here?', 'south', 'say Hello')
  assert.equal(await until(cat, 'bob says'), 'bob says: Hello')
  await Promise.all([bob.close(), cat.close()])
})
