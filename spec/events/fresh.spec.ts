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

test('what only looks like a constructor with arguments, or like #private fields, is taken (rule 9)', () => {
  class Clones extends Handler<Ping> {
    clone(): unknown {
      return new (this.constructor as unknown as new (options: object) => unknown)({ deep: true })
    }
  }
  class Noted extends Array<number> {
    note = 'see page.#12'
  }
  class Lists extends Handler<Ping> {
    list = new Noted()
  }
  const service = new Service()
  const methods = { class: () => {}, async classes() {} }
  const short = {
    class() {},
  }
  for (const handler of [new Clones(), new Lists(), methods.class, methods.classes, short.class]) {
    service.listen(Ping, handler as never)
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

class Bag extends Map<string, number> {
  label = ['bag']

  get total(): number {
    return [...this.values()].reduce((sum, count) => sum + count, 0)
  }

  override set(name: string, count: number): this {
    this.label.push(name)
    return super.set(name, count)
  }
}

test('a field that holds a subclass of a list, map, set or date is copied as what it is (rule 9)', async () => {
  class Row extends Array<number> {
    last(): number | undefined {
      return this.at(-1)
    }
  }
  class Holding extends Handler<Ping> {
    bag = new Bag()
    rows = new Row(1, 2)

    handler_1(event: Ping): void {
      this.bag.set('x', this.bag.total)
      this.rows.push(this.rows.length)
      event.trace.push(`${this.bag.total} ${this.bag.label} ${this.rows.last()} ${this.rows instanceof Row}`)
    }
  }
  const model = new Holding()
  model.bag.set('gold', 2).set('silver', 1)
  const service = new Service()
  service.listen(Ping, model)
  for (let i = 0; i < 2; i++) {
    const { trace } = await service.trigger(new Ping({ trace: [] }))
    assert.equal(trace, ['6 bag,gold,silver,x 2 true'])
  }
  assert.is(model.bag.total, 3)
})

test('a collection whose #private fields are out of reach is refused when it is bound (rule 9)', () => {
  class Safe extends Set<string> {
    #opened = 0
    open(): number {
      return ++this.#opened
    }
  }
  class Holding extends Handler<Ping> {
    inside: unknown
  }
  for (const inside of [
    new Safe(),
    [new Safe()],
    { deep: new Map([['a', new Safe()]]) },
    new Set([new Safe()]),
  ]) {
    assert.throws(
      () => new Service().listen(Ping, Object.assign(new Holding(), { inside })),
      /its field inside holds a Safe, .* listen\(Ping, \(\) => new Holding\(\.\.\.\)\)/,
    )
  }
  // An object of any other class is shared, whatever is in it.
  class Database {
    readonly names = new Safe()
    #rows = 0
    add(): number {
      return ++this.#rows
    }
  }
  new Service().listen(Ping, Object.assign(new Holding(), { inside: new Database() }))
})

test('a step that is a field, bound to its object, sees the fresh one (rule 9)', async () => {
  class Arrows extends Handler<Ping> {
    count = 0
    handler_1 = async (event: Ping): Promise<void> => {
      this.count += 1
      event.trace.push(`${this.count} ${this.event === event}`)
    }
  }
  const service = new Service()
  service.listen(Ping, new Arrows())
  for (let i = 0; i < 2; i++) {
    assert.equal((await service.trigger(new Ping({ trace: [] }))).trace, ['1 true'])
  }
})

test('a function that was put into a field is kept (rule 9)', async () => {
  class Told extends Handler<Ping> {
    word = (): string => 'nothing'
    handler_1(event: Ping): void {
      event.trace.push(this.word())
    }
  }
  assert.equal(await traceOf(Object.assign(new Told(), { word: () => 'something' })), ['something'])
})

test('a class that inherits a constructor with arguments is refused like the one that has it (rule 9)', () => {
  class Named extends Handler<Ping> {
    readonly name: string

    constructor(name: string) {
      super()
      this.name = name
    }
  }
  class Silent extends Named {}
  class Guest extends Named {
    constructor() {
      super('guest')
    }
  }
  assert.throws(
    () => new Service().listen(Ping, Silent as never),
    /listen\(Ping, \(\) => new Silent\(\.\.\.\)\)/,
  )
  new Service().listen(Ping, Guest)
})

test.run()
