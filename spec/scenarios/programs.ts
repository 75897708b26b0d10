/**
 * Programs made at random: flows of everything that a handler can do with its client, and scripts of what people type and
 * when their service is replaced or lost.
 */
import type { Duplex } from 'node:stream'
import fc from 'fast-check'
import { type Client, ClientContainer, events, Handler, Service, TimeoutError } from 'mara-ts'
import { leave, loop, now, random, step } from 'mara-ts/conversation'
import { input, password, select } from 'mara-ts/prompts'
import { FakeClock } from 'mara-ts/testing'
import { Stage } from '../../lib/testing/stage.js'
import { memoryPair } from '../../lib/transport/memory.js'

export type Action =
  | {
      readonly do:
        | 'ask'
        | 'line'
        | 'input'
        | 'password'
        | 'select'
        | 'broadcast'
        | 'state'
        | 'draw'
        | 'chance'
        | 'pause'
        | 'close'
    }
  | { readonly do: 'late'; readonly moves: number }
  | { readonly do: 'race' | 'both' | 'abort' | 'leaveEarly' | 'work' | 'fail' }
  | { readonly do: 'beside' | 'first' | 'stop' | 'enter' | 'exit' | 'say' | 'note' }
  | { readonly do: 'nested' | 'catch'; readonly flow: readonly Action[] }
  | { readonly do: 'loop'; readonly rounds: number }

/** How a flow is written down as a handler. */
export type Form =
  | 'async'
  | 'generator'
  | 'async generator'
  | 'steps'
  | 'generator steps'
  | 'instance'
  | 'factory'
  | 'queue'

export interface Program {
  readonly form: Form
  /** Handlers of `Connect`, one after another. */
  readonly flows: readonly (readonly Action[])[]
  readonly clients: number
  readonly script: readonly Move[]
  /** A timer writes to all. */
  readonly ticks?: boolean
}

export type Move = {
  /** Who types, or nobody: then time passes. */
  readonly who: number
  /** In place of typing, they hang up. */
  readonly leaves?: boolean
  readonly before: readonly Blow[]
  /** Right after it was typed, whatever that has set going. */
  readonly after: readonly Blow[]
}

/** `prepare`: the next process gets ready, and what happens until it takes over is new to it. */
export type Blow = 'restart' | 'crash' | 'prepare'

interface State {
  count?: number
  list?: number[]
  room?: boolean
}

class Nested extends events.Event<{ client: Client<State>; flow: readonly Action[]; world: World }> {}

/** What is outside of all processes, and what only steps use. */
class Outside {
  readonly #drawn = new Map<string, number>()
  readonly #counts = new Map<number, number>()
  /** How many handlers would write twice what they have written since they were last given something. */
  exposed = 0

  /**
   * The next number of this client's. Drawn twice it is another one, and that is noticed, unless whoever draws was told that
   * an earlier attempt may have drawn it already.
   */
  draw(id: number, draw: string, again: boolean): number {
    const known = this.#drawn.get(`${id} ${draw}`)
    if (known !== undefined && again) return known
    const number = (this.#counts.get(id) ?? 0) + 1
    this.#counts.set(id, number)
    this.#drawn.set(`${id} ${draw}`, number)
    return number
  }
}

/** What a process has. */
class World {
  readonly service: Service<State>
  readonly #outside: Outside
  readonly room = new ClientContainer<State>()
  readonly events = new Map<number, events.Connect<State>>()
  /** Where each client's handler began, how many numbers it has drawn since, and whether it has just asked for something. */
  readonly #runs = new Map<number, { place: string; draws: number; asked: boolean }>()

  constructor(service: Service<State>, outside: Outside) {
    this.service = service
    this.#outside = outside
  }

  begin({ id }: Client<State>, place: string): void {
    this.#runs.set(id, { place, draws: 0, asked: false })
  }

  see(event: events.Connect<State>): Client<State> {
    this.events.set(event.client.id, event)
    return event.client
  }

  asks({ id }: Client<State>): void {
    const run = this.#runs.get(id)
    if (run !== undefined) run.asked = true
  }

  /** Awaits what is not in the journal. What was written before it is not repeated, unless by another one before it. */
  async pause({ id }: Client<State>): Promise<void> {
    const run = this.#runs.get(id)
    if (run?.asked === false) void this.#exposed()
    if (run !== undefined) run.asked = false
    await pause()
  }

  /** Until what it asks next has left its process, too. */
  async #exposed(): Promise<void> {
    this.#outside.exposed += 1
    for (let turn = 0; turn < 3; turn++) await pause()
    this.#outside.exposed -= 1
  }

  async draw({ id }: Client<State>, here: string): Promise<number> {
    const run = this.#runs.get(id)
    const draw = `${run?.place} ${run && run.draws++}`
    return step(`draw ${here}`, ({ again }) => this.#outside.draw(id, draw, again))
  }
}

/** What asks nothing of anybody, itself. */
const SILENT: ReadonlySet<Action['do']> = new Set([
  'broadcast',
  'state',
  'pause',
  'nested',
  'catch',
  'close',
  'stop',
  'enter',
  'exit',
  'say',
  'note',
])

/** How much time passes where nobody types, in milliseconds. */
const MOVE = 1_000_000

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Performs what a handler begins with. @param round how often it has done all of it. */
function performFrom(
  client: Client<State>,
  flow: readonly Action[],
  world: World,
  place: string,
  round = 0,
): Promise<void> {
  // Its own: a draw of this round that a crash cuts short is not the one of the round before.
  world.begin(client, `${place} ${round}`)
  return perform(client, flow, world, place)
}

async function perform(
  client: Client<State>,
  flow: readonly Action[],
  world: World,
  place: string,
): Promise<void> {
  // No two clients' time is ever up at the same moment, however often each waits: whose comes first would be chance. And
  // always just before a move ends: where a step is done again after a crash, what follows it is not much later then.
  const after = (moves: number): number => moves * MOVE - 10 ** client.id
  for (const [i, action] of flow.entries()) {
    const here = `${place}.${i}`
    if (!SILENT.has(action.do)) world.asks(client)
    switch (action.do) {
      case 'ask':
        client.write(`${here} ${await client.ask(`${here}? `)}`)
        break
      case 'line':
        client.write(`${here} ${await client.nextLine()}`)
        break
      case 'input':
        client.write(
          await input(client as never, { message: 'Even: ', validate: (text) => text.length % 2 === 0 }),
        )
        break
      case 'password':
        client.write(`${here} ${(await password(client as never, { message: 'Secret: ' })).length}`)
        break
      case 'select':
        client.write(
          `${here} ${await select(client as never, { message: 'Which? ', choices: ['a', 'b'], default: 'a', attempts: 2 }).catch((error: Error) => error.name)}`,
        )
        break
      case 'broadcast':
        world.service.writeAll(`${client.id} says ${here}`)
        break
      case 'state':
        client.state.count = (client.state.count ?? 0) + 1
        client.state.list ??= []
        client.state.list.push(client.state.count)
        client.write(`state ${JSON.stringify(client.state)}`)
        break
      case 'draw':
        client.write(`drew ${await world.draw(client, here)}`)
        break
      case 'chance': {
        const [chance, time] = [random(), now()]
        await client.ask('Remember? ')
        client.write(`${chance >= 0 && chance < 1 && time > 0}`)
        break
      }
      case 'pause':
        await world.pause(client)
        client.write(`${here} after a pause`)
        break
      case 'work':
        await step(`work ${here}`, pause)
        client.write(`${here} worked`)
        break
      case 'close':
        void client.close()
        break
      case 'late':
        try {
          client.write(`${here} ${await client.ask('Quick: ', { timeout: after(action.moves) })}`)
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error
          client.write(`${here} too late`)
        }
        break
      case 'race': {
        const first = client.nextLine({ timeout: after(1) })
        const second = client.nextLine({ timeout: after(2) })
        const [a, b] = await Promise.allSettled([first, second])
        client.write(
          `${here} ${[a, b].map((one) => (one.status === 'fulfilled' ? one.value : one.reason.name))}`,
        )
        break
      }
      case 'both':
        client.write(`${here} ${await Promise.all([client.ask('One: '), client.ask('Two: ')])}`)
        break
      case 'abort': {
        const controller = new AbortController()
        const given = client.nextLine({ signal: controller.signal }).catch((error: Error) => error.name)
        const other = await client.nextLine({ timeout: after(2) }).catch((error: Error) => error.name)
        controller.abort()
        client.write(`${here} ${await given} ${other}`)
        break
      }
      case 'beside':
        client.write(
          `${here} ${await Promise.all([client.ask('One: '), world.draw(client, here), step(`beside ${here}`, pause)])}`,
        )
        break
      case 'first': {
        const line = client.nextLine({ timeout: after(2) }).catch((error: Error) => error.name)
        client.write(
          `${here} ${await Promise.race([line, step(`first ${here}`, pause).then(() => 'worked')])}`,
        )
        client.write(`${here} ${await line}`)
        break
      }
      case 'stop':
        world.events.get(client.id)?.stop()
        break
      case 'note': {
        const event = world.events.get(client.id) as { noted?: string[] } | undefined
        if (event === undefined) break
        event.noted = [...(event.noted ?? []), here]
        client.write(`noted ${event.noted}`)
        break
      }
      case 'enter':
        client.state.room = true
        world.room.add(client)
        world.room.writeAll(`${client.id} comes`)
        break
      case 'exit':
        world.room.writeAll(`${client.id} goes`)
        world.room.delete(client)
        client.state.room = false
        break
      case 'say':
        world.room.writeAll(`${client.id} tells the room ${here}`)
        break
      case 'leaveEarly':
        for await (const line of client) {
          client.write(`${here} ${line}`)
          break
        }
        break
      case 'fail':
        await step(`fail ${here}`, () => {
          throw new RangeError('as told')
        }).catch((error: Error) => client.write(`${here} ${error.name} ${error.message}`))
        break
      case 'nested':
        await world.service.trigger(new Nested({ client, flow: action.flow, world }))
        client.write(`${here} nested done`)
        break
      case 'catch':
        try {
          await perform(client, action.flow, world, here)
        } finally {
          client.write(`${here} finally`)
        }
        break
      case 'loop': {
        const sum = await loop(client as Client<unknown>, { rounds: 0, length: 0 }, async (state, line) => {
          const next = { rounds: state.rounds + 1, length: state.length + line.length }
          client.write(`${here} round ${JSON.stringify(next)}`)
          if (line.length % 3 === 0) client.write(`${here} and ${await client.ask('More? ')}`)
          return next.rounds >= action.rounds ? leave(next) : next
        })
        client.write(`${here} sum ${JSON.stringify(sum)}`)
        break
      }
    }
  }
}

/** As a generator, each line that it only reads is a `yield`. */
function* generated(client: Client<State>, flow: readonly Action[], world: World, place: string): Generator {
  for (const [i, action] of flow.entries()) {
    const here = `${place}.${i}`
    if (action.do === 'line') client.write(`${here} ${yield}`)
    else if (action.do === 'late') {
      try {
        client.write(`${here} ${yield { timeout: action.moves * MOVE - 10 ** client.id }}`)
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error
        client.write(`${here} too late`)
      }
    } else if (action.do === 'catch') {
      try {
        client.write(`${here} gave ${yield* generated(client, action.flow, world, here) as Generator}`)
      } finally {
        client.write(`${here} finally`)
        yield step('clean', () => {})
      }
    } else yield performFrom(client, [action], world, here)
  }
  return flow.length
}

async function* generatedLater(
  client: Client<State>,
  flow: readonly Action[],
  world: World,
  place: string,
): AsyncGenerator {
  for (const [i, action] of flow.entries()) {
    const here = `${place}.${i}`
    if (action.do === 'line') client.write(`${here} ${yield}`)
    else if (action.do === 'late') {
      try {
        client.write(`${here} ${yield { timeout: action.moves * MOVE - 10 ** client.id }}`)
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error
        client.write(`${here} too late`)
      }
    } else if (action.do === 'catch') {
      try {
        client.write(`${here} gave ${yield* generatedLater(client, action.flow, world, here)}`)
      } finally {
        client.write(`${here} finally`)
        await step('clean', () => {})
      }
    } else await performFrom(client, [action], world, here)
  }
  return flow.length
}

type StepForm = 'steps' | 'generator steps' | 'queue'

/** A `Handler` with a step for each action. In a queue, each step puts itself back once, and the fourth takes the last one out. */
function stepsFor(
  flow: readonly Action[],
  world: World,
  place: string,
  form: StepForm,
): new () => Handler<events.Connect<State>> {
  class Steps extends Handler<events.Connect<State>> {
    done = 0
    began = now()
    names: string[] = []
    times = new Map<string, number>()
    last: string | undefined = 'none'

    finish(name: string, { client }: events.Connect<State>): void {
      this.done += 1
      this.names.push(name)
      this.last = this.last === undefined ? name : undefined
      const times = (this.times.get(name) ?? 0) + 1
      this.times.set(name, times)
      if (form === 'queue' && times < 2) this.handlers.unshift(this[name as keyof this] as never)
      else if (form === 'queue' && this.done === 4) this.handlers.pop()
      client.write(`step ${this.done} ${this.names} ${[...this.times]} ${this.last} ${this.began > 0}`)
    }
  }
  for (const [i, action] of flow.entries()) {
    const name = `handler_${String(i).padStart(2, '0')}`
    const here = `${place}.${i}`
    const run = {
      async *later(this: Steps, event: events.Connect<State>) {
        yield* generatedLater(world.see(event), [action], world, here)
        this.finish(name, event)
      },
      *now(this: Steps, event: events.Connect<State>) {
        yield* generated(world.see(event), [action], world, here)
        this.finish(name, event)
      },
      async plain(this: Steps, event: events.Connect<State>) {
        await performFrom(world.see(event), [action], world, here, this.times.get(name))
        this.finish(name, event)
      },
    }
    const value = form !== 'generator steps' ? run.plain : i % 2 === 0 ? run.now : run.later
    Object.defineProperty(Steps.prototype, name, { value })
  }
  return Steps
}

function makeService(
  { form, flows, ticks }: Program,
  outside: Outside,
  clock: FakeClock,
  start: number,
): Service<State> {
  const service = new Service<State>({ clock })
  const world = new World(service, outside)
  service.listen(events.PostRestart, () => {
    for (const client of service.clients) if (client.state.room) world.room.add(client)
  })
  if (ticks) {
    service.timer({ every: MOVE }, ({ due }) => {
      service.writeAll(`tick ${due && due.getTime() - start}`)
      world.room.writeAll('tock')
    })
  }
  for (const [i, flow] of flows.entries()) {
    const place = `${i}`
    const handlers: Record<Form, () => unknown> = {
      async: () => (event: events.Connect<State>) => performFrom(world.see(event), flow, world, place),
      generator: () => (event: events.Connect<State>) => generated(world.see(event), flow, world, place),
      'async generator': () => (event: events.Connect<State>) =>
        generatedLater(world.see(event), flow, world, place),
      steps: () => stepsFor(flow, world, place, 'steps'),
      'generator steps': () => stepsFor(flow, world, place, 'generator steps'),
      queue: () => stepsFor(flow, world, place, 'queue'),
      instance: () => new (stepsFor(flow, world, place, 'steps'))(),
      factory: () => {
        const Made = stepsFor(flow, world, place, 'steps')
        return () => new Made()
      },
    }
    service.listen(events.Connect, handlers[form]() as never)
  }
  service.listen(Nested, ({ client, flow, world: _ }) => perform(client as Client<State>, flow, world, 'n'))
  service.listen(events.Receive, async ({ client, data }) => {
    if (data.length % 2 === 1) client.write(`Twice: ${data}, ${await client.ask('Again: ')}`)
    else service.writeAll(`${client.id}: ${data} ${JSON.stringify(client.state)}`)
  })
  service.listen(events.Disconnect, ({ client }) => service.writeAll(`${client.id} has left`))
  return service
}

/** What each client was sent, in a run with or without the blows. */
export async function runProgram(program: Program, withBlows: boolean): Promise<string[]> {
  const outside = new Outside()
  // Whoever's time is up first comes as far as possible before another's is.
  const clock = new FakeClock(undefined, { turns: 15 })
  const start = clock.now()
  // Nothing else happens with time.
  const settings = { log: false, connectTimeout: 0, idleTimeout: 0, snapshotEvery: 1e9 }
  const stage = new Stage(() => makeService(program, outside, clock, start), settings)
  await stage.start()
  const peers: Duplex[] = []
  const sent: string[] = []
  for (let i = 0; i < program.clients; i++) {
    const [ours, theirs] = memoryPair()
    sent.push('')
    theirs.setEncoding('utf8').on('data', (text: string) => {
      sent[i] += text
    })
    theirs.on('end', () => theirs.end())
    stage.accept(ours)
    peers.push(theirs)
    await stage.settle()
  }
  const strike = async (blows: readonly Blow[]): Promise<void> => {
    if (!withBlows) return
    for (const blow of blows) {
      // A handler that awaits what is no step may write twice what it has written since its last answer, as the docs say.
      while (blow === 'crash' && outside.exposed > 0) await pause()
      await stage[blow]()
    }
  }
  for (const [i, { who, leaves, before, after }] of program.script.entries()) {
    await strike(before)
    const peer = peers[who]
    if (peer !== undefined && leaves) peer.end()
    else if (peer?.writable) peer.write(`${'x'.repeat(i % 4)}${i}\n`)
    else await clock.advance(MOVE)
    await strike(after)
    await stage.settle()
  }
  const seen = [...sent]
  if (stage.warnings.length > 0) seen.push(...stage.warnings)
  // Handlers that wait for a line are given their time.
  let over = false
  const stopping = stage.stop().finally(() => {
    over = true
  })
  while (!over) await clock.advance(10 * MOVE)
  await stopping
  return seen
}

// --- What they are made of

const simple = fc.constantFrom<Action>(
  ...(
    [
      ['ask', 'line', 'input', 'password', 'select', 'broadcast', 'state', 'draw', 'chance', 'pause'],
      ['race', 'both', 'abort', 'leaveEarly', 'work', 'fail'],
      ['beside', 'first', 'stop', 'enter', 'exit', 'say', 'note'],
    ] as const
  )
    .flat()
    .map((what) => ({ do: what }) as Action),
)
const { flow } = fc.letrec<{ action: Action; flow: Action[] }>((tie) => ({
  action: fc.oneof(
    { maxDepth: 2 },
    { weight: 16, arbitrary: simple },
    { weight: 1, arbitrary: fc.constant<Action>({ do: 'close' }) },
    { weight: 2, arbitrary: fc.constantFrom<Action>({ do: 'late', moves: 1 }, { do: 'late', moves: 3 }) },
    {
      weight: 2,
      arbitrary: fc.integer({ min: 1, max: 4 }).map((rounds): Action => ({ do: 'loop', rounds })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('nested' as const, 'catch' as const), tie('flow'))
        .map(([what, flow]): Action => ({ do: what, flow })),
    },
  ),
  flow: fc.array(tie('action'), { minLength: 1, maxLength: 5 }),
}))
const blows = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Blow[]>([]) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom<Blow>('restart', 'crash', 'prepare'), { minLength: 1, maxLength: 2 }),
  },
)
/** Mostly they stay. */
const leaves = fc.nat(7).map((chance) => chance === 7)
export const programs: fc.Arbitrary<Program> = fc.record({
  form: fc.constantFrom<Form>(
    'async',
    'generator',
    'async generator',
    'steps',
    'generator steps',
    'instance',
    'factory',
    'queue',
  ),
  flows: fc.array(flow, { minLength: 1, maxLength: 2 }),
  clients: fc.integer({ min: 2, max: 4 }),
  ticks: fc.boolean(),
  script: fc.array(fc.record({ who: fc.nat(4), leaves, before: blows, after: blows }), {
    minLength: 1,
    maxLength: 12,
  }),
})
