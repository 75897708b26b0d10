import { inspect } from 'node:util'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { printed, summary } from '../../lib/console/print.js'
import { statsRows } from '../../lib/console/stats-rows.js'

const test = suite('console/print')

const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

test('whatever a value holds, it is printed without control characters, and a summary is one line', () => {
  const text = fc.string({ unit: fc.oneof(fc.constantFrom('\x1b', '\n', '\u202e', '\x9b'), fc.string()) })
  fc.assert(
    fc.property(fc.anything(), text, (value, name) => {
      const values = [value, name, { [name]: name }, new Error(name), Symbol(name), new Map([[name, value]])]
      for (const one of values) {
        assert.not.match(summary(one), UNSAFE)
        for (const line of printed(one)) assert.not.match(line, UNSAFE)
      }
    }),
  )
})

test('secrets are not shown in a summary, and getters do not run for it', () => {
  const state = {
    name: 'ann',
    password: 'x',
    apiToken: 'y',
    get trap(): string {
      throw new Error('ran')
    },
  }
  assert.is(summary(state), "{ name: 'ann', password: '***', apiToken: '***', trap: '(computed)' }")
})

test('secrets are not shown wherever they are, in objects of classes, lists, sets and maps', () => {
  class User {
    name = 'ann'
    passwordHash = '$scrypt$hunter2'
  }
  class State {
    user = new User()
    list = [{ token: 'hunter2', note: 'kept' }]
    since = new Date(0)
    table = new Map<unknown, unknown>([
      ['apiSecret', 'hunter2'],
      ['place', 'lobby'],
    ])
    set = new Set([new User()])
    proxy = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('ran')
        },
      },
    )
  }
  const text = summary(new State())
  assert.not.match(text, 'hunter2')
  for (const shown of ["State { user: User { name: 'ann', passwordHash: '***' }", "'lobby'", '1970-01-01']) {
    assert.match(text, shown)
  }
  assert.match(text, 'a proxy')
  assert.not.match(summary([new User()]), 'hunter2')
})

test('secrets are not shown that errors, functions, dates and other objects of the language have as properties', () => {
  const secret = { password: 'hunter2' }
  const things = [
    new Error('failed'),
    new TypeError('failed', { cause: secret }),
    new Date(0),
    /x/gi,
    function named() {},
    Buffer.from('x'),
    new Float64Array([1.5]),
    new DataView(new ArrayBuffer(1)),
    [1],
    new Map(),
  ]
  for (const thing of things) {
    const text = summary({ thing: Object.assign(thing, secret), note: 'kept' })
    assert.not.match(text, 'hunter2')
    assert.not.match(text, "can't be shown")
    assert.match(text, "note: 'kept'")
  }
  assert.match(summary(new TypeError('failed')), 'TypeError: failed')
  assert.match(summary({ since: Object.assign(new Date(0), secret) }), '1970-01-01')
  assert.match(summary(Object.assign(/x/gi, secret)), '/x/gi')
  assert.match(summary(Object.assign(new Float64Array([1.5]), secret)), 'Float64Array(1) [ 1.5 ]')
  assert.match(summary(Object.assign(function named() {}, secret)), '[Function: named]')
})

test('a URL is shown without its password, and what can not be shown hides nothing else', () => {
  const state = {
    name: 'ann',
    home: new URL('http://ann:hunter2@example.org/'),
    fake: Object.create(URL.prototype),
    headers: new Headers({ a: 'b' }),
  }
  const text = summary(state)
  assert.match(text, /^\{ name: 'ann', home: 'http:\/\/ann:\*\*\*@example\.org\/', fake: .*, headers: /)
  assert.not.match(text, 'hunter2')
})

test("a program's own way to show a value does not run for a summary, and may fail when it is printed", () => {
  const own = {
    [inspect.custom]() {
      throw new Error('no')
    },
  }
  assert.not.match(summary(own), /no\b.*can't/)
  assert.match(printed(own).join(), /can't be shown: no/)
})

test('what is huge is cut', () => {
  assert.ok(summary('x'.repeat(1e6)).length < 600)
  const lines = printed(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i}`, i])))
  assert.ok(lines.length <= 501)
  assert.match(lines.at(-1) as string, /left out/)
})

test('figures become rows, however deep they are', () => {
  const stats = {
    at: 0,
    uptime: 65_000,
    clients: { connected: 2 },
    eventLoop: { delay: null },
    queue: { mean: 1.23456 },
    'n\x1b': 'v\x1b',
  }
  assert.equal(statsRows(stats), [
    ['at', '1970-01-01T00:00:00.000Z'],
    ['uptime', '65000 ms (1 minute)'],
    ['clients.connected', '2'],
    ['eventLoop.delay', '-'],
    ['queue.mean', '1.23'],
    ['n\\x1b', 'v\\x1b'],
  ])
})

test.run()
