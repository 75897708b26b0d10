import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findUnsafe } from '../../lib/storage/json.js'

const test = suite('storage json')

test('whatever comes back from JSON as it went in is safe', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.is(findUnsafe(value), undefined)
    }),
  )
})

test('what is too deep for those who write and read it is found, and told in a few words', () => {
  const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
  assert.is(findUnsafe(nested(500), ['field']), undefined)
  for (const depth of [501, 100_000]) {
    const problem = findUnsafe(nested(depth), ['field'])
    assert.equal(problem?.path, ['field'])
    assert.match(problem?.message ?? '', /more than 500 objects within each other/)
  }
})

test('undefined properties are safe: they read as undefined again', () => {
  assert.is(findUnsafe({ a: undefined }), undefined)
  assert.is(findUnsafe(Object.assign(Object.create(null), { a: 1 })), undefined)
})

test('what JSON would change or drop without a word is found, with the path to it', () => {
  class Point {}
  const unsafe: [unknown, RegExp][] = [
    [Number.NaN, /NaN/],
    [Number.POSITIVE_INFINITY, /Infinity/],
    [new Date(0), /Date.*codec/],
    [new Map(), /Map/],
    [new Set(), /Set/],
    [new Point(), /Point/],
    [/x/, /RegExp/],
    [new Uint8Array(), /Uint8Array/],
    [1n, /bigint/],
    [Symbol('x'), /symbol/],
    [() => 1, /function/],
    [[undefined].at(0), /undefined/],
  ]
  for (const [value, message] of unsafe) {
    assert.match(findUnsafe(value)?.message ?? '', message)
    const deep = findUnsafe({ a: [1, { b: value ?? Number.NaN }] }, ['field'])
    assert.equal(deep?.path, ['field', 'a', 1, 'b'])
  }
  assert.ok(findUnsafe([undefined]))
})

test('what contains itself is found; what is merely held twice is safe', () => {
  const loop: { inner: unknown[] } = { inner: [] }
  loop.inner.push(loop)
  assert.match(findUnsafe(loop)?.message ?? '', /contains itself/)
  const twice = { a: 1 }
  assert.is(findUnsafe([twice, twice]), undefined)
})

test.run()
