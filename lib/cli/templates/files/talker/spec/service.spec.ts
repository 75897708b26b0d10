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

test('everyone hears what one says', async () => {
  const ann = await join('ann')
  const bob = await join('bob')
  await until(ann, 'bob has connected')
  bob.write('say Hello, ann')
  assert.equal(await until(bob, 'Hello'), 'You say: Hello, ann')
  assert.equal(await until(ann, 'Hello'), 'bob says: Hello, ann')
  await Promise.all([ann.close(), bob.close()])
})

test('nobody gets in with a wrong password', async () => {
  const cat = await join('cat')
  const thief = await connect(service.address as { host: string; port: number })
  thief.write('cat', 'wrong')
  await until(thief, 'Wrong password.')
  await Promise.all([cat.close(), thief.close()])
})
