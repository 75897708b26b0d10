/**
 * Talks to the service as its people do, in memory.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { passwordCost } from 'mara-ts/contrib/users'
import { connectTo, everyRestartPoint, type Player } from 'mara-ts/testing'
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

test('the door to the vault opens for whoever has the key', async () => {
  const ann = await connectTo(service, { name: 'ann' })
  await join(ann)
  ann.type('east')
  await ann.sees('The door is locked.')
  ann.type('north', 'dive', 'south', 'east')
  await ann.sees('a key in your hand', 'The vault')
  await ann.leave()
})

test('what one says is heard in the same room only', async () => {
  const bob = await connectTo(service, { name: 'bob' })
  const cat = await connectTo(service, { name: 'cat' })
  await join(bob)
  await join(cat)
  bob.type('north', 'say Is anybody here?', 'south', 'say Hello')
  await cat.sees('bob says: Hello')
  assert.ok(!cat.seen.includes('Is anybody here?'))
  await Promise.all([bob.leave(), cat.leave()])
})

test('a login, and a way to the pool, go on after a crash at any moment', async () => {
  await everyRestartPoint(
    {
      service: makeService,
      settings: { telnet: false },
      async play(connect) {
        const ann = await connect('ann')
        for (const [question, answer] of [
          ['Name: ', 'ann'],
          ['Create it?', 'yes'],
          ['Choose a password', 'correct horse'],
          ['Repeat', 'correct horse'],
          ['The lobby', 'north'],
          ['The pool', 'dive'],
        ] as const) {
          await ann.sees(question)
          ann.type(answer)
        }
        await ann.sees('a key in your hand')
      },
    },
    { crash: true },
  )
})
