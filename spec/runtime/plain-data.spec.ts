import { inspect, isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodePlain, encodePlain, type Names } from '../../lib/runtime/plain-data.js'

const ann = { is: 'a client' }
const bob = { is: 'a client that has gone' }
const stored = (key: string) => ({ key, toJSON: () => ({ $object: `user/${key}` }) })
const cat = stored('cat')
const names: Names = {
  nameOf: (value) => (value === ann ? 1 : value === bob ? 2 : undefined),
  named: (name) => (name === 1 ? ann : undefined),
  revive: (_key, value) => {
    const { $object } = value as { $object?: string }
    if ($object === undefined) return value
    return $object === 'user/cat' ? cat : undefined
  },
}

/** What comes back, and what was told on the way. */
function carried(value: unknown): { back: unknown; told: string[] } {
  const told: string[] = []
  const text = encodePlain(value, names, (place, why) => told.push(`${place}: ${why}`))
  assert.not.match(text, /[\n\t]/)
  return { back: decodePlain(text, names), told }
}

test('all that JSON can hold comes back as it was, with any names', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, name) => {
      fc.pre(name !== '__proto__' && !JSON.stringify(value).includes('__proto__') && !Object.is(value, -0))
      const data = { [name]: value }
      // Negative zero is the one thing that JSON does not tell from another.
      const expected = JSON.parse(JSON.stringify(data))
      assert.equal(carried(data), { back: expected, told: [] })
    }),
  )
})

test('dates, maps, sets, bytes, big integers and odd numbers come back as what they were', () => {
  const data = {
    since: new Date(86_400_000),
    seen: new Map<unknown, unknown>([
      ['ann', new Set([1, new Date(1)])],
      [2, new Map()],
    ]),
    bytes: new Uint8Array([0, 255]),
    big: 2n ** 70n,
    numbers: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5],
    list: [undefined, null, 'text'],
  }
  assert.equal(carried(data), { back: data, told: [] })
})

test('a Buffer comes back as a Buffer, since its methods give other results than those of a Uint8Array', () => {
  const { back, told } = carried({ rest: Buffer.from('a\r\n'), same: new Uint8Array([120]) })
  const { rest, same } = back as { rest: Buffer; same: Uint8Array }
  assert.equal(told, [])
  assert.ok(Buffer.isBuffer(rest))
  assert.is(rest.indexOf('\r\n'), 1)
  assert.is(Object.getPrototypeOf(same), Uint8Array.prototype)
})

test('negative zero stays one, and a hole in a list is undefined, also where all else is plain', () => {
  const holey: unknown[] = []
  holey[1] = 1
  for (const [data, expected] of [
    [-0, -0],
    [{ list: [0, -0] }, { list: [0, -0] }],
    [holey, [undefined, 1]],
  ] as const) {
    const { back, told } = carried(data)
    assert.equal(told, [])
    assert.ok(isDeepStrictEqual(back, expected), inspect(back))
  }
})

test('properties that look like the marks of the encoding are only properties', () => {
  for (const data of [
    { $date: 5 },
    { $plain: [] },
    { $client: 1 },
    { a: { $undefined: true }, $b: [{ $map: 1 }] },
  ]) {
    assert.equal(carried(data), { back: data, told: [] })
  }
})

test('a client comes back as the same client, one that has gone not at all, and a stored object by its name', () => {
  const { back, told } = carried({ partner: ann, rival: bob, user: cat, all: [ann] })
  assert.is((back as { partner: unknown }).partner, ann)
  assert.is((back as { user: unknown }).user, cat)
  assert.equal(back, { partner: ann, user: cat, all: [ann] })
  assert.equal(told, [])
})

test('a stored object that was deleted does not come back, nor does another one that has its name by now', () => {
  assert.equal(carried({ user: stored('dan'), other: stored('cat') }), { back: {}, told: [] })
})

test('what leads back to itself, or is there twice, comes back so', () => {
  const hall = { name: 'hall', exits: {} as Record<string, object> }
  const yard = { name: 'yard', exits: { south: hall } as Record<string, object> }
  hall.exits = { north: yard, again: yard, itself: hall }
  const list: unknown[] = [hall]
  list.push(list, new Map([[hall, new Set([list])]]))
  const { back, told } = carried({ room: hall, list })
  const { room, list: found } = back as { room: typeof hall; list: unknown[] }
  assert.is(room.exits.north, room.exits.again)
  assert.is((room.exits.north as typeof yard).exits.south, room)
  assert.is(room.exits.itself, room)
  assert.is(found[0], room)
  assert.is(found[1], found)
  assert.ok((found[2] as Map<unknown, Set<unknown>>).get(room)?.has(found))
  assert.equal(told, [])
})

test('however many ways lead through it, and however deep it is, it is gone through once', () => {
  let deep: object = { end: true }
  for (let i = 0; i < 50_000; i++) deep = { left: deep, right: deep }
  let { back } = carried(deep)
  let depth = 0
  for (; (back as { left?: unknown }).left !== undefined; depth++) back = (back as { left: unknown }).left
  assert.equal([depth, back], [50_000, { end: true }])
  let chain: object = {}
  for (let i = 0; i < 50_000; i++) chain = { next: chain }
  assert.ok(carried(chain).back)
})

test('a table of the same data is the same data, whatever it holds', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!Object.is(value, -0))
      const twice = { value }
      const expected = JSON.parse(JSON.stringify(value))
      const { back } = carried([twice, twice])
      assert.equal(back, [{ value: expected }, { value: expected }])
    }),
  )
})

test('what does not come back, or not as it was, is told with its place', () => {
  class Hero {
    strength = 9
  }
  const data = { quest: { done: () => {}, hero: new Hero() }, mark: Symbol('x'), name: 'ann' }
  const { back, told } = carried(data)
  assert.equal(back, { quest: { hero: { strength: 9 } }, name: 'ann' })
  assert.ok(told.includes("quest.done: a function can't be carried over"))
  assert.ok(told.includes('quest.hero: it is a Hero, and is restored as a plain Object'))
  assert.ok(told.includes("mark: a symbol can't be carried over"))
})

test('a URL, a subclass of Map and other objects with a class of their own are told, by the path of their field', () => {
  class Bag extends Map<unknown, unknown> {}
  class Deck extends Array {}
  class Raw extends Uint8Array {}
  const data = {
    home: new URL('https://example.org/'),
    inner: { bag: new Bag([[1, 2]]), deck: Deck.from([1, 2]), raw: Raw.from([120]), pattern: /x/ },
    nobody: Object.create(null),
  }
  const { back, told } = carried(data)
  assert.equal(back, {
    home: 'https://example.org/',
    inner: { bag: new Map([[1, 2]]), deck: [1, 2], raw: new Uint8Array([120]), pattern: {} },
    nobody: {},
  })
  assert.equal(told.sort(), [
    'home: it is a URL, and is restored as what its toJSON() gives',
    'inner.bag: it is a Bag, and is restored as a plain Map',
    'inner.deck: it is a Deck, and is restored as a plain Array',
    'inner.pattern: it is a RegExp, and is restored as a plain Object',
    'inner.raw: it is a Raw, and is restored as a plain Uint8Array',
  ])
})

test('a subclass of Array is told even where all else is plain', () => {
  class Deck extends Array {}
  assert.equal(carried({ deck: Deck.from([1]) }).told, [
    'deck: it is a Deck, and is restored as a plain Array',
  ])
})

test('a place is the same for all items of a list, a set or a map: an operator hears of it once', () => {
  const links = Array.from({ length: 3 }, () => ({ to: new URL('https://example.org/') }))
  const told = new Set(carried({ links, more: { set: new Set(links), map: new Map([[links, links]]) } }).told)
  assert.equal([...told], ['links[].to: it is a URL, and is restored as what its toJSON() gives'])
})

test('plain data is a line of JSON however many objects there are, and a table only where it is very deep', () => {
  const many = { list: Array.from({ length: 5_000 }, (_, i) => ({ i })) }
  assert.is(
    encodePlain(many, names, () => {}),
    JSON.stringify(many),
  )
  let deep: object = {}
  for (let i = 0; i < 400; i++) deep = { deep }
  assert.is(
    encodePlain(deep, names, () => {}),
    JSON.stringify(deep),
  )
  for (let i = 0; i < 400; i++) deep = { deep }
  assert.match(
    encodePlain(deep, names, () => {}),
    /^\*/,
  )
})

test('what throws when it is read is told, and all the rest comes back', () => {
  const broken = {
    get bad() {
      throw new Error('no')
    },
    good: 1,
  }
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('nobody looks into this')
      },
    },
  )
  const badWord = { toJSON: () => 5n }
  const { back, told } = carried({ broken, proxy, badWord, name: 'ann' })
  assert.equal(back, { broken: { good: 1 }, proxy: {}, name: 'ann' })
  assert.is(told.length, 3)
  assert.ok(told.includes("broken.bad: it can't be read: Error: no"))
})

test('nothing at all is carried as nothing', () => {
  assert.is(carried(undefined).back, undefined)
  assert.equal(carried({ gone: undefined }).back, {})
})

test.run()
