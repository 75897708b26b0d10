import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { AnyClient } from '../../../lib/client/client.js'
import type { InheritedConnection } from '../../../lib/runtime/edge-port.js'
import { PreparedClients } from '../../../lib/runtime/takeover/prepared-clients.js'

/** What the edge has of a connection. @param at how far its session had come. */
function inherited(id: number, at: string, journal = ''): InheritedConnection {
  const session = JSON.stringify({ id, connectedAt: 5, at })
  const state = `{"protocol":"lines"}\n${session}\n{"name":"ann"}`
  return { connection: { id } as never, state, lastInput: 9, seen: [], taken: 0, journal }
}

/** Prepared clients, and what was done to prepare them. */
function preparing() {
  const done: string[] = []
  const prepared = new PreparedClients({
    sealer: { seal: (text) => text, unseal: (text) => text },
    makeClient: (connection, saved) => {
      done.push(`make ${connection.id} at ${saved.at}`)
      return { id: saved.id } as AnyClient
    },
    readJournal: (client, journal) => void done.push(`read ${journal} of ${client.id}`),
  })
  return { prepared, done }
}

test('a client is made once, however often it is asked for: early, and when its time has come', () => {
  const { prepared, done } = preparing()
  const one = inherited(1, 'idle')
  const early = prepared.of(one)
  assert.is(prepared.of(one), early)
  assert.equal(done, ['make 1 at idle'])
  assert.equal([early.client?.id, early.saved.id, early.saved.state], [1, 1, '{"name":"ann"}'])
})

test('of a connection that has changed meanwhile the client is made once more, as it is now', () => {
  const { prepared, done } = preparing()
  const before = prepared.of(inherited(1, 'idle'))
  const after = prepared.of(inherited(1, 'receive'))
  assert.is.not(after.client, before.client)
  assert.is(after.saved.at, 'receive')
  assert.equal(done, ['make 1 at idle', 'make 1 at receive'])
})

test('a conversation under way is read ahead, when its client is there', () => {
  const { prepared, done } = preparing()
  prepared.of(inherited(1, 'connect', 'the journal'))
  assert.equal(done, ['make 1 at connect', 'read the journal of 1'])
})

test('one whose session is over is no client any more, whatever is left of it', () => {
  const { prepared, done } = preparing()
  const over = inherited(1, 'over', 'the journal')
  assert.is(prepared.of(over).client, undefined)
  assert.is(prepared.of(over).saved.at, 'over')
  assert.equal(done, [])
})

test('what could not be made is not taken for made: it fails again when its time has come', () => {
  const { prepared } = preparing()
  const damaged = { ...inherited(1, 'idle'), state: 'damaged' }
  for (let i = 0; i < 2; i++) assert.throws(() => prepared.of(damaged))
})

test.run()
