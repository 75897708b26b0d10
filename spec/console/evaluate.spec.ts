import { getEventListeners } from 'node:events'
import { InvalidOptionError, TimeoutError } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/clock.js'
import { evaluate } from '../../lib/console/evaluate.js'
import { rejection } from '../support/service.js'

const test = suite('console/evaluate')

const nobodyLeaves = new AbortController().signal

const run = (code: string, options = {}) =>
  evaluate(code, {
    scope: { service: { name: 'mine' } },
    clock: systemClock,
    signal: nobodyLeaves,
    ...options,
  })

test('an expression gives its value, statements what they return; both may await', async () => {
  assert.is(await run('1 + 1'), 2)
  assert.equal(await run('{ a: 1 }'), { a: 1 })
  assert.is(await run('service.name // mine'), 'mine')
  assert.is(await run('await Promise.resolve(3)'), 3)
  assert.is(await run('const x = await Promise.resolve(3); return x + 1'), 4)
  assert.is(await run('let x = 1; x += 1'), undefined)
  assert.is(await run("(await import('node:path')).sep"), '/')
})

test('values are those of the program: an array is its Array', async () => {
  assert.instance(await run('[1]'), Array)
})

test('nothing of it stays in the program', async () => {
  const before = Reflect.ownKeys(globalThis)
  await run('const service2 = service; var leaked = 1; return 1')
  await rejection(run('throw new Error()'))
  assert.equal(Reflect.ownKeys(globalThis), before)
})

test('what the code throws is thrown, a syntax error too', async () => {
  assert.instance(await rejection(run('throw new RangeError()')), RangeError)
  assert.is(await rejection(run("throw 'text'")), 'text')
  assert.instance(await rejection(run('1 +')), SyntaxError)
  assert.not.instance(await rejection(run('nothing.x')), InvalidOptionError)
})

test('code that keeps the process busy is stopped', async () => {
  const error = (await rejection(run('while (true) {}', { busy: 20 }))) as NodeJS.ErrnoException
  assert.is(error.code, 'ERR_SCRIPT_EXECUTION_TIMEOUT')
})

test('a promise is waited for only so long, and may reject later without harm', async () => {
  assert.instance(await rejection(run('new Promise(() => {})', { patience: 5 })), TimeoutError)
  const leaving = new AbortController()
  const waiting = rejection(run('new Promise(() => {})', { signal: leaving.signal }))
  leaving.abort(new Error('gone'))
  assert.is(((await waiting) as Error).message, 'gone')
})

test('nothing of it is left on the signal of whoever stays connected', async () => {
  const { signal } = new AbortController()
  for (let i = 0; i < 20; i++) await run('1', { signal })
  assert.is(getEventListeners(signal, 'abort').length, 0)
})

test.run()
