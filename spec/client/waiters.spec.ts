import { getEventListeners } from 'node:events'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LINE_ITSELF, Waiter } from '../../lib/client/waiter.js'
import { Waiters, WITHDRAWN } from '../../lib/client/waiters.js'
import { TimeoutError } from '../../lib/errors.js'
import { rejection } from '../support/service.js'

function setUp() {
  const clock = new FakeClock(0)
  const state = { available: false, abandoned: false, woken: 0 }
  const waiters = new Waiters<string>({
    clock,
    get available() {
      return state.available
    },
    get abandoned() {
      return state.abandoned
    },
    wake: () => void state.woken++,
    disconnected: () => new Error('gone'),
    toString: () => 'Client #1',
  })
  const wait = (
    options: { signal?: AbortSignal; timeout?: number; owner?: object } = {},
  ): Promise<unknown> => {
    const waiter = new Waiter<string>(LINE_ITSELF as never, options.owner)
    waiters.add(waiter, options.signal, options.timeout)
    return waiter.promise
  }
  return { clock, state, waiters, wait }
}

test('items go to waits in the order in which those began (rule 10)', async () => {
  const { state, waiters, wait } = setUp()
  const waits = [wait(), wait()]
  assert.is(state.woken, 2)
  waiters.serve('one', false)
  assert.ok(waiters.waiting)
  waiters.serve('two', false)
  assert.not(waiters.waiting)
  assert.equal(await Promise.all(waits), ['one', 'two'])
})

test('a wait for a client that is another process’s has no end here, and leaves nothing on its clock', () => {
  const { clock, state, wait } = setUp()
  state.abandoned = true
  const { signal } = new AbortController()
  void wait({ timeout: 10, signal })
  assert.is(clock.pending, 0)
  assert.equal(getEventListeners(signal, 'abort'), [])
})

test('a wait that ends early leaves its item to the next, and nothing on its signal or clock (rule 10)', async () => {
  const { clock, waiters, wait } = setUp()
  const { signal } = new AbortController()
  const late = wait({ timeout: 10, signal })
  const aborts = new AbortController()
  const aborted = wait({ timeout: 1_000, signal: aborts.signal })
  const owner = {}
  const withdrawn = wait({ owner, timeout: 1_000, signal })
  const patient = wait()
  aborts.abort('enough')
  waiters.withdraw(owner)
  await clock.advance(10)
  assert.instance(await rejection(late), TimeoutError)
  assert.is(await rejection(aborted), 'enough')
  assert.is(await rejection(withdrawn), WITHDRAWN)
  assert.is(clock.pending, 0)
  for (const one of [signal, aborts.signal]) assert.equal(getEventListeners(one, 'abort'), [])
  waiters.serve('line', false)
  assert.is(await patient, 'line')
})

test('a wait whose item is there does not time out, unless the item goes elsewhere (rule 10)', async () => {
  const { clock, state, waiters, wait } = setUp()
  const [first, second] = [wait({ timeout: 0 }), wait({ timeout: 0 })]
  state.available = true
  await clock.advance(5)
  assert.instance(await rejection(second), TimeoutError, 'it is not next')
  waiters.serve('line', false)
  assert.is(await first, 'line')
  const third = wait({ timeout: 0 })
  await clock.advance(5)
  state.available = false
  await clock.advance(5)
  assert.instance(await rejection(third), TimeoutError)
  assert.is(clock.pending, 0)
})

test('at the end all are told; those that are forgotten wait for ever, and their clocks stand still', async () => {
  const { clock, waiters, wait } = setUp()
  const told = wait({ timeout: 10 })
  waiters.end()
  assert.match(String(await rejection(told)), /gone/)
  let settled = false
  const note = (): void => {
    settled = true
  }
  wait({ timeout: 10 }).then(note, note)
  waiters.forget()
  await clock.advance(1_000)
  assert.not(settled)
  assert.not(waiters.waiting)
  assert.is(clock.pending, 0)
})

test.run()
