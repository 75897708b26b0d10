import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Edge, type FrameSink } from '../../lib/edge/edge.js'
import { FrameReader, readEdgeFrame, readWorkerFrame } from '../../lib/edge/frames.js'
import { type EdgeMessage, readEdgeMessage, type WorkerSettings } from '../../lib/edge/messages.js'
import { TurnWriter } from '../../lib/edge/turn.js'
import { turns } from '../support/service.js'
import { ORIGIN, Wire } from './wire.js'

const test = suite('edge/precopy')

const SETTINGS = { window: 1_000, maxUnsent: 1_000 } as WorkerSettings
const GO = { restart: true, crash: false, since: 0 }

/** What a worker knows of connections by what it was told: all that it was told of each since its last `open`. */
class Knowledge implements FrameSink {
  readonly connections = new Map<number, string[]>()
  readonly messages: EdgeMessage[] = []
  readonly #reader = new FrameReader((bytes) => this.#frame(bytes))
  /** Connections in the order in which it was told of them. */
  opened: number[] = []

  send(...parts: Buffer[]): void {
    for (const part of parts) this.#reader.push(part)
  }

  #frame(bytes: Buffer): void {
    const frame = readEdgeFrame(bytes)
    if (frame.type === 'open') {
      this.opened.push(frame.connection)
      this.connections.set(frame.connection, [])
    }
    if (frame.type === 'message') {
      const said = readEdgeMessage(frame.body) as EdgeMessage
      this.messages.push(said)
      if (said.name === 'go' || said.name === 'precopy')
        for (const id of said.gone) this.connections.delete(id)
    } else if ('connection' in frame) {
      const { type, ...rest } = frame
      const text = JSON.stringify(rest, (_key, value) =>
        value?.type === 'Buffer' ? String(Buffer.from(value.data)) : value,
      )
      this.connections.get(frame.connection)?.push(`${type} ${text}`)
    }
  }
}

function setUp() {
  const edge = new Edge({ wants: () => true, warn: () => {} })
  edge.handTo(new Knowledge(), SETTINGS, GO)
  const wires: Wire[] = []
  const come = (): void => {
    const wire = new Wire()
    wire.on('error', () => {})
    wires.push(wire)
    edge.accept(wire, ORIGIN)
  }
  const turn = (write: (writer: TurnWriter) => void): void => {
    const writer = new TurnWriter()
    write(writer)
    const reader = new FrameReader((bytes) => {
      const frame = readWorkerFrame(bytes)
      if (frame.type === 'turn') edge.turn(frame.records)
    })
    reader.push(writer.finish())
  }
  const handOver = (next: FrameSink): void => {
    edge.detach('handed over')
    edge.handTo(next, SETTINGS, GO)
  }
  return { edge, wires, come, turn, handOver }
}

test('a worker is told when its time comes only of what has changed since it prepared', () => {
  const { edge, come, turn, handOver } = setUp()
  for (let i = 0; i < 3; i++) come()
  const next = new Knowledge()
  assert.ok(edge.precopyTo(next))
  assert.equal(next.opened, [1, 2, 3])
  assert.equal(next.messages, [{ name: 'precopy', gone: [] }])
  next.opened = []
  turn((writer) => writer.state(2, false, 'new'))
  handOver(next)
  assert.equal(next.opened, [2])
})

test('where nobody is connected, or nobody serves, there is nothing to prepare', () => {
  const { edge, come } = setUp()
  assert.not(edge.precopyTo(new Knowledge()))
  come()
  edge.detach('failed')
  assert.not(edge.precopyTo(new Knowledge()))
})

test('it is told once more while many change, but three times at most', () => {
  const { edge, come } = setUp()
  const next = new Knowledge()
  const rounds: number[] = []
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 20; i++) come()
    next.opened = []
    if (edge.precopyTo(next)) rounds.push(next.opened.length)
  }
  assert.equal(rounds, [20, 20, 20])
})

test('for a few that have changed nobody waits another round', () => {
  const { edge, come } = setUp()
  const next = new Knowledge()
  come()
  assert.ok(edge.precopyTo(next))
  come()
  assert.not(edge.precopyTo(next))
})

test('that a peer takes no output, or takes it again, is told anew', async () => {
  const { edge, wires, come, turn, handOver } = setUp()
  come()
  const [wire] = wires as [Wire]
  const prepared = (): Knowledge => {
    const next = new Knowledge()
    assert.ok(edge.precopyTo(next))
    next.opened = []
    return next
  }
  wire.blocked = true
  const first = prepared()
  turn((writer) => writer.output(1, 'more than it takes at once'))
  handOver(first)
  assert.equal(first.opened, [1])
  const second = prepared()
  wire.unblock()
  await turns(2)
  handOver(second)
  assert.equal(second.opened, [1])
  edge.closeAll()
})

/** When all who are connected have kept still for long. */
const LATER = Date.now() + 3_600_000

test('a spare worker is told of clients that keep still, a slice at a time, and of those that have gone', async () => {
  const { edge, wires, come, turn, handOver } = setUp()
  for (let i = 0; i < 500; i++) come()
  const spare = new Knowledge()
  const slices: number[] = []
  const freshen = (now?: number): number => {
    const before = spare.opened.length
    edge.freshen(spare, now)
    return spare.opened.length - before
  }
  assert.is(freshen(), 0, 'all of them have just come')
  for (let slice = freshen(LATER); slice > 0; slice = freshen(LATER)) slices.push(slice)
  assert.equal(slices, [200, 200, 100])
  assert.is(spare.messages.length, 3)
  turn((writer) => writer.state(7, false, 'new'))
  turn((writer) => writer.release(8))
  wires[7]?.destroy()
  await turns(2)
  assert.is(freshen(LATER), 1)
  assert.is(spare.opened.at(-1), 7)
  assert.equal(spare.messages.at(-1), { name: 'precopy', gone: [8] })
  spare.opened = []
  handOver(spare)
  assert.equal(spare.opened, [])
  assert.equal(spare.messages.at(-1), { name: 'go', ...GO, gone: [] })
  edge.closeAll()
})

test('a spare worker is told of a thousand clients in two seconds at most, and of each in its turn, though all change all the time', () => {
  const { edge, come, turn } = setUp()
  for (let i = 0; i < 1_500; i++) come()
  const spare = new Knowledge()
  const period = (now: number): number[] => {
    spare.opened = []
    for (let i = 0; i < 20; i++) {
      edge.freshen(spare, now)
      turn((writer) => {
        for (let id = 1; id <= 1_500; id++) writer.state(id, false, `${now} ${i}`)
      })
    }
    return spare.opened
  }
  const ids = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i)
  assert.equal(period(LATER), ids(1, 1_000))
  assert.equal(period(LATER + 1_999), [])
  assert.equal(period(LATER + 2_000), [...ids(1_001, 1_500), ...ids(1, 500)])
  assert.equal(period(LATER - 60_000), ids(501, 1_500), 'the clock was set back')
  edge.closeAll()
})

test('a spare worker is told nothing ahead where clients have so much state that it would be a burden', async () => {
  const { edge, come, turn, wires } = setUp()
  for (let id = 1; id <= 7; id++) {
    come()
    turn((writer) => writer.state(id, false, 'x'.repeat(10 * 1024 * 1024)))
  }
  const spare = new Knowledge()
  edge.freshen(spare, LATER)
  assert.equal(spare.opened, [])
  turn((writer) => writer.state(1, false, ''))
  edge.freshen(spare, LATER)
  assert.is(spare.opened.length, 7)
  // So is what they have sent and nobody has dealt with.
  wires[0]?.say('x'.repeat(10 * 1024 * 1024))
  await turns(1)
  edge.freshen(spare, LATER)
  assert.is(spare.opened.length, 7)
  turn((writer) => writer.position(1, { acknowledged: 10 * 1024 * 1024, seen: 0, taken: 0 }))
  edge.freshen(spare, LATER)
  assert.is(spare.opened.length, 8)
  edge.detach('failed')
  edge.freshen(new Knowledge(), LATER)
  edge.closeAll()
})

test('a spare worker is told of clients also where the clock was set back since they were heard', () => {
  const { edge, come } = setUp()
  come()
  const spare = new Knowledge()
  edge.freshen(spare, Date.now() - 3_600_000)
  assert.equal(spare.opened, [1])
  edge.closeAll()
})

const TURNS = ['state', 'journal', 'position', 'output', 'close', 'release'] as const
const ACTS = [
  'come',
  'say',
  'end',
  'go',
  'block',
  'unblock',
  'precopy',
  'freshen',
  'crash',
  ...TURNS,
] as const

test('whatever happens after it prepared, it knows as much as one that is told everything', async () => {
  const act = fc.tuple(fc.constantFrom(...ACTS), fc.nat(3))
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
      const { edge, wires, come, turn, handOver } = setUp()
      const next = new Knowledge()
      let crashed = false
      come()
      for (const [what, which] of acts) {
        const wire = wires[which % wires.length] as Wire
        const id = (which % wires.length) + 1
        if (what === 'come') come()
        else if (what === 'say' && !wire.readableEnded && !wire.destroyed) wire.say('hello')
        else if (what === 'end' && !wire.destroyed) wire.push(null)
        else if (what === 'go') wire.destroy()
        else if (what === 'block') wire.blocked = true
        else if (what === 'unblock') wire.unblock()
        else if (what === 'precopy') edge.precopyTo(next)
        else if (what === 'freshen') edge.freshen(next, LATER)
        else if (crashed) continue
        else if (what === 'state') turn((writer) => writer.state(id, true, `state ${which}`))
        else if (what === 'journal') turn((writer) => writer.journal(id, which, 'more'))
        else if (what === 'position') {
          turn((writer) => writer.position(id, { acknowledged: which, seen: 1, taken: which }))
        } else if (what === 'output') turn((writer) => writer.output(id, 'more than it takes at once'))
        else if (what === 'close') turn((writer) => writer.end(id))
        else if (what === 'release') turn((writer) => writer.release(id))
        else if (what === 'crash') {
          crashed = true
          edge.detach('failed')
        }
        // A wire says what it says in turns of its own.
        await turns(2)
      }
      await turns(3)
      handOver(next)
      const fresh = new Knowledge()
      handOver(fresh)
      edge.closeAll()
      assert.equal(
        [...next.connections].sort(([a], [b]) => a - b),
        [...fresh.connections],
      )
    }),
    { numRuns: 200 },
  )
})

test.run()
