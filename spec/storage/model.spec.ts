/**
 * Random programs against a model of what docs/storage.md promises: objects are made, changed, saved, read, deleted and let
 * go, one after another and several at once, while writes fail, files are edited, and processes restart or die.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import {
  type Backend,
  BackendError,
  DeletedError,
  ExistsError,
  memoryBackend,
  NotSavedError,
  Store,
  Stores,
  session,
} from '../../lib/storage/index.js'
import { times } from '../support/soak.js'

const test = suite('storage, against a model')

class Thing extends Store.define('thing', {
  value: z.number().default(0),
  here: session(z.number().default(0)),
}) {}

const KEYS = ['a', 'b'] as const

// --- What a program does

/** `pick` chooses an object that the program holds; `fails` has the back end fail. */
interface Deed {
  readonly what:
    | Work
    | 'set'
    | 'release'
    | 'edit'
    | 'take away'
    | 'list'
    | 'restart'
    | 'crash'
    | 'reopen'
    | 'at once'
  readonly key: string
  readonly pick: number
  readonly value: number
  readonly active: boolean
  readonly fails: boolean
  /** What is done at once. */
  readonly several: readonly Task[]
}

type Task = Omit<Deed, 'what' | 'fails' | 'several'> & { readonly what: Work }

const WORK = ['create', 'load', 'save', 'reload', 'delete', 'delete it'] as const
type Work = (typeof WORK)[number]

const about = {
  key: fc.constantFrom(...KEYS),
  pick: fc.nat(7),
  value: fc.integer({ min: 1, max: 9 }),
  active: fc.boolean(),
}
const deeds = fc.array(
  fc.record<Deed>({
    ...about,
    what: fc.constantFrom(
      ...WORK,
      ...(['set', 'set', 'save', 'release', 'edit', 'take away', 'list'] as const),
      ...(['restart', 'crash', 'reopen', 'at once'] as const),
    ),
    fails: fc.nat(5).map((n) => n === 0),
    several: fc.array(fc.record<Task>({ ...about, what: fc.constantFrom(...WORK) }), { maxLength: 6 }),
  }),
  { maxLength: 40 },
)

// --- What there should be

interface Twin {
  readonly key: string
  value: number
  here: number
  life: 'new' | 'saved' | 'ended'
  /** What was last read or saved. */
  saved: number | undefined
  active: boolean
}

/** What comes of a task: an object, or in a word what else. */
type Outcome =
  | Twin
  | 'nothing'
  | 'done'
  | typeof BackendError
  | typeof ExistsError
  | typeof DeletedError
  | typeof NotSavedError

class Model {
  readonly saved = new Map<string, number>()
  /** In memory, whether active or held by the program alone. */
  readonly known = new Map<string, Twin>()
  fails = false

  create(key: string, value: number): Outcome {
    const before = this.known.get(key)
    if (before?.active) return ExistsError
    if (this.fails) return BackendError
    if (this.saved.has(key)) return ExistsError
    if (before) before.life = 'ended'
    return this.#add({ key, value, here: 0, life: 'new', saved: undefined, active: true })
  }

  load(key: string, active: boolean): Outcome {
    let twin = this.known.get(key)
    const counts = twin && (twin.active || twin.life === 'new' || twin.value !== twin.saved)
    if (!counts) {
      if (this.fails) return BackendError
      const value = this.saved.get(key)
      if (value === undefined) return 'nothing'
      twin ??= this.#add({ key, value, here: 0, life: 'saved', saved: value, active: false })
      Object.assign(twin, { value, saved: value, life: 'saved' })
    }
    ;(twin as Twin).active ||= active
    return twin as Twin
  }

  /** @param value as it was at the call. */
  save(twin: Twin, value: number): Outcome {
    if (twin.life === 'ended') return DeletedError
    if (this.fails) return BackendError
    this.saved.set(twin.key, value)
    Object.assign(twin, { life: 'saved', saved: value })
    return 'done'
  }

  reload(twin: Twin): Outcome {
    if (twin.life === 'ended') return DeletedError
    if (this.fails) return BackendError
    const value = this.saved.get(twin.key)
    if (value === undefined) return NotSavedError
    Object.assign(twin, { value, saved: value, life: 'saved' })
    return 'done'
  }

  delete(key: string, twin = this.known.get(key)): Outcome {
    if (twin?.life === 'ended') return 'done'
    if (this.fails) return BackendError
    this.saved.delete(key)
    if (twin) this.#end(twin)
    return 'done'
  }

  release(twin: Twin): void {
    if (!twin.active) return
    if (twin.life === 'new') this.#end(twin)
    else Object.assign(twin, { active: false, here: 0 })
  }

  close(): void {
    for (const twin of this.known.values()) this.#end(twin)
  }

  #add(twin: Twin): Twin {
    this.known.set(twin.key, twin)
    return twin
  }

  #end(twin: Twin): void {
    Object.assign(twin, { life: 'ended', active: false })
    this.known.delete(twin.key)
  }
}

// --- Both side by side

class Pair {
  readonly #model = new Model()
  readonly #texts = memoryBackend()
  readonly #backend: Backend
  #stores = new Stores()
  #things = this.#stores.manager(Thing)
  /** Objects that the program holds, each with its twin. */
  #held: [object: Thing, twin: Twin][] = []

  constructor() {
    const slowly = async <R>(work: () => Promise<R>): Promise<R> => {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#model.fails) throw new BackendError('here', 'It fails.', undefined)
      return work()
    }
    const texts = this.#texts
    this.#backend = {
      ...texts,
      read: (kind, key) => slowly(() => texts.read(kind, key)),
      write: (kind, key, text) => slowly(() => texts.write(kind, key, text)),
      remove: (kind, key) => slowly(() => texts.remove(kind, key)),
    }
  }

  async run(program: readonly Deed[]): Promise<void> {
    await this.#stores.open(this.#backend)
    for (const deed of program) {
      await this.#do(deed)
      await this.#compare()
    }
  }

  async #do(deed: Deed): Promise<void> {
    const { what, key, value } = deed
    const model = this.#model
    const [object, twin] = this.#picked(deed) ?? []
    switch (what) {
      case 'set':
        if (object && twin) Object.assign(object, { value }) && Object.assign(twin, { value })
        if (object && twin && deed.active && twin.active) object.here = twin.here = value
        return
      case 'release':
        if (!object || !twin) return
        this.#things.release(object)
        return model.release(twin)
      case 'edit':
        model.saved.set(key, value)
        return this.#texts.write('thing', key, JSON.stringify({ value }))
      case 'take away':
        model.saved.delete(key)
        return this.#texts.remove('thing', key)
      case 'list':
        for await (const found of this.#things.all()) this.#agree(found, model.load(found.key, false))
        return
      case 'restart':
        return this.#begin(JSON.parse(JSON.stringify(this.#stores.snapshot())))
      case 'crash':
        return this.#begin({ objects: [] })
      case 'reopen':
        await this.#stores.close()
        model.close()
        return this.#stores.open(this.#backend)
      case 'at once':
        return this.#work(deed.several)
      default:
        model.fails = deed.fails
        await this.#work([deed as Task])
        model.fails = false
    }
  }

  /** Does them all at once, and in the model one after another. */
  async #work(tasks: readonly Task[]): Promise<void> {
    const running = tasks.map((task) => {
      const { what, key, value, active } = task
      const [object, twin] = this.#picked(task) ?? []
      const now = twin?.value ?? 0
      const model = this.#model
      if (what === 'create')
        return [this.#things.create(key, { value }), () => model.create(key, value)] as const
      if (what === 'load')
        return [this.#things.load(key, { activate: active }), () => model.load(key, active)] as const
      if (what === 'delete') return [this.#things.delete(key), () => model.delete(key)] as const
      if (!object || !twin) return undefined
      if (what === 'save') return [object.save(), () => model.save(twin, now)] as const
      if (what === 'reload') return [object.load(), () => model.reload(twin)] as const
      return [object.delete(), () => model.delete(twin.key, twin)] as const
    })
    const done = await Promise.allSettled(running.map((each) => each?.[0]))
    for (const [i, each] of running.entries()) {
      if (each === undefined) continue
      const settled = done[i] as PromiseSettledResult<Thing | undefined>
      this.#agree(settled.status === 'fulfilled' ? settled.value : settled.reason, each[1]())
    }
  }

  #agree(real: unknown, outcome: Outcome): void {
    if (typeof outcome === 'function') assert.instance(real, outcome)
    else if (typeof outcome === 'string') assert.is(real, undefined)
    else {
      assert.instance(real, Thing)
      const known = this.#held.find(([object, twin]) => object === real || twin === outcome)
      if (known === undefined) this.#held.push([real as Thing, outcome])
      else assert.ok(known[0] === real && known[1] === outcome, 'one key is one object')
    }
  }

  #picked({ pick }: Task | Deed): [object: Thing, twin: Twin] | undefined {
    return this.#held[pick % this.#held.length]
  }

  /** A process follows. */
  async #begin(snapshot: Parameters<Stores['restore']>[0]): Promise<void> {
    this.#stores = new Stores()
    this.#things = this.#stores.manager(Thing)
    await this.#stores.open(this.#backend)
    this.#stores.restore(snapshot)
    const twins = [...this.#model.known.values()].filter(({ key }) =>
      snapshot.objects.some((one) => one.key === key),
    )
    this.#held = twins.map((twin) => [this.#things.get(twin.key) as Thing, twin])
    this.#model.known.clear()
    for (const twin of twins) this.#model.known.set(twin.key, twin)
  }

  async #compare(): Promise<void> {
    const model = this.#model
    for (const [object, twin] of this.#held) {
      if (twin.life !== 'ended') assert.equal([object.value, object.here], [twin.value, twin.here])
    }
    for (const key of KEYS) {
      const text = await this.#texts.read('thing', key)
      assert.is(text && JSON.parse(text).value, model.saved.get(key))
      const active = model.known.get(key)?.active ? model.known.get(key) : undefined
      assert.is(this.#things.get(key), this.#held.find(([, twin]) => twin === active)?.[0])
    }
  }
}

test('whatever a program does, in whatever order or at once, objects and what is saved are as the docs say', () =>
  fc.assert(
    fc.asyncProperty(deeds, (program) => new Pair().run(program)),
    { numRuns: times(500, 100_000) },
  ))

test.run()
