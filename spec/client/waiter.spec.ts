import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hintOf, LINE, newWaiter } from '../../lib/client/waiter.js'
import { rejection } from '../support/service.js'

test('what a client was shown is remembered by its beginning; a wait for a line shows nothing', () => {
  assert.is(hintOf(LINE), undefined)
  assert.is(hintOf({ kind: 'input', message: 'Name: ' }), 'Name: ')
  assert.is(hintOf({ kind: 'input', message: 'x'.repeat(100) }), 'x'.repeat(60))
  assert.is(hintOf({ kind: 'select', message: 5 }), '5')
})

test('a waiter gets an item or a reason', async () => {
  const [served, refused] = [newWaiter<string>(undefined, undefined), newWaiter<string>(undefined, undefined)]
  served.resolve('line')
  assert.is(await served.promise, 'line')
  const failed = rejection(refused.promise)
  refused.reject('gone')
  assert.is(await failed, 'gone')
})

test.run()
