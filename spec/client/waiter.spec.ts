import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hintOf, LINE, LINE_ITSELF, type Outcome, refused, served, Waiter } from '../../lib/client/waiter.js'
import { rejection } from '../support/service.js'

/** A wait for the length of a line that takes one reason for an empty one. */
const LENGTH: Outcome<string, number> = {
  line(item) {
    if (item === 'odd') throw new RangeError('odd')
    return item.length
  },
  none(reason) {
    if (reason === 'fine') return 0
    throw reason
  },
}

test('what a client was shown is remembered by its beginning; a wait for a line shows nothing', () => {
  assert.is(hintOf(LINE), undefined)
  assert.is(hintOf({ kind: 'input', message: 'Name: ' }), 'Name: ')
  assert.is(hintOf({ kind: 'input', message: 'x'.repeat(100) }), 'x'.repeat(60))
  assert.is(hintOf({ kind: 'select', message: 5 }), '5')
})

test('a wait ends in a line or in a reason, whichever of several waits began last', async () => {
  const [first, second] = [new Waiter(LINE_ITSELF), new Waiter(LINE_ITSELF)]
  first.serve('line')
  assert.is(await first.promise, 'line')
  const failed = rejection(second.promise)
  second.refuse('gone')
  assert.is(await failed, 'gone')
})

test('a wait settles with what its outcome makes of a line or a reason', async () => {
  const waits = Array.from({ length: 4 }, () => new Waiter(LENGTH))
  const [line, fine, odd, bad] = waits as [Waiter<string>, Waiter<string>, Waiter<string>, Waiter<string>]
  line.serve('four')
  fine.refuse('fine')
  odd.serve('odd')
  bad.refuse('bad')
  assert.is(await line.promise, 4)
  assert.is(await fine.promise, 0)
  assert.instance(await rejection(odd.promise), RangeError)
  assert.is(await rejection(bad.promise), 'bad')
})

test('a wait that is over as it begins settles in the same way', async () => {
  assert.is(await served(LENGTH, 'four'), 4)
  assert.instance(await rejection(served(LENGTH, 'odd')), RangeError)
  assert.is(await refused(LENGTH, 'fine'), 0)
  assert.is(await rejection(refused(LENGTH, 'bad')), 'bad')
})

test('nobody needs to look at a wait that ends without a line', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): number => unhandled.push(reason)
  process.on('unhandledRejection', note)
  void refused(LENGTH, 'refused')
  const odd = new Waiter(LENGTH)
  odd.serve('odd')
  new Waiter(LINE_ITSELF).refuse('none')
  // Node tells of them when the microtasks have run dry, before the event loop goes on.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  assert.equal(unhandled, [])
})

test.run()
