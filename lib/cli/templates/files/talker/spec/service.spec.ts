/**
 * Talks to the service as its people do, in memory.
 */
import { after, before, test } from 'node:test'
import { passwordCost } from 'mara-ts/contrib/users'
import { connectTo, type Player } from 'mara-ts/testing'
import { makeService } from '../src/service.js'

// Passwords need not be safe here, but quick.
passwordCost.ln = 4

const service = makeService()
// Port 0: the system picks one that is free. Accounts are kept in memory.
before(() => service.start({ port: 0, log: false, telnet: false, store: 'memory' }))
after(() => service.stop())

/** Makes an account. */
async function join(person: Player): Promise<void> {
  person.type(person.name, 'yes', 'correct horse', 'correct horse')
  await person.sees(`Welcome, ${person.name}!`)
}

test('everyone hears what one says', async () => {
  const ann = await connectTo(service, { name: 'ann' })
  const bob = await connectTo(service, { name: 'bob' })
  await join(ann)
  await join(bob)
  await ann.sees('bob has connected')
  bob.type('say Hello, ann')
  await bob.sees('You say: Hello, ann')
  await ann.sees('bob says: Hello, ann')
  await Promise.all([ann.leave(), bob.leave()])
})

test('nobody gets in with a wrong password', async () => {
  const cat = await connectTo(service, { name: 'cat' })
  await join(cat)
  const thief = await connectTo(service, { name: 'the thief' })
  thief.type('cat', 'wrong')
  await thief.sees('Wrong password.')
  await Promise.all([cat.leave(), thief.leave()])
})
