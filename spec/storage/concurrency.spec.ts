import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KeyedQueue, Semaphore } from '../../lib/storage/concurrency.js'
import { rejection } from './support/people.js'

const test = suite('storage concurrency')

const gate = () => {
  let open = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), passed }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('tasks of one key run one after another, in the order they were asked for', async () => {
  const queue = new KeyedQueue()
  const first = gate()
  const log: string[] = []
  const task = (name: string, wait: Promise<void> = Promise.resolve()) =>
    queue.run('a', async () => {
      log.push(`${name} begins`)
      await wait
      log.push(`${name} ends`)
    })
  const all = [task('one', first.passed), task('two'), task('three')]
  await turn()
  assert.equal(log, ['one begins'])
  first.open()
  await Promise.all(all)
  assert.equal(log, ['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends'])
})

test('tasks of different keys do not wait for each other', async () => {
  const queue = new KeyedQueue()
  const never = gate()
  const slow = queue.run('a', () => never.passed)
  assert.is(await queue.run('b', async () => 5), 5)
  never.open()
  await slow
})

test('a task that fails does not hold up the next', async () => {
  const queue = new KeyedQueue()
  const failed = queue.run('a', async () => {
    throw new Error('broken')
  })
  const next = queue.run('a', async () => 'fine')
  assert.is((await rejection(failed)).message, 'broken')
  assert.is(await next, 'fine')
})

test('a task whose signal aborts before its turn never runs', async () => {
  const queue = new KeyedQueue()
  const first = gate()
  const controller = new AbortController()
  let ran = false
  const slow = queue.run('a', () => first.passed)
  const left = queue.run(
    'a',
    async () => {
      ran = true
    },
    controller.signal,
  )
  const reason = new Error('enough')
  controller.abort(reason)
  assert.is(await rejection(left), reason)
  first.open()
  await slow
  await queue.idle()
  assert.not.ok(ran)
})

test('a task that has begun is finished though nobody waits for it any more', async () => {
  const queue = new KeyedQueue()
  const first = gate()
  const controller = new AbortController()
  let finished = false
  const run = queue.run(
    'a',
    async () => {
      await first.passed
      finished = true
    },
    controller.signal,
  )
  await turn()
  controller.abort()
  assert.is((await rejection(run)).name, 'AbortError')
  first.open()
  await queue.idle()
  assert.ok(finished)
})

test('idle waits for tasks that are added while it waits', async () => {
  const queue = new KeyedQueue()
  const first = gate()
  let second = false
  void queue.run('a', async () => {
    await first.passed
    void queue.run('b', async () => {
      await turn()
      second = true
    })
  })
  const idle = queue.idle()
  first.open()
  await idle
  assert.ok(second)
})

test('a limit never runs more at once than it allows, and runs all, first come, first served', async () => {
  const limit = new Semaphore(3)
  let running = 0
  let most = 0
  const order: number[] = []
  const task = (i: number) =>
    limit.run(async () => {
      order.push(i)
      most = Math.max(most, ++running)
      await turn()
      running--
    })
  const all: Promise<void>[] = []
  // More keep coming while others run and wait.
  for (let i = 0; i < 40; i++) {
    all.push(task(i))
    if (i >= 10) await turn()
  }
  await Promise.all(all)
  await Promise.all(Array.from({ length: 10 }, (_, i) => task(40 + i)))
  assert.is(most, 3)
  assert.equal(
    order,
    Array.from({ length: 50 }, (_, i) => i),
  )
})

test('a task that fails, or is aborted while it waits, gives its place in the limit on', async () => {
  const limit = new Semaphore(1)
  const controller = new AbortController()
  const failed = limit.run(async () => {
    throw new Error('broken')
  })
  const aborted = limit.run(async () => assert.unreachable(), controller.signal)
  const last = limit.run(async () => 'fine')
  controller.abort()
  assert.is((await rejection(failed)).message, 'broken')
  assert.is((await rejection(aborted)).name, 'AbortError')
  assert.is(await last, 'fine')
})

test.run()
