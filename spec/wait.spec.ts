import { setImmediate as turn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../lib/clock.js'
import { InvalidOptionError } from '../lib/errors.js'
import { FakeClock } from '../lib/testing/index.js'
import { abortable, checkMilliseconds, Deferred, until, within } from '../lib/wait.js'

const test = suite('wait')

test('a promise with its ends in hand settles by them, and nobody needs to look at it', async () => {
  const [kept, broken] = [new Deferred<number>(), new Deferred()]
  broken.reject(new Error('broken'))
  kept.resolve(1)
  kept.resolve(2)
  await turn()
  assert.is(await kept.promise, 1)
  assert.match(String(await broken.promise.catch(String)), /broken/)
})

test('waiting with a signal leaves no listener behind', async () => {
  const { signal } = new AbortController()
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--
    remove(...args)
  }
  assert.is(await abortable(Promise.resolve(1), signal), 1)
  await abortable(Promise.reject(new Error('broken')), signal).catch(() => {})
  await turn()
  assert.is(listeners, 0)
})

test('a signal that has aborted already rejects with its reason', async () => {
  const reason = new Error('enough')
  const given = await abortable(new Promise(() => {}), AbortSignal.abort(reason)).catch((error) => error)
  assert.is(given, reason)
})

test('any number of milliseconds from 0 to Infinity is allowed, and anything else is refused by name', () => {
  for (const ms of [0, 0.5, 1, 2 ** 31, Number.POSITIVE_INFINITY])
    assert.is(checkMilliseconds('f()', 'ms', ms), ms)
  for (const wrong of [-1, Number.NaN, Number.NEGATIVE_INFINITY, '50', null, undefined, {}, 5n]) {
    try {
      checkMilliseconds('f()', 'timeout', wrong)
      assert.unreachable(String(wrong))
    } catch (error) {
      assert.instance(error, InvalidOptionError)
      assert.match((error as Error).message, 'f() got timeout: ')
    }
  }
})

test('within() ends with what it waits for, or after its time, whichever comes first', async () => {
  const clock = new FakeClock()
  await within(clock, 1_000, Promise.resolve())
  assert.is(clock.pending, 0)
  const late = within(clock, 1_000, new Promise(() => {}))
  await clock.advance(1_000)
  await late
  assert.is(clock.pending, 0)
})

test('to wait takes no longer where the clock is set back meanwhile', async () => {
  const times = [3_600_000, 3_600_000, 0]
  let now = -1
  const clock = { ...systemClock, now: () => times.shift() ?? ++now }
  await until(() => false, 3, clock)
  assert.ok(now < 10)
})

test.run()
