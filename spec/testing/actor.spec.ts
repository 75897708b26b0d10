import { Service, ServiceStatusError } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { newKey } from '../../lib/conversation/seal.js'
import { Actor } from '../../lib/testing/actor.js'
import { rejection, turns } from '../support/service.js'

const test = suite('an actor')

const SETTINGS = { log: false, store: 'memory' }

function actorOf(onBytes: (bytes: Buffer) => void = () => {}, settings: object = SETTINGS): Actor {
  return new Actor(new Service(), settings, newKey().toString('base64'), onBytes)
}

test('it says what its edge is to go by, where it listens, and that it is ready', async () => {
  const actor = actorOf(undefined, { ...SETTINGS, probation: 77 })
  await actor.ready
  assert.is(actor.settings?.probation, 77)
  assert.is(actor.listener, '1')
  actor.die()
})

test('nothing is heard of one that has died', async () => {
  let heard = 0
  const actor = actorOf((bytes) => {
    heard += bytes.length
  })
  await actor.ready
  assert.ok(heard > 0)
  actor.die()
  const before = heard
  await turns()
  assert.is(heard, before)
})

test('whoever waits for one whose service does not start is told why, however early or late they ask', async () => {
  const service = new Service()
  await service.start({ port: 0, ...SETTINGS })
  const actor = new Actor(service, SETTINGS, newKey().toString('base64'), () => {})
  for (let count = 0; count < 2; count++) {
    assert.instance(await rejection(actor.ready), ServiceStatusError)
    await turns()
  }
  await service.stop()
})

test('one whose service no angel looks after says so, and the next one is none the worse', async () => {
  const service = new Service({ standalone: true })
  const actor = new Actor(service, { port: 0, ...SETTINGS }, newKey().toString('base64'), () => {})
  assert.match(String(await rejection(actor.ready)), /RestartPointError: .*standalone/)
  await service.stop()
  const next = actorOf()
  await next.ready
  next.die()
})

test('another service that starts at the same time is none of its edge, and keeps nobody from starting', async () => {
  for (const isFirst of [true, false]) {
    const other = new Service()
    const first = isFirst ? other.start({ port: 0, ...SETTINGS }) : undefined
    const actor = actorOf(undefined, { port: 0, ...SETTINGS })
    await (first ?? other.start({ port: 0, ...SETTINGS }))
    await actor.ready
    assert.ok((other.address as { port: number }).port > 0, 'it listens itself')
    await other.stop()
    actor.die()
  }
})

test.run()
