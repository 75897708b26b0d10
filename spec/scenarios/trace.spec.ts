/** Order: the same input gives the same trace, always, and however a handler writes its awaits (contract rule 18). */
import type { Duplex } from 'node:stream'
import { type Client, ClientDisconnectedError, connect, events, Handler, memoryPair, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/clock.js'
import { Random } from '../support/random.js'
import { deferred, turns } from '../support/service.js'

const test = suite('trace')

const SEEDS = 200

type Note = (text: string) => void
type AnyClient = Client<Record<string, unknown>>

/** How a handler may come by `count` lines of its client, noting each as it comes. */
type Shape = (client: AnyClient, count: number, note: Note) => Promise<void> | Generator | AsyncGenerator

const direct = async (client: AnyClient, count: number, note: Note): Promise<void> => {
  for (let i = 0; i < count; i++) note(await client.nextLine())
}

/** Ways that ask for one line after the other: which of them a program takes must make no difference. */
const shapes: Record<string, Shape> = {
  direct,
  async wrapped(client, count, note) {
    const one = async () => client.nextLine()
    const two = async () => await one()
    const three = async () => {
      await null
      return await two()
    }
    for (let i = 0; i < count; i++) note(await three())
  },
  chained(client, count, note) {
    let chain = Promise.resolve()
    for (let i = 0; i < count; i++) {
      chain = chain.then(() => client.nextLine()).then((line) => Promise.resolve(line).then(note))
    }
    return chain
  },
  async iterated(client, count, note) {
    if (count === 0) return
    let left = count
    for await (const line of client) {
      note(line)
      left -= 1
      if (left === 0) break
    }
    // As `nextLine` says it.
    if (left > 0) throw new ClientDisconnectedError(String(client))
  },
  async belated(client, count, note) {
    for (let i = 0; i < count; i++) {
      const line = await client.nextLine()
      note(line)
      for (let hop = 0; hop < 10; hop++) await null
    }
  },
  *generated(_client, count, note): Generator<undefined, void, string> {
    for (let i = 0; i < count; i++) note(yield)
  },
  async *generatedLate(_client, count, note): AsyncGenerator<undefined, void, string> {
    for (let i = 0; i < count; i++) note(yield)
  },
}

/** Ways that do more than one thing at a time: they have an order of their own, and it must be the same every time. */
const wild: Record<string, Shape> = {
  ...shapes,
  async together(client, count, note) {
    const lines = Array.from({ length: count }, () => client.nextLine())
    await Promise.all(lines.map((line) => line.then(note)))
  },
  async givenUp(client, count, note) {
    const abort = new AbortController()
    const lost = client.nextLine({ signal: abort.signal })
    const kept = client.nextLine()
    abort.abort('enough')
    note(await lost.catch((reason) => `given up: ${reason}`))
    note(await kept)
    await direct(client, count - 1, note)
  },
  async slow(client, count, note) {
    for (let i = 0; i < count; i++) {
      note(await client.nextLine())
      await turns(1)
    }
  },
  async overheard(client, count, note) {
    // Lines of somebody else, who may be waited for already.
    const others = [...(client.state.service as Iterable<AnyClient>)].filter((other) => other !== client)
    const whose = others[0] ?? client
    for (let i = 0; i < count; i++) note(`overheard of #${whose.id}: ${await whose.nextLine()}`)
  },
  async gated(client, count, note) {
    // Everyone who stands here goes on at once.
    await (client.state.gate as Promise<void>)
    note('through the gate')
    await direct(client, count, note)
  },
}

interface Step {
  readonly peer: number
  readonly what: string
  /** Turns of the event loop before the next step. */
  readonly turns: number
}

interface Program {
  readonly peers: number
  readonly steps: readonly Step[]
  readonly lineBudget: number
  readonly maxUnreadLines: number
  /** Names of shapes: of the handlers of Connect, and of those of Receive. */
  readonly connect: readonly string[]
  readonly receive: readonly string[]
}

const COMMANDS = ['hello', 'hello', 'say x', 'ask 1', 'ask 2', 'ask 3', 'throw', 'kick', 'open', 'quit']

function draw(seed: number, names: readonly string[]): Program {
  const random = new Random(seed)
  const peers = 2 + random.below(5)
  const steps = Array.from({ length: 20 + random.below(30) }, (_, i): Step => {
    const lines = Array.from(
      { length: 1 + random.below(5) },
      (_, j) => `${random.pick(COMMANDS)} (${i}.${j})`,
    )
    const text = `${lines.join('\r\n')}\r\n`
    const what = random.below(25) === 0 ? random.pick(['end', 'destroy']) : text
    return { peer: random.below(peers), what, turns: random.below(3) === 0 ? random.below(4) : 0 }
  })
  return {
    peers,
    steps,
    lineBudget: 1 + random.below(4),
    maxUnreadLines: random.pick([2, 5, 256]),
    connect: Array.from({ length: 1 + random.below(3) }, () => random.pick(names)),
    receive: Array.from({ length: 1 + random.below(3) }, () => random.pick(names)),
  }
}

// On a machine that is busy, turns end early, those of `connect` as well as the service's. Here the order is to depend on
// nothing but what everybody does, so time stands still.
Object.assign(systemClock, { now: () => 0 })

/** Plays a program from start to stop, and gives everything that was seen to happen, in order, on both sides. */
async function play(program: Program, shapeOf: (name: string) => Shape): Promise<string[]> {
  // What came before has ended, and every program begins at the same point of the event loop.
  await turns(5)
  const trace: string[] = []
  const service = new Service<Record<string, unknown>>()
  const gate = deferred()
  const over = deferred()
  let disconnects = 0

  service.listen(events.Event, (event) => void trace.push(String(event)))
  for (const [i, name] of program.connect.entries()) {
    service.listen(events.Connect, ({ client }) => {
      client.state = { service: service.clients, gate: gate.promise }
      trace.push(`#${client.id} meets handler ${i} of Connect`)
      client.write(`Line ${i}? `, { newline: false })
      return shapeOf(name)(client, 1, (line) => {
        trace.push(`#${client.id} gives Connect ${i}: ${line}`)
        client.write(`${i} got ${line}`)
      })
    })
  }
  service.listen(
    events.Connect,
    class extends Handler<events.Connect> {
      async handler_1({ client }: events.Connect): Promise<void> {
        trace.push(`#${client.id} is in`)
        await null
      }
      handler_2({ client }: events.Connect): void {
        service.writeAll(`#${client.id} has come`)
      }
    },
  )
  for (const [i, name] of program.receive.entries()) {
    service.listen(events.Receive, (event) => {
      const { client, data } = event
      trace.push(`#${client.id} says to ${i}: ${data}`)
      const [command, word] = data.split(' ')
      if (command === 'say') service.writeAll(`#${client.id}: ${data}`, { exclude: client })
      if (command === 'throw') throw new Error(data)
      if (command === 'open') gate.resolve()
      if (command === 'quit') void client.close()
      if (command === 'kick') [...service.clients].at(-1)?.destroy()
      if (command !== 'ask') return undefined
      event.stop()
      return shapeOf(name)(client, Number(word), (line) => {
        trace.push(`#${client.id} gives Receive ${i}: ${line}`)
        client.write(`${i} got ${line}`)
      })
    })
  }
  service.listen(events.HandlerError, ({ error }) => void trace.push(`failed: ${error}`))
  service.listen(events.Disconnect, ({ client }) => {
    service.writeAll(`#${client.id} has left`)
    disconnects += 1
    if (disconnects === program.peers) over.resolve()
  })

  const { lineBudget, maxUnreadLines } = program
  await service.start({ servers: [], log: false, telnet: false, store: 'memory', lineBudget, maxUnreadLines })
  const peers = await Promise.all(
    Array.from({ length: program.peers }, (_, i) => makePeer(service, i, (text) => trace.push(text))),
  )
  for (const { peer, what, turns: count } of program.steps) {
    trace.push(`peer ${peer}: ${JSON.stringify(what)}`)
    if (what === 'end') peers[peer]?.end()
    else if (what === 'destroy') peers[peer]?.destroy()
    else peers[peer]?.send(what)
    if (count > 0) await turns(count)
  }
  // Whoever stands at the gate is let go, and all others find that nobody is there any more.
  gate.resolve()
  for (const peer of peers) peer.end()
  await over.promise
  await Promise.all(peers.map(({ closed }) => closed))
  await service.stop({ drain: 0 })
  return trace
}

interface TestPeer {
  send(text: string): void
  end(): void
  destroy(): void
  readonly closed: Promise<void>
}

/** Every other peer is a plain stream, and every other a client of `connect`. */
async function makePeer(service: Service<Record<string, unknown>>, i: number, note: Note): Promise<TestPeer> {
  if (i % 2 === 0) {
    const [ours, theirs] = memoryPair()
    service.accept(theirs)
    return plainPeer(ours, i, note)
  }
  const connection = await connect(service)
  const reading = (async () => {
    for await (const line of connection) note(`peer ${i} reads ${line}`)
    note(`peer ${i} is told that this is the end`)
  })()
  return {
    // `write` ends each line itself.
    send: (text) => connection.write(...text.split('\r\n').slice(0, -1)),
    end: () => void connection.close(),
    destroy: () => connection.destroy(),
    closed: Promise.all([reading, connection.closed]).then(() => {}),
  }
}

function plainPeer(stream: Duplex, i: number, note: Note): TestPeer {
  stream.setEncoding('latin1')
  stream.on('data', (text) => note(`peer ${i} is sent ${JSON.stringify(text)}`))
  stream.on('end', () => {
    note(`peer ${i} is told that this is the end`)
    stream.end()
  })
  stream.on('error', () => {})
  return {
    send: (text) => void (stream.writable && stream.write(text)),
    end: () => void stream.end(),
    destroy: () => void stream.destroy(),
    closed: new Promise((resolve) => stream.once('close', () => resolve())),
  }
}

/** Shows the first difference of two traces, and what came before it. */
function same(actual: readonly string[], expected: readonly string[], name: string): void {
  const at = expected.findIndex((entry, i) => actual[i] !== entry)
  const from = Math.max(0, at - 5)
  if (at === -1) assert.is(actual.length, expected.length, name)
  else assert.equal(actual.slice(from, at + 5), expected.slice(from, at + 5), `${name}, from entry ${from}`)
}

test(`${SEEDS} drawn programs of many clients give the same whole trace each time they are played (rule 18)`, async () => {
  const all = new Set<string>()
  for (let seed = 0; seed < SEEDS; seed++) {
    const program = draw(seed, Object.keys(wild))
    const shapeOf = (name: string): Shape => wild[name] as Shape
    const first = await play(program, shapeOf)
    const second = await play(program, shapeOf)
    same(second, first, `seed ${seed}`)
    assert.ok(first.length > 50, `seed ${seed} has a trace of ${first.length} entries only`)
    all.add(first.join('\n'))
  }
  assert.is(all.size, SEEDS, 'each program has a trace of its own')
})

for (const [what, limits] of [
  ['', { maxUnreadLines: 256 }],
  [', nor where reading stops and goes on in between', { maxUnreadLines: 2 }],
] as const) {
  test(`how handlers write their awaits makes no difference to the order of anything${what} (rule 18)`, async () => {
    for (let seed = 0; seed < SEEDS / 4; seed++) {
      const program = { ...draw(seed, ['direct']), ...limits }
      const expected = await play(program, () => direct)
      for (const [name, shape] of Object.entries(shapes)) {
        same(await play(program, () => shape), expected, `seed ${seed}, ${name}`)
      }
      // All of them at once, each client and each line another.
      const random = new Random(seed)
      const mixed = await play(program, () => shapes[random.pick(Object.keys(shapes))] as Shape)
      same(mixed, expected, `seed ${seed}, mixed`)
    }
  })
}

test.run()
