import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Connection } from '../../lib/edge/connection.js'
import { ConnectionTable, type TableLimits } from '../../lib/edge/connection-table.js'
import { MAX_CHUNKS } from '../../lib/edge/frames.js'
import { turns } from '../support/service.js'
import { ORIGIN, Wire } from './wire.js'

const test = suite('edge/connection-table')

const LIMITS: TableLimits = { window: 100, maxUnsent: 50, maxState: 1_000 }

function setUp(limits: Partial<TableLimits> = {}) {
  const log: string[] = []
  const tell =
    (what: string) =>
    ({ id }: Connection): void =>
      void log.push(`${what} ${id}`)
  const table = new ConnectionTable(
    { ...LIMITS, ...limits },
    {
      data: ({ id }, bytes) => void log.push(`data ${id} ${bytes}`),
      ended: tell('ended'),
      closed: tell('closed'),
      stuck: tell('stuck'),
      drained: tell('drained'),
      warn: (message) => void log.push(message),
    },
  )
  const come = (): { wire: Wire; connection: Connection } => {
    const wire = new Wire()
    const connection = table.add(wire, ORIGIN)
    table.tell(connection)
    return { wire, connection }
  }
  return { table, log, come }
}

const pendingOf = (connection: Connection): string => Buffer.concat(connection.unacknowledged()).toString()

test('input stays until it is acknowledged, whatever was said and acknowledged in whatever pieces', async () => {
  const step = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 20 }),
    fc.nat(30),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { table, come } = setUp({ window: 10_000 })
      const { wire, connection } = come()
      let said = ''
      let acknowledged = 0
      for (const one of steps) {
        if (typeof one === 'string') {
          wire.say(one)
          said += one
          await turns(1)
        } else {
          const count = Math.min(one, said.length - acknowledged)
          acknowledged += count
          table.apply([
            { type: 'position', connection: connection.id, acknowledged: count, seen: 0, taken: 0 },
          ])
        }
        assert.is(pendingOf(connection), said.slice(acknowledged))
        assert.is(connection.pending, said.length - acknowledged)
      }
      wire.destroy()
    }),
    { numRuns: 50 },
  )
})

test('a socket is not read while too much of its input is unacknowledged', async () => {
  const { table, come } = setUp()
  const { wire, connection } = come()
  wire.say('x'.repeat(100))
  await turns(2)
  assert.ok(wire.isPaused())
  table.apply([{ type: 'position', connection: connection.id, acknowledged: 40, seen: 0, taken: 0 }])
  assert.ok(wire.isPaused(), 'not at every byte')
  table.apply([{ type: 'position', connection: connection.id, acknowledged: 20, seen: 0, taken: 0 }])
  assert.not(wire.isPaused())
})

test('a connection that no worker has heard of is read no further than 16 kB, until one has', async () => {
  const { table } = setUp({ window: 1_000_000 })
  const wire = new Wire()
  const connection = table.add(wire, ORIGIN)
  for (let i = 0; i < 20; i++) wire.say('x'.repeat(1_024))
  await turns(2)
  assert.ok(wire.isPaused())
  assert.is(connection.pending, 16 * 1_024)
  table.tell(connection)
  await turns(2)
  assert.not(wire.isPaused())
  assert.is(connection.pending, 20 * 1_024)
})

test('nor is it while too many chunks of it are, however small, since each costs more than it holds', async () => {
  const { table, come } = setUp({ window: 10 * MAX_CHUNKS })
  const { wire, connection } = come()
  const acknowledge = (acknowledged: number): void =>
    table.apply([{ type: 'position', connection: connection.id, acknowledged, seen: 0, taken: 0 }])
  for (let i = 0; i < 2 * MAX_CHUNKS; i++) wire.say('x')
  await turns(2)
  assert.ok(wire.isPaused())
  assert.is(connection.pending, MAX_CHUNKS)
  acknowledge(MAX_CHUNKS / 2)
  assert.ok(wire.isPaused(), 'not at every chunk')
  acknowledge(1)
  assert.not(wire.isPaused())
  await turns(2)
  assert.is(connection.pending, MAX_CHUNKS, 'it is read again, as far as there is room')
})

test('a peer that does not take its output is told of, and closed when too much is unsent', async () => {
  const { table, log, come } = setUp()
  const { wire, connection } = come()
  wire.blocked = true
  const write = (count: number): void =>
    table.apply([{ type: 'output', connection: connection.id, bytes: Buffer.alloc(count, 'x') }])
  write(20)
  write(20)
  assert.equal(log, ['stuck 1'])
  wire.unblock()
  await turns(3)
  assert.equal(log, ['stuck 1', 'drained 1'])
  wire.blocked = true
  write(60)
  await turns(3)
  assert.equal(log.slice(2), ['closed 1'])
  assert.ok(connection.exceeded)
})

test('what waits for a peer that takes nothing is a copy, so that the rest of a turn does not stay in memory with it', async () => {
  const { table, come } = setUp()
  const { wire, connection } = come()
  const frame = Buffer.from('for others, first, for others, second, for others')
  const view = (text: string): Buffer =>
    frame.subarray(frame.indexOf(text), frame.indexOf(text) + text.length)
  wire.blocked = true
  table.apply([{ type: 'output', connection: connection.id, bytes: view('first') }])
  table.apply([{ type: 'broadcast', connections: [connection.id], bytes: view('second') }])
  frame.fill('x')
  wire.unblock()
  await turns(3)
  assert.is(wire.sent, 'firstsecond')
})

test('what waits for a peer that takes nothing is one piece, in order, and counts as unsent', async () => {
  const { table, log, come } = setUp()
  const { wire, connection } = come()
  const write = (text: string): void =>
    table.apply([{ type: 'output', connection: connection.id, bytes: Buffer.from(text) }])
  wire.blocked = true
  write('0123456789')
  const queued = wire.writableLength
  for (const text of ['a', 'b', 'c', 'more than the stream takes']) write(text)
  assert.is(wire.writableLength, queued)
  assert.is(connection.unsent, queued + 29)
  wire.takeHeld()
  await turns(3)
  assert.equal(log, ['stuck 1'])
  write('d')
  wire.unblock()
  await turns(3)
  assert.is(wire.sent, '0123456789abcmore than the stream takesd')
  assert.equal(log, ['stuck 1', 'drained 1'])
  wire.blocked = true
  write('0123456789')
  for (let i = 0; i < 40; i++) write('x')
  assert.not(connection.exceeded)
  write('x')
  assert.ok(connection.exceeded)
})

test('one that is ended while its peer takes nothing gets all that it is owed', async () => {
  const { table, come } = setUp()
  const { wire, connection } = come()
  wire.blocked = true
  table.apply([
    { type: 'output', connection: connection.id, bytes: Buffer.from('0123456789') },
    { type: 'output', connection: connection.id, bytes: Buffer.from('bye') },
    { type: 'end', connection: connection.id },
  ])
  wire.unblock()
  await turns(3)
  assert.is(wire.sent, '0123456789bye')
  assert.ok(wire.writableFinished)
})

test('a broadcast reaches all receivers that are there, and nobody else', () => {
  const { table, come } = setUp()
  const [ann, bob, cat] = [come(), come(), come()]
  const ids = [ann.connection.id, cat.connection.id, 99]
  table.apply([{ type: 'broadcast', connections: ids, bytes: Buffer.from('hi') }])
  assert.equal([ann.wire.sent, bob.wire.sent, cat.wire.sent], ['hi', '', 'hi'])
})

test('one that is ended gets what it is owed, is read no more, and goes', async () => {
  const { table, come } = setUp()
  const { wire, connection } = come()
  table.apply([
    { type: 'output', connection: connection.id, bytes: Buffer.from('bye') },
    { type: 'end', connection: connection.id },
    { type: 'release', connection: connection.id },
  ])
  wire.say('too late')
  await turns(2)
  assert.is(wire.sent, 'bye')
  assert.is(pendingOf(connection), '')
  wire.push(null)
  wire.destroy()
  await turns(3)
  assert.is(table.size, 0)
})

test('one whose peer has gone stays until the worker has done with it, so that a crash loses no Disconnect', async () => {
  const { table, log, come } = setUp()
  const { wire, connection } = come()
  wire.say('last words')
  await turns(2)
  wire.destroy()
  await turns(3)
  assert.equal(log, ['data 1 last words', 'closed 1'])
  assert.is(table.size, 1)
  assert.is(pendingOf(connection), 'last words')
  table.apply([{ type: 'release', connection: connection.id }])
  assert.is(table.size, 0)
})

test('one that the worker has closed stays until the worker has done with it, too', async () => {
  for (const type of ['end', 'destroy'] as const) {
    const { table, come } = setUp()
    const { wire, connection } = come()
    connection.told = true
    table.apply([{ type, connection: connection.id }])
    wire.destroy()
    await turns(3)
    assert.is(table.size, 1, type)
    // What comes too late changes nothing.
    table.apply([{ type: 'end', connection: connection.id }])
    table.apply([{ type: 'destroy', connection: connection.id }])
    assert.is(table.size, 1, type)
    table.apply([{ type: 'release', connection: connection.id }])
    assert.is(table.size, 0, type)
  }
})

test('with one that a worker has done with, and whose peer has not gone, the next worker has nothing to do', async () => {
  const { table, come } = setUp()
  const [ann, bob] = [come().connection, come().connection]
  table.apply([
    { type: 'end', connection: ann.id },
    { type: 'release', connection: ann.id },
  ])
  assert.equal([...table.unreleased()], [bob])
  assert.equal([table.has(ann.id), table.has(bob.id)], [false, true])
  assert.is(table.size, 2)
})

test('state and what is kept are bounded together, and what goes makes room', () => {
  const { table, log, come } = setUp({ maxState: 100 })
  const { connection } = come()
  const state = (size: number) =>
    ({ type: 'state', connection: connection.id, busy: false, state: Buffer.alloc(size) }) as const
  const keep = (key: string, size: number) => ({ type: 'keep', key, value: Buffer.alloc(size) }) as const
  table.apply([state(60), keep('a', 40)])
  assert.equal(log, [])
  table.apply([keep('b', 1)])
  assert.match(log[0] ?? '', /b is not kept/)
  table.apply([state(50), keep('b', 10), { type: 'forget', key: 'a' }, keep('c', 40)])
  assert.is(log.length, 1)
  assert.equal([...table.kept.keys()], ['b', 'c'])
})

test.run()
