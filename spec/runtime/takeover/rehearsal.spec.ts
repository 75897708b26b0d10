import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { events, Service } from 'mara-ts'
import { connectTo } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type AnyClient, channelOf } from '../../../lib/client/client.js'
import { isAnythingSilent } from '../../../lib/conversation/context.js'
import { watchHandlers } from '../../../lib/inspection.js'
import type { InheritedConnection } from '../../../lib/runtime/edge-port.js'
import { Executor } from '../../../lib/runtime/executor.js'
import { rehearse, worthRehearsing } from '../../../lib/runtime/takeover/rehearsal.js'
import { Stage } from '../../../lib/testing/stage.js'
import { memoryClient } from '../../support/memory-client.js'

const test = suite('runtime/rehearsal')

test('each conversation goes from its first answer to its last question, as it is written down, and says nothing', async () => {
  const executor = new Executor()
  const clients: AnyClient[] = []
  const said: unknown[] = []
  const makeClient = (): AnyClient => {
    const { client, peer } = memoryClient({ executor })
    peer.on('data', (bytes) => said.push(String(bytes)))
    clients.push(client)
    return client
  }
  assert.equal(await rehearse({ executor, makeClient }, 25), [])
  assert.is(clients.length, 25)
  assert.equal(said, [])
  assert.not(clients.some((client) => channelOf(client).inbox.prompting))
})

test('when it is over, nothing is silent any more, and awaits are followed no longer', async () => {
  const executor = new Executor()
  await rehearse({ executor, makeClient: () => memoryClient({ executor }).client }, 25)
  assert.not(isAnythingSilent())
})

test('a conversation that goes another way than it is written down is told of', async () => {
  const executor = new Executor()
  const makeClient = (): AnyClient => {
    const { client } = memoryClient({ executor })
    Object.defineProperty(client, 'prompt', { value: () => assert.unreachable() })
    return client
  }
  const [divergence] = await rehearse({ executor, makeClient }, 1)
  assert.match(divergence?.reason ?? '', /fails/)
})

test('a few conversations are not worth it, nor are clients in none', () => {
  const connections = (count: number, journal: string): InheritedConnection[] =>
    Array.from({ length: count }, () => ({ journal }) as InheritedConnection)
  assert.ok(worthRehearsing(connections(200, 'a journal')).conversations)
  assert.not(worthRehearsing(connections(199, 'a journal')).conversations)
  assert.not(worthRehearsing([...connections(199, 'a journal'), ...connections(5_000, '')]).conversations)
})

test('whoever follows handlers is told of those of clients alone', () => {
  const connections = Array.from({ length: 1_000 }, () => ({ journal: 'a journal' }) as InheritedConnection)
  const follow = (): void => {}
  subscribe('mara:event', follow)
  const isWorth = worthRehearsing(connections).conversations
  unsubscribe('mara:event', follow)
  assert.not(isWorth)
  assert.ok(worthRehearsing(connections).conversations)
})

test('where many conversations move, the program sees its own clients, and each of its handlers is run once', async () => {
  const runs: number[] = []
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.Connect, async ({ client }) => {
      runs.push(client.id)
      client.prompt('Name: ')
      client.write(`Welcome, ${await client.nextLine()}.`)
    })
    return service
  })
  await stage.start()
  const players = []
  for (let i = 0; i < 201; i++) players.push(await connectTo(stage, { telnet: false }))
  for (const player of players) await player.sees('Name: ')
  const ids = runs.splice(0)
  await stage.prepare()
  assert.equal(runs, [])
  await stage.restart()
  assert.equal(
    runs.toSorted((a, b) => a - b),
    ids,
  )
  const { clients } = stage.service.stats()
  assert.equal([clients.connected, stage.service.clients.size], [201, 201])
  players[200]?.type('Ann')
  await players[200]?.sees('Welcome, Ann.')
  await stage.stop()
})

test('a profile of handlers is one of the program alone', () => {
  const connections = Array.from({ length: 1_000 }, () => ({ journal: 'a journal' }) as InheritedConnection)
  // From now on this process is watched.
  watchHandlers(() => {})
  assert.not(worthRehearsing(connections).conversations)
})

test.run()
