import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AnyClient, channelOf } from '../../lib/client/client.js'
import { Resumption } from '../../lib/runtime/resumption.js'
import { memoryClient } from '../support/memory-client.js'
import { turns } from '../support/service.js'

function setUp(count: number) {
  const begun: number[] = []
  const resumption = new Resumption()
  const clients = Array.from({ length: count }, (_, i) => memoryClient({ id: i + 1 }).client)
  for (const client of clients) resumption.add(client, () => void begun.push(client.id))
  return { begun, resumption, clients }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

test('sessions go on in the order in which their clients were added, some at a time', async () => {
  const { begun, resumption } = setUp(250)
  resumption.all(new Set())
  assert.equal(begun, upTo(100))
  await turns(1)
  assert.equal(begun, upTo(200))
  await turns(1)
  assert.equal(begun, upTo(250))
})

test('those whose turn is to come later are left out, and go on when it does', () => {
  const { begun, resumption, clients } = setUp(3)
  const [, second] = clients as [AnyClient, AnyClient, AnyClient]
  resumption.all(new Set([second]))
  assert.equal(begun, [1, 3])
  resumption.one(second)
  assert.equal(begun, [1, 3, 2])
})

test('the rest go on at once, those of a later turn, too, and nobody goes on twice', async () => {
  const { begun, resumption, clients } = setUp(250)
  const [first] = clients as [AnyClient]
  resumption.all(new Set([first]))
  resumption.rest()
  resumption.one(first)
  await turns(2)
  assert.equal(
    [...begun].sort((a, b) => a - b),
    upTo(250),
  )
})

test('a session that is held back goes on when it is told to, and only once', () => {
  const { begun, resumption, clients } = setUp(2)
  let begin: () => void = () => {}
  resumption.holdBack(clients[0] as AnyClient, (go) => {
    begin = go
  })
  resumption.all(new Set())
  assert.equal(begun, [2])
  begin()
  begin()
  assert.equal(begun, [2, 1])
})

test('with the rest, those that are held back go on, too, whether their turn has come or not', () => {
  const { begun, resumption, clients } = setUp(3)
  const [first, , third] = clients as [AnyClient, AnyClient, AnyClient]
  for (const client of [first, third]) resumption.holdBack(client, () => {})
  resumption.all(new Set([third]))
  assert.equal(begun, [2])
  resumption.rest()
  assert.equal(
    begun.sort((a, b) => a - b),
    [1, 2, 3],
  )
})

test('a session that is held back goes on when its client leaves, so that it comes to its Disconnect', async () => {
  const { begun, resumption, clients } = setUp(1)
  const [client] = clients as [AnyClient]
  resumption.holdBack(client, () => {})
  resumption.all(new Set())
  assert.equal(begun, [])
  void client.close()
  await turns()
  assert.equal(begun, [1])
  assert.ok(channelOf(client).inbox.finished)
})

test.run()
