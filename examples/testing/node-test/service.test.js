import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connectTo, Transcript } from 'mara-ts/testing'
import { service } from './service.js'

before(() => service.start({ port: 0, log: false }))
after(() => service.stop())

test('whoever looks is told where, and nobody else is', async () => {
  const transcript = new Transcript()
  const ann = await connectTo(service, { name: 'ann', transcript })
  const bob = await connectTo(service, { name: 'bob', transcript })
  ann.type('look')
  await ann.sees('You are in the lobby')
  await bob.seesNothing()
  assert.equal(String(transcript), 'ann > look\nann < You are in the lobby.')
  await ann.leave()
  await bob.leave()
})

test('what nobody has read is an error that shows it', async () => {
  const ann = await connectTo(service)
  ann.type('look')
  await assert.rejects(ann.seesNothing(), /You are in the lobby/)
  await ann.leave()
})
