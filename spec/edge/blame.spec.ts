import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Blame } from '../../lib/edge/blame.js'
import type { Connection } from '../../lib/edge/connection.js'
import { ConnectionTable } from '../../lib/edge/connection-table.js'
import { Edge } from '../../lib/edge/edge.js'
import { FrameReader, readEdgeFrame } from '../../lib/edge/frames.js'
import type { WorkerSettings } from '../../lib/edge/messages.js'
import { turns } from '../support/service.js'
import { ORIGIN, Wire } from './wire.js'

const test = suite('edge/blame')

const SETTINGS = { window: 1_000, maxUnsent: 1_000 } as WorkerSettings
const GO = { restart: true, crash: false, since: 0 }

function setUp() {
  const ignore = (): void => {}
  const table = new ConnectionTable(
    { window: 100, maxUnsent: 50, maxState: 1_000 },
    { data: ignore, ended: ignore, closed: ignore, stuck: ignore, drained: ignore, warn: ignore },
  )
  const come = (): { wire: Wire; connection: Connection } => {
    const wire = new Wire()
    return { wire, connection: table.add(wire, ORIGIN) }
  }
  return { table, blame: new Blame(table), come }
}

test('a crash casts suspicion on unfinished input, and a second one convicts what was being handled', async () => {
  const { blame, come } = setUp()
  const [guilty, innocent, idle] = [come(), come(), come()]
  for (const { wire } of [guilty, innocent]) wire.say('line')
  await turns(2)
  blame.crashed(false)
  const deaths = (): number[] => [guilty, innocent, idle].map(({ connection }) => connection.deaths)
  assert.equal(deaths(), [1, 1, 0])
  blame.handling(innocent.connection.id, false)
  blame.handling(innocent.connection.id, true)
  blame.handling(guilty.connection.id, false)
  blame.crashed(false)
  assert.equal(deaths(), [2, 0, 0])
  // What has been convicted stays so, however often it happens: a frame has a byte for the number.
  for (let i = 0; i < 300; i++) {
    blame.handling(guilty.connection.id, false)
    blame.crashed(false)
  }
  assert.equal(deaths(), [255, 0, 0])
})

test('who is leaving is suspected, too: its Disconnect may be what ends the worker', async () => {
  const { blame, come } = setUp()
  const [leaving, innocent] = [come(), come()]
  leaving.wire.push(null)
  await turns(3)
  assert.ok(leaving.connection.peerHasEnded)
  blame.crashed(false)
  assert.equal([leaving.connection.deaths, innocent.connection.deaths], [1, 0])
})

test('one that waits for its turn is not to blame, and not cleared either', () => {
  const { blame, come } = setUp()
  const [guilty, innocent] = [come(), come()].map(({ connection, wire }) => {
    wire.say('x')
    return connection
  }) as [Connection, Connection]
  for (const one of [guilty, innocent]) one.busy = true
  blame.crashed(false)
  assert.equal([guilty.deaths, innocent.deaths], [1, 1])
  for (const one of [guilty, innocent]) {
    blame.handling(one.id, false)
    blame.handling(one.id, false, true)
  }
  blame.handling(guilty.id, false)
  blame.crashed(false)
  assert.equal([guilty.deaths, innocent.deaths], [2, 1])
})

test('what was being handled is that no more when its worker has gone, whatever became of it', () => {
  const { blame, come } = setUp()
  const { connection } = come()
  const { connection: other } = come()
  blame.handling(connection.id, false)
  // Its line was dealt with, and the edge was told of that.
  blame.crashed(false)
  for (let i = 0; i < 2; i++) {
    blame.accuse(connection.id)
    blame.crashed(false)
  }
  assert.is(connection.deaths, 3, 'work that it has begun is to blame')
  blame.handling(other.id, false)
  blame.detached()
  assert.not(other.handling)
})

test('whoever is to blame twice within a minute, and not by the line that is handled, is not served again', () => {
  const { blame, come } = setUp()
  const { connection } = come()
  const { connection: other } = come()
  const die = (culprit?: number): void => {
    blame.accuse(culprit)
    blame.crashed(false)
  }
  connection.busy = true
  die(connection.id)
  assert.is(connection.deaths, 1, 'its line comes first')
  blame.handling(connection.id, true)
  connection.busy = false
  die(connection.id)
  connection.blamedAt -= 61_000
  die(connection.id)
  assert.is(connection.deaths, 0)
  const { revision } = connection
  die(connection.id)
  assert.is(connection.deaths, 3)
  assert.ok(connection.revision > revision, 'the next worker is told')
  assert.is(other.deaths, 0)
  // It has gone.
  die(17)
})

test('of those that are being handled, only the one is convicted whose work the worker names as it dies', () => {
  const { blame, come } = setUp()
  const [guilty, innocent, stranger] = [come(), come(), come()].map(({ connection }) => connection) as [
    Connection,
    Connection,
    Connection,
  ]
  const die = (culprit: Connection): void => {
    for (const { id } of [guilty, innocent]) blame.handling(id, false)
    blame.accuse(culprit.id)
    blame.crashed(false)
  }
  for (const one of [guilty, innocent]) one.busy = true
  blame.crashed(false)
  die(guilty)
  assert.equal([guilty.deaths, innocent.deaths], [2, 1])
  die(stranger)
  assert.equal(
    [guilty.deaths, innocent.deaths],
    [3, 2],
    'what it names may be no more than where the error was met',
  )
})

test('nobody is to blame for an error that the worker survives: its next turn says that it has', () => {
  const edge = new Edge({ wants: () => true, warn: () => {} })
  let deaths = -1
  const frames = new FrameReader((bytes) => {
    const frame = readEdgeFrame(bytes)
    if (frame.type === 'open') deaths = frame.deaths
  })
  const serve = (): void =>
    edge.handTo({ send: (...parts) => parts.forEach((part) => void frames.push(part)) }, SETTINGS, GO)
  serve()
  edge.accept(new Wire(), ORIGIN)
  for (let i = 0; i < 3; i++) {
    edge.blame(1)
    edge.turn(Buffer.alloc(0))
    edge.detach('failed')
    serve()
  }
  assert.is(deaths, 0)
})

test('nobody is to blame for an error of somebody that is not known', () => {
  const { blame, come } = setUp()
  const { connection } = come()
  for (let i = 0; i < 3; i++) {
    blame.accuse(connection.id)
    blame.accuse(undefined)
    blame.crashed(false)
  }
  assert.equal([connection.blames, connection.deaths], [0, 0])
})

test('a kill from outside casts no suspicion, unless the same input is there ten times in a row', async () => {
  const { table, blame, come } = setUp()
  const { wire, connection } = come()
  wire.say('line')
  await turns(2)
  for (let i = 0; i < 9; i++) blame.crashed(true)
  assert.is(connection.deaths, 0)
  table.apply([{ type: 'position', connection: connection.id, acknowledged: 0, seen: 4, taken: 1 }])
  for (let i = 0; i < 9; i++) blame.crashed(true)
  assert.is(connection.deaths, 0, 'there was progress')
  blame.crashed(true)
  assert.is(connection.deaths, 1)
})

test.run()
