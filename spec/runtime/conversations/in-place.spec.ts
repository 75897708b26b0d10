import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { assignInPlace } from '../../../lib/runtime/conversations/in-place.js'
import { decodePlain, encodePlain, type Names } from '../../../lib/runtime/plain-data.js'

const names: Names = { nameOf: () => undefined, named: () => undefined, revive: (_key, value) => value }

test('what a property holds is kept where that can be, and replaced where it can not', () => {
  const plain = { list: [1], gone: true }
  const frozen = Object.freeze({ name: 'ann' })
  const fixed = Object.defineProperty({}, 'name', { value: 'ann', enumerable: true })
  let deep: object = {}
  for (let i = 0; i < 20_000; i++) deep = { deep }
  const owner: Record<string, unknown> = { plain, frozen, fixed, deep }
  const { list } = plain
  assignInPlace(owner, 'plain', { list: [2, 3] })
  assert.equal([owner.plain, owner.plain === plain, plain.list === list], [{ list: [2, 3] }, true, true])
  for (const name of ['frozen', 'fixed']) {
    assignInPlace(owner, name, { name: 'bob' })
    assert.equal(owner[name], { name: 'bob' })
  }
  const other = decodePlain(encodePlain(deep, names, assert.unreachable as never), names)
  assignInPlace(owner, 'deep', other)
  assert.is(owner.deep, other)
})

test('what an object inherits is not filled, whatever a property is called', () => {
  const owner = { state: { gift: {} } }
  assignInPlace(
    owner,
    'state',
    JSON.parse('{"gift": {"__proto__": {"polluted": true}, "constructor": {"a": 1}}}'),
  )
  assert.is(({} as { polluted?: boolean }).polluted, undefined)
  assert.not.ok(Object.hasOwn(Object, 'a'))
  assert.ok(Object.hasOwn(owner.state.gift, '__proto__'))
})

test('an object that is also in a map, a set or a new object stays one object, with what was kept', () => {
  const list = [1]
  const owner = { state: { list, byName: new Map([['a', list]]), all: new Set([list]) } }
  const next = [1, 2]
  const value: Record<string, unknown> = {
    list: next,
    byName: new Map<unknown, unknown>([['a', next]]),
    all: new Set([next]),
    more: { again: [next] },
  }
  ;(value.byName as Map<unknown, unknown>).set('itself', value.byName)
  assignInPlace(owner, 'state', value)
  const { state } = owner as unknown as { state: Record<string, unknown> }
  assert.is(state.list, list)
  assert.equal(list, [1, 2])
  assert.is((state.byName as Map<string, unknown>).get('a'), list)
  assert.is((state.byName as Map<string, unknown>).get('itself'), state.byName)
  assert.ok((state.all as Set<unknown>).has(list))
  assert.is((state.more as { again: unknown[] }).again[0], list)
})

test.run()
