import { events, Handler, Service } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

class Ping extends events.Event<{ trace: string[] }> {}

/** Triggers a Ping at a handler, and gives the trace. */
async function traceOf(handler: (new () => Handler) | Handler, ...args: unknown[]): Promise<string[]> {
  const service = new Service()
  service.listen(Ping, handler)
  return (await service.trigger(new Ping({ trace: [] }), ...args)).trace
}

class Flow extends Handler<Ping> {
  handler_20_second({ trace }: Ping): void {
    trace.push('second')
  }

  async handler_10_first({ trace }: Ping): Promise<void> {
    await null
    trace.push('first')
  }

  // biome-ignore lint/correctness/useYield: a step may be a generator that asks for nothing
  *handler_30_third({ trace }: Ping): Generator {
    trace.push('third')
  }

  helper(): void {
    throw new Error('only methods named handler_... are steps')
  }
}

test('steps run in the order of their names, whatever kind of function they are (rule 8)', async () => {
  assert.equal(await traceOf(Flow), ['first', 'second', 'third'])
})

test('inherited steps run with added and overridden ones (rule 8)', async () => {
  class Longer extends Flow {
    override handler_20_second({ trace }: Ping): void {
      trace.push('other second')
    }

    handler_15_between({ trace }: Ping): void {
      trace.push('between')
    }
  }
  assert.equal(await traceOf(Longer), ['first', 'between', 'other second', 'third'])
})

test('names are compared by code unit, not by number', async () => {
  class Numbered extends Handler<Ping> {
    handler_9({ trace }: Ping): void {
      trace.push('9')
    }

    handler_10({ trace }: Ping): void {
      trace.push('10')
    }
  }
  assert.equal(await traceOf(Numbered), ['10', '9'])
})

test('steps get the event and the arguments of trigger, and find the event on this (rule 8)', async () => {
  class Told extends Handler<Ping> {
    handler_1(event: Ping, word: string, count: number): void {
      event.trace.push(word, String(count), String(this.event === event))
    }
  }
  assert.equal(await traceOf(Told, 'hello', 3), ['hello', '3', 'true'])
})

test('the queue of steps still to run can be edited and replaced (rule 8)', async () => {
  class Edited extends Flow {
    handler_00_edit(event: Ping): void {
      const [first, , third] = this.handlers
      assert.is(this.handlers.length, 3)
      assert.is(this.getHandlers().length, 4)
      this.handlers = [third, first, () => event.trace.push('extra')] as typeof this.handlers
    }
  }
  assert.equal(await traceOf(Edited), ['third', 'first', 'extra'])
})

test('stop() empties the queue, also after an await (rule 8)', async () => {
  class Stopping extends Flow {
    async handler_15_stop(event: Ping): Promise<void> {
      await null
      event.stop()
    }
  }
  assert.equal(await traceOf(Stopping), ['first'])
})

test('getHandlers can be overridden', async () => {
  class Backwards extends Flow {
    override getHandlers() {
      return super.getHandlers().reverse()
    }
  }
  assert.equal(await traceOf(Backwards), ['third', 'second', 'first'])
})

class Counting extends Handler<Ping> {
  count = 0
  seen: string[] = []
  #secret = 0

  handler_1(event: Ping): void {
    this.count += 1
    this.#secret += 1
    this.seen.push('x')
    event.trace.push(`${this.count} ${this.#secret} ${this.seen.length}`)
  }
}

test('every event gets a fresh object, from a class and from an instance (rule 9)', async () => {
  const model = new Counting()
  model.count = 10
  for (const [handler, expected] of [
    [Counting, '1 1 1'],
    [model, '11 1 1'],
  ] as const) {
    const service = new Service()
    service.listen(Ping, handler)
    for (let i = 0; i < 3; i++) {
      assert.equal((await service.trigger(new Ping({ trace: [] }))).trace, [expected])
    }
  }
  assert.is(model.count, 10)
  assert.equal(model.seen, [])
})

test("an instance's fields are defaults: plain data is copied for each event, other objects are shared (rule 9)", async () => {
  const database = new (class Database {
    rows = 0
  })()
  class Configured extends Handler<Ping> {
    database: object | undefined
    readonly nested = { list: [1], map: new Map([['a', { b: 1 }]]), set: new Set([1]), date: new Date(0) }

    handler_1(event: Ping): void {
      assert.is(this.database, database)
      const { list, map, set, date } = this.nested
      list.push(2)
      const inner = map.get('a') as { b: number }
      inner.b += 1
      set.add(2)
      date.setTime(date.getTime() + 1)
      event.trace.push(JSON.stringify([list, inner, [...set], date.getTime()]))
    }
  }
  const service = new Service()
  service.listen(Ping, Object.assign(new Configured(), { database }))
  for (let i = 0; i < 2; i++) {
    assert.equal((await service.trigger(new Ping({ trace: [] }))).trace, ['[[1,2],{"b":2},[1,2],1]'])
  }
})

test('data that refers to itself is copied as it is', async () => {
  class Circular extends Handler<Ping> {
    node: { self?: unknown } = {}

    handler_1(event: Ping): void {
      event.trace.push(String(this.node.self === this.node))
    }
  }
  const model = new Circular()
  model.node.self = model.node
  assert.equal(await traceOf(model), ['true'])
})

test('a function that makes a handler is asked for one for each event, so its constructor may take anything (rule 9)', async () => {
  class Configured extends Handler<Ping> {
    readonly #words: string[]

    constructor(...words: string[]) {
      super()
      this.#words = words
    }

    handler_1(event: Ping): void {
      event.trace.push(this.#words.join(' '))
      this.#words.push('again')
    }
  }
  const service = new Service()
  service.listen(Ping, () => new Configured('hello', 'there'))
  for (let i = 0; i < 2; i++) {
    assert.equal((await service.trigger(new Ping({ trace: [] }))).trace, ['hello there'])
  }
})

test('what needs arguments to be made anew is refused when it is bound, and the message shows the way (rule 9)', () => {
  class Named extends Handler<Ping> {
    readonly #name: string

    constructor(name: string) {
      super()
      this.#name = name
    }

    handler_1(event: Ping): void {
      event.trace.push(this.#name)
    }
  }
  class Listed extends Handler<Ping> {
    readonly names: string[]

    constructor(...names: string[]) {
      super()
      this.names = names
    }
  }
  class Defaulted extends Handler<Ping> {
    readonly size: number

    constructor(size = 1) {
      super()
      this.size = size
    }
  }
  class Inherits extends Listed {}
  const service = new Service()
  for (const [wrong, name] of [
    [Named, 'Named'],
    [new Named('ann'), 'Named'],
    [new Listed('ann'), 'Listed'],
    [new Defaulted(2), 'Defaulted'],
    [new Inherits('ann'), 'Inherits'],
  ] as const) {
    assert.throws(
      () => service.listen(Ping, wrong as never),
      new RegExp(`listen\\(Ping, \\(\\) => new ${name}\\(\\.\\.\\.\\)\\)`),
    )
  }
  // As classes they are constructed without arguments, which these allow.
  service.listen(Ping, Listed)
  service.listen(Ping, Defaulted)
})

test('a field that holds an object of a class of its own, a subclass of Map among them, is shared (rule 9)', async () => {
  class Bag extends Map<string, number> {
    get total(): number {
      return [...this.values()].reduce((sum, count) => sum + count, 0)
    }
  }
  class Counting extends Handler<Ping> {
    bag: Bag | undefined

    handler_1(event: Ping): void {
      this.bag?.set('x', this.bag.total + 1)
      event.trace.push(String(this.bag?.total))
    }
  }
  const service = new Service()
  service.listen(Ping, Object.assign(new Counting(), { bag: new Bag() }))
  await service.trigger(new Ping({ trace: [] }))
  assert.equal((await service.trigger(new Ping({ trace: [] }))).trace, ['2'])
})

test.run()
