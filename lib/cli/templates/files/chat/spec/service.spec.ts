/**
 * Talks to the service as its clients do, in memory.
 */
import { after, before, test } from 'node:test'
import { connectTo, type Player } from 'mara-ts/testing'
import { makeService } from '../src/service.js'

const service = makeService()
// Port 0: the system picks one that is free.
before(() => service.start({ port: 0, log: false }))
after(() => service.stop())

/** Connects, and gives a name. */
async function join(name: string): Promise<Player> {
  const person = await connectTo(service, { name })
  person.type(name)
  await person.sees(`Welcome, ${name}.`)
  return person
}

test('everyone hears what one says', async () => {
  const ann = await join('Ann')
  const bob = await join('Bob')
  await ann.sees('Bob has joined')
  bob.type('Hello, Ann')
  await ann.sees('Bob: Hello, Ann')
  await bob.sees('Bob: Hello, Ann')
  await Promise.all([ann.leave(), bob.leave()])
})

test('a name that is taken is refused, however it is written', async () => {
  const cleo = await join('Cleo')
  const other = await connectTo(service)
  other.type('CLEO')
  await other.sees('CLEO is taken.')
  other.type('Dora')
  await other.sees('Welcome, Dora.')
  await Promise.all([cleo.leave(), other.leave()])
})

test('/who lists who is here, and everyone is told who leaves', async () => {
  const eve = await join('Eve')
  const finn = await join('Finn')
  eve.type('/who')
  await eve.sees(/Here now: .*Eve, Finn/)
  finn.type('/quit')
  await eve.sees('Finn has left')
  await eve.leave()
})
