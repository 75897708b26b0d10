import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { AnyClient } from '../../../lib/client/client.js'
import { newKey, seal, unseal } from '../../../lib/conversation/seal.js'
import { readClient } from '../../../lib/runtime/client-state.js'
import type { Description, RelayedConnection } from '../../../lib/runtime/edge-port.js'
import { newProgress, type Progress } from '../../../lib/runtime/progress.js'
import { ServedClients } from '../../../lib/runtime/takeover/served-clients.js'
import { memoryClient } from '../../support/memory-client.js'
import { turns } from '../../support/service.js'

const key = newKey()
const sealer = { seal: (text: string) => seal(key, text), unseal: (text: string) => unseal(key, text) }

/** Clients of an edge's, and what their connections were told. */
function setUp() {
  const progresses = new Map<AnyClient, Progress>()
  const warnings: string[] = []
  const told: string[] = []
  /** What each client's conversation has begun. */
  const works: object[] = []
  const served = new ServedClients({
    sealer,
    names: { nameOf: () => undefined, named: () => undefined, revive: () => undefined } as never,
    progressOf: (client) => progresses.get(client),
    journalChangeOf: ({ id }) => ({ keep: 0, text: `journal of ${id}` }),
    hasBegun: ({ id }, work) => work === works[id],
    warn: (message) => void warnings.push(message),
  })
  const newClient = (id: number, progress: Partial<Progress> = { at: 'idle' }) => {
    const { client, peer } = memoryClient({ id, connectedAt: 5_000 })
    client.state = {}
    progresses.set(client, { ...newProgress(), ...progress })
    const connection = {
      id: id + 100,
      touched: () => void told.push(`touched ${id}`),
      end: () => void told.push(`closed ${id}`),
      release: () => void told.push(`released ${id}`),
    } as unknown as RelayedConnection
    return { client, peer, connection }
  }
  return { served, newClient, warnings, told, works }
}

/** What the next process finds. */
function found({ state }: Description) {
  return readClient(
    { connection: {} as never, state: state as string, lastInput: 0, seen: [], taken: 0, journal: '' },
    sealer,
  )
}

test('a turn tells the edge of a client that is new, then only of what has changed', () => {
  const { served, newClient } = setUp()
  const { client, connection } = newClient(1)
  served.add(client, connection)
  const first = served.describe(connection, false)
  assert.is(found(first).id, 1)
  assert.equal(first.journal, { keep: 0, text: 'journal of 1' })
  assert.is(served.describe(connection, false).state, undefined, 'nothing has changed')
  client.state = { gold: 10 }
  assert.is(found(served.describe(connection, false)).state, '{"gold":10}')
  assert.is(served.describe(connection, false).state, undefined, 'the edge knows')
})

test('what the edge remembers of a client of another process is not told again', () => {
  const { served, newClient } = setUp()
  const before = newClient(1)
  served.add(before.client, before.connection)
  const known = served.describe(before.connection, true).state as string

  const after = setUp()
  const { client, connection } = after.newClient(1)
  after.served.add(client, connection, known)
  assert.is(after.served.describe(connection, false).state, undefined)
})

test('in the middle of a line its input is acknowledged as it was before, unless all is asked for', async () => {
  const { served, newClient } = setUp()
  const { client, peer, connection } = newClient(1)
  served.add(client, connection)
  peer.write('half a l')
  await turns()
  const begun = (description: Description): boolean =>
    JSON.stringify(found(description).channel.snapshot).includes(Buffer.from('half a l').toString('base64'))
  const halfway = served.describe(connection, false)
  assert.equal([halfway.complete, begun(halfway)], [false, false])
  const whole = served.describe(connection, true)
  assert.equal([whole.complete, begun(whole)], [true, true])
})

test('what a client that has gone has left unread is told of by its place in the input, not anew in each turn', async () => {
  for (const [end, isToldAnew] of [
    ['its peer has gone', false],
    ['it was destroyed here', true],
  ] as const) {
    const { served, newClient } = setUp()
    const { client, peer, connection } = newClient(1)
    served.add(client, connection)
    served.describe(connection, false)
    peer.write('one\ntwo\nthree\n')
    await turns()
    if (isToldAnew) client.destroy()
    else peer.destroy()
    await client.closed
    const { complete, state } = served.describe(connection, false)
    assert.equal([complete, state?.includes('three')], [isToldAnew, isToldAnew], end)
    await client.nextLine()
    assert.is(served.describe(connection, false).taken, 1)
  }
})

test('a client whose line waits to be handled again is busy: it may be the reason if the process dies', () => {
  const { served, newClient } = setUp()
  const { client, connection } = newClient(1, { at: 'idle', data: 'a line', again: true })
  served.add(client, connection)
  assert.is(served.describe(connection, false).busy, true)
})

test('a state that is too large stays behind, and the warning says how large it is', () => {
  const { served, newClient, warnings } = setUp()
  const { client, connection } = newClient(1)
  client.state = { text: 'x'.repeat(10 * 1024 * 1024) }
  served.add(client, connection)
  assert.is(found(served.describe(connection, false)).state, '{}')
  assert.match(warnings.join(), /client\.state will not outlive a restart as it is: .* 10485771 characters/)
})

test('what can not be carried over is told with its place', () => {
  const { served, newClient, warnings } = setUp()
  const { client, connection } = newClient(1)
  client.state = { hooks: { later: () => {} } }
  served.add(client, connection)
  served.describe(connection, false)
  assert.match(warnings.join(), /^client\.state\.hooks\.later will not outlive a restart as it is: /)
})

test('the edge may forget a client whose session is over, and nothing is told of it any more', () => {
  const { served, newClient, told } = setUp()
  const { client, connection } = newClient(1)
  served.over(client)
  assert.equal(told, [], 'it was never served')
  served.add(client, connection)
  served.over(client)
  assert.equal(told, ['released 1'])
  assert.equal([...served], [])
  assert.equal(served.describe(connection, true), {
    taken: 0,
    complete: true,
    busy: false,
    state: undefined,
    journal: undefined,
  })
  assert.is(served.has(client), true, 'its connection is still no other process’s to see out')
})

test('at a hand-over everybody is told of once more; who is leaving is closed, and not met again', () => {
  const { served, newClient, told } = setUp()
  const stays = newClient(1)
  const leaves = newClient(2, { at: 'disconnect' })
  const stranger = newClient(3)
  for (const { client, connection } of [stays, leaves]) served.add(client, connection)
  assert.equal([...served], [stays.client, leaves.client])
  assert.equal([served.has(stays.client), served.has(stranger.client)], [true, false])
  served.touch(stranger.client)
  served.handOver()
  assert.equal(told, ['touched 1', 'closed 2', 'released 2', 'touched 2'])
})

test('whose work it is can be told by the conversation under way, and by the event whose handlers run', () => {
  const { served, newClient, works } = setUp()
  const conversation = {}
  const event = {}
  const { client, connection } = newClient(1)
  works[1] = conversation
  const other = newClient(2, { at: 'connect', event: event as never })
  served.add(client, connection)
  served.add(other.client, other.connection)
  assert.is(served.connectionOf(conversation), connection)
  assert.is(served.connectionOf(event), other.connection)
  assert.is(served.connectionOf({}), undefined)
})

test.run()
