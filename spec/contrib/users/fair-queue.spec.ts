import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FairQueue } from '../../../lib/contrib/users/fair-queue.js'
import { deferred, rejection, turns } from '../../support/service.js'

const test = suite('contrib/users/fair-queue')

/** A queue whose work is named, and ends when the spec says so. */
function queued(atOnce: number) {
  const queue = new FairQueue(atOnce)
  const under = new Map<string, () => void>()
  const begun: string[] = []
  return {
    begun,
    ask(name: string, from?: string, signal?: AbortSignal): Promise<string> {
      return queue.run(
        async () => {
          begun.push(name)
          const { promise, resolve } = deferred()
          under.set(name, resolve)
          await promise
          return name
        },
        { from, signal },
      )
    },
    /** Ends what is under way, one after another, until all is done. */
    async drain(): Promise<void> {
      for (let i = 0; i < begun.length; i++) {
        under.get(begun[i] as string)?.()
        await turns()
      }
    },
  }
}

test('so much is under way at once, and the rest waits in the order asked for', async () => {
  const { ask, begun, drain } = queued(2)
  const all = ['1', '2', '3', '4'].map((name) => ask(name))
  await turns()
  assert.equal(begun, ['1', '2'])
  await drain()
  assert.equal(await Promise.all(all), ['1', '2', '3', '4'])
  assert.equal(begun, ['1', '2', '3', '4'])
})

test('whoever asks for much keeps others waiting for one turn, not for all of it', async () => {
  const { ask, begun, drain } = queued(1)
  for (const name of ['a1', 'a2', 'a3', 'a4']) ask(name, 'a')
  ask('b1', 'b')
  ask('c1', 'c')
  ask('b2', 'b')
  await drain()
  assert.equal(begun, ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4'])
})

test('whoever has gone before its turn is left out, and holds nobody up', async () => {
  const { ask, begun, drain } = queued(1)
  const leaving = new AbortController()
  const reason = new Error('gone')
  ask('a1', 'a')
  const gone = [ask('b1', 'b', leaving.signal), ask('a2', 'a', leaving.signal)].map(rejection)
  ask('a3', 'a', new AbortController().signal)
  leaving.abort(reason)
  assert.equal(await Promise.all(gone), [reason, reason])
  assert.is(await rejection(ask('b2', 'b', leaving.signal)), reason)
  await drain()
  assert.equal(begun, ['a1', 'a3'])
})

test('an abort during the work changes nothing, and work that fails gives its place on', async () => {
  const queue = new FairQueue(1)
  const controller = new AbortController()
  const result = queue.run(
    async () => {
      controller.abort()
      return 'done'
    },
    { signal: controller.signal },
  )
  assert.is(await result, 'done')
  const error = new Error('out of memory')
  assert.is(await rejection(queue.run(() => Promise.reject(error), {})), error)
  assert.is(await queue.run(async () => 'next', {}), 'next')
})

test('addresses of one network of IPv6 wait behind each other', async () => {
  const { ask, begun, drain } = queued(1)
  const all = [
    ask('first'),
    ask('a1', '2001:db8::1'),
    ask('a2', '2001:db8::2'),
    ask('a3', '2001:db8::3'),
    ask('b', '192.0.2.1'),
  ]
  await drain()
  await Promise.all(all)
  assert.equal(begun, ['first', 'a1', 'b', 'a2', 'a3'])
})

test.run()
