import { merge } from 'mara-ts/streams'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rejection, turns } from '../support/service.js'
import { COUNT, drain, failure, source } from './sources.js'

test('items of all sources come, and the end comes after the last of them', async () => {
  const { items } = await drain(merge(source('busy'), source('empty'), source('busy')))
  assert.equal(items.sort(), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
  assert.equal(await drain(merge()), { items: [] })
})

test('sources that always have something take turns', async () => {
  const iterator = merge(source('endless'), source('endless'))[Symbol.asyncIterator]()
  const items: unknown[] = []
  while (items.length < 6) items.push((await iterator.next()).value)
  assert.equal(items, [1, 1, 2, 2, 3, 3])
  await iterator.return?.()
})

test('a silent source keeps no other from coming', async () => {
  const late = source('late')
  const iterator = merge(source('silent'), late)[Symbol.asyncIterator]()
  for (let item = 1; item <= 3; item += 1) {
    const waiting = iterator.next()
    await turns()
    late.give()
    assert.is((await waiting).value, item)
  }
  await iterator.return?.()
})

test('nothing is asked for before somebody waits, and at most one item ahead of each source', async () => {
  const sources = [source('endless'), source('endless'), source('endless')]
  const iterator = merge(...sources)[Symbol.asyncIterator]()
  await turns()
  assert.equal(
    sources.map(({ given }) => given.length),
    [0, 0, 0],
  )
  await iterator.next()
  await turns()
  assert.equal(
    sources.map(({ given }) => given.length),
    [1, 1, 1],
  )
  await iterator.return?.()
})

test('however many wait, a source is asked for one item at a time', async () => {
  const from = source('late')
  const iterator = merge(from)[Symbol.asyncIterator]()
  const waits = [iterator.next(), iterator.next()]
  await turns()
  assert.is(from.waiting, 1)
  from.give()
  await turns()
  assert.is(from.waiting, 1)
  from.give()
  assert.equal(
    (await Promise.all(waits)).map(({ value }) => value),
    [1, 2],
  )
  await iterator.return?.()
})

test('an error comes behind the items that came before it, once, and ends all others', async () => {
  const others = [source('silent'), source('endless')]
  const iterator = merge(source('erroring'), ...others)[Symbol.asyncIterator]()
  const items: unknown[] = []
  const reading = async (): Promise<never> => {
    for (;;) items.push((await iterator.next()).value)
  }
  assert.is(await rejection(reading()), failure)
  assert.equal(items.filter((_, index) => index % 2 === 0).slice(0, COUNT), [1, 2, 3, 4, 5])
  assert.is((await iterator.next()).done, true)
  await turns()
  for (const other of others) assert.is(other.ended, 1)
})

test('where one of them cannot be opened, those that were opened before it are ended', async () => {
  const first = source('endless')
  const broken = {
    [Symbol.asyncIterator]() {
      throw failure
    },
  } as AsyncIterable<number>
  assert.is((await drain(merge(first, broken))).error, failure)
  assert.is(first.ended, 1)
})

test('a source may be merged with itself', async () => {
  const from = source('busy')
  assert.is((await drain(merge(from, from))).items.length, 2 * COUNT)
})

/** Gives items without end, and its cleanup fails. */
function stained(reason: Error, isSync: boolean): AsyncIterable<number> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: 1 }),
      return: () => {
        if (isSync) throw reason
        return Promise.reject(reason)
      },
    }),
  }
}

test('a cleanup that fails behind an error ends no process, and keeps no other source from ending', async () => {
  for (const isSync of [false, true]) {
    const [before, after] = [source('endless'), source('endless')]
    const bad = stained(new Error('stain'), isSync)
    const { error } = await drain(merge(before, bad, after, source('erroring')))
    assert.is(error, failure)
    assert.equal([before.ended, after.ended], [1, 1])
    const broken = {
      [Symbol.asyncIterator]() {
        throw failure
      },
    } as AsyncIterable<number>
    assert.is((await drain(merge(bad, before, broken))).error, failure)
    assert.is(before.ended, 2)
    await turns()
  }
})

test('whoever leaves is told of a cleanup that fails, when all others have ended', async () => {
  for (const isSync of [false, true]) {
    const [before, after] = [source('endless'), source('endless')]
    const reason = new Error('stain')
    const iterator = merge(before, stained(reason, isSync), stained(reason, isSync), after)[
      Symbol.asyncIterator
    ]()
    await iterator.next()
    await turns()
    assert.is(await rejection(iterator.return?.() as Promise<unknown>), reason)
    assert.equal([before.ended, after.ended], [1, 1])
  }
})

test('a source that is none is refused, and those that were opened before it are ended', async () => {
  const first = source('endless')
  for (const wrong of [undefined, null, 5, ['a']]) {
    const { error } = await drain(merge(first, wrong as never))
    assert.match(String(error), 'merge() got source: ')
  }
  assert.is(first.ended, first.opened)
})

test.run()
