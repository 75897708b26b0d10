import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { withClient } from './support.js'

test('lines are had one by one and by iteration (rules 10 and 11)', async () => {
  await withClient(async (client, peer) => {
    peer.send('one\r\ntwo\r\nthree\r\n')
    assert.is(await client.nextLine(), 'one')
    for await (const line of client) {
      assert.is(line, 'two')
      break
    }
    assert.is(await client.nextLine(), 'three')
    assert.ok(client.connected, 'leaving the loop did not close the connection')
  })
})

for (const way of ['return', 'throw'] as const) {
  test(`${way}() takes back the wait of a next() that is pending, and the line goes to whoever comes next (rule 11)`, async () => {
    await withClient(async (client, peer) => {
      const lines = client[Symbol.asyncIterator]() as Required<AsyncIterator<string, undefined>>
      const pending = [lines.next(), lines.next()]
      const left = lines[way](new Error('enough') as never).catch((error) => error.message)
      assert.equal(await left, way === 'return' ? { done: true, value: undefined } : 'enough')
      for (const wait of pending) assert.equal(await wait, { done: true, value: undefined })
      assert.equal(await lines.next(), { done: true, value: undefined })
      peer.send('for whoever comes next\n')
      assert.is(await client.nextLine(), 'for whoever comes next')
    })
  })
}

test('one iteration takes back its own waits only (rule 11)', async () => {
  await withClient(async (client, peer) => {
    const [left, other] = [client[Symbol.asyncIterator](), client[Symbol.asyncIterator]()]
    void left.next()
    const iterated = other.next()
    const waited = client.nextLine()
    await left.return?.()
    peer.send('1\n2\n')
    assert.equal(await iterated, { done: false, value: '1' })
    assert.is(await waited, '2')
  })
})

/** Whoever is first, as libraries of async iterables merge: all are waited for at once, and left together. */
async function* merge<T>(...sources: AsyncIterable<T>[]): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]())
  const next = async (index: number) => ({
    index,
    result: await (iterators[index] as AsyncIterator<T>).next(),
  })
  const waiting = iterators.map((_, index) => next(index))
  try {
    for (;;) {
      const { index, result } = await Promise.race(waiting)
      if (result.done) return
      waiting[index] = next(index)
      yield result.value
    }
  } finally {
    for (const iterator of iterators) void iterator.return?.()
  }
}

test('a pipeline that merges clients and is left early loses no line (rule 11)', async () => {
  await withClient((one, onePeer) =>
    withClient(async (other, otherPeer) => {
      onePeer.send('first\n')
      for await (const line of merge(one, other)) {
        assert.is(line, 'first')
        break
      }
      onePeer.send('second\n')
      otherPeer.send('third\n')
      assert.equal(await Promise.all([one.nextLine(), other.nextLine()]), ['second', 'third'])
    }),
  )
})

test('a loop that waits gets each line as it comes, and the end', async () => {
  await withClient(async (client, peer) => {
    const lines = client[Symbol.asyncIterator]()
    for (const text of ['one', '', 'two']) {
      const next = lines.next()
      peer.send(`${text}\n`)
      assert.equal(await next, { done: false, value: text })
    }
    const end = [lines.next(), lines.next()]
    peer.end()
    for (const wait of end) assert.equal(await wait, { done: true, value: undefined })
  })
})

test.run()
