// Every operator, left in every way, over every kind of source.

import { InvalidOptionError, TimeoutError } from 'mara-ts'
import { merge, takeUntil, timeout, withAbort } from 'mara-ts/streams'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { deferred, rejection, turns } from '../support/service.js'
import { COUNT, drain, failure, type Kind, type Source, source, stubborn } from './sources.js'

const clock = new FakeClock()

/** Listeners of signals that operators have added and not removed. */
let listeners = 0

function watchedSignal(controller: AbortController): AbortSignal {
  const { signal } = controller
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  const known = new Set<unknown>()
  signal.addEventListener = ((type: string, fn: () => void, options: object) => {
    known.add(fn)
    listeners += 1
    add(type, fn, options)
  }) as typeof signal.addEventListener
  signal.removeEventListener = ((type: string, fn: () => void) => {
    if (known.delete(fn)) listeners -= 1
    remove(type, fn)
  }) as typeof signal.removeEventListener
  return signal
}

interface Operated {
  readonly stream: AsyncIterable<number>
  /** Ends it from outside, where it can be. */
  readonly stop?: () => unknown
  /** What it ends in then; undefined for a plain end. */
  readonly reason?: unknown
}

const reason = new Error('enough')

const OPERATORS: Record<string, (from: AsyncIterable<number>) => Operated> = {
  withAbort(from) {
    const controller = new AbortController()
    const stream = withAbort<number>(watchedSignal(controller))(from)
    return { stream, stop: () => controller.abort(reason), reason }
  },
  'takeUntil a signal'(from) {
    const controller = new AbortController()
    return {
      stream: takeUntil<number>(watchedSignal(controller))(from),
      stop: () => controller.abort(reason),
    }
  },
  'takeUntil a promise'(from) {
    const end = deferred()
    return { stream: takeUntil<number>(end.promise)(from), stop: end.resolve }
  },
  'takeUntil a promise that rejects'(from) {
    const end = deferred()
    return { stream: takeUntil<number>(end.promise)(from), stop: () => end.reject(reason), reason }
  },
  'takeUntil an iterable'(from) {
    const end = source('late')
    ends.push(end)
    return { stream: takeUntil<number>(end)(from), stop: () => end.give() }
  },
  timeout(from) {
    return {
      stream: timeout<number>(60_000, { clock })(from),
      stop: () => clock.advance(60_000),
      reason: 'timeout',
    }
  },
  merge(from) {
    const other = source('silent')
    ends.push(other)
    const controller = new AbortController()
    return {
      stream: withAbort<number>(watchedSignal(controller))(merge(from, other)),
      stop: () => controller.abort(reason),
      reason,
    }
  },
  'several in a row'(from) {
    const controller = new AbortController()
    const inner = timeout<number>(60_000, { clock })(merge(from))
    const stream = takeUntil<number>(watchedSignal(controller))(inner)
    return { stream, stop: () => controller.abort() }
  },
}

/** Sources besides the one that an operator stands on. */
let ends: Source[] = []

test.before.each(() => {
  ends = []
  listeners = 0
})

/** Nothing waits, nothing listens, every iteration that began has ended. */
async function nothingLeft(...sources: Source[]): Promise<void> {
  await turns()
  for (const each of [...sources, ...ends]) {
    assert.is(each.ended, each.opened, 'every iteration has ended')
    assert.is(each.waiting, 0, 'nothing waits')
  }
  assert.is(listeners, 0, 'no listener is left')
  assert.is(clock.pending, 0, 'no alarm is left')
}

const KINDS: readonly Kind[] = ['silent', 'busy', 'erroring', 'endless', 'late', 'empty']
const isQuiet = (kind: Kind): boolean => kind === 'silent' || kind === 'late'

for (const [name, operate] of Object.entries(OPERATORS)) {
  for (const kind of KINDS) {
    if (!isQuiet(kind) && kind !== 'empty') {
      test(`${name} over a ${kind} source: break ends the source, and nothing is asked for beyond it`, async () => {
        const from = source(kind)
        for await (const item of operate(from).stream) if (item === 2) break
        assert.equal(from.given, [1, 2])
        await nothingLeft(from)
      })

      test(`${name} over a ${kind} source: what its reader throws ends the source`, async () => {
        const from = source(kind)
        const reading = async (): Promise<void> => {
          for await (const _ of operate(from).stream) throw reason
        }
        assert.is(await rejection(reading()), reason)
        await nothingLeft(from)
      })
    }

    test(`${name} over a ${kind} source: return() while it is waited for ends the wait and the source`, async () => {
      const from = source(kind)
      const iterator = operate(from).stream[Symbol.asyncIterator]()
      const waiting = iterator.next()
      assert.is((await iterator.return?.())?.done, true)
      await waiting.catch(() => {})
      assert.is((await iterator.next()).done, true)
      await nothingLeft(from)
    })

    test(`${name} over a ${kind} source: return() before the first item leaves nothing`, async () => {
      const from = source(kind)
      const iterator = operate(from).stream[Symbol.asyncIterator]()
      await iterator.return?.()
      assert.is((await iterator.next()).done, true)
      await nothingLeft(from)
    })

    test(`${name} over a ${kind} source: throw() rejects with its error and ends the source`, async () => {
      const from = source(kind)
      const iterator = operate(from).stream[Symbol.asyncIterator]()
      assert.is(await rejection(iterator.throw?.(reason) as Promise<unknown>), reason)
      assert.is((await iterator.next()).done, true)
      await nothingLeft(from)
    })

    test(`${name} over a ${kind} source: two waits at once are both settled`, async () => {
      const from = source(kind)
      const iterator = operate(from).stream[Symbol.asyncIterator]()
      const both = [iterator.next(), iterator.next()]
      await turns()
      await iterator.return?.()
      await Promise.allSettled(both)
      await nothingLeft(from)
    })
  }

  test(`${name}: everything that a source has comes, and then its end`, async () => {
    const from = source('busy')
    const { stream, stop } = operate(from)
    if (name === 'merge') {
      // The other source is silent: it ends only from outside.
      const iterator = stream[Symbol.asyncIterator]()
      for (let item = 1; item <= COUNT; item += 1) assert.is((await iterator.next()).value, item)
      await stop?.()
      await iterator.return?.()
    } else assert.equal(await drain(stream), { items: [1, 2, 3, 4, 5] })
    await nothingLeft(from)
  })

  test(`${name}: an error of the source comes behind everything before it, once`, async () => {
    const from = source('erroring')
    const iterator = operate(from).stream[Symbol.asyncIterator]()
    for (let item = 1; item <= COUNT; item += 1) assert.is((await iterator.next()).value, item)
    assert.is(await rejection(iterator.next()), failure)
    assert.is((await iterator.next()).done, true)
    await nothingLeft(from)
  })

  for (const kind of ['silent', 'late'] as const) {
    test(`${name} over a ${kind} source: it is ended from outside at once`, async () => {
      const from = source(kind)
      const { stream, stop, reason: expected } = operate(from)
      const done = drain(stream)
      await turns()
      await stop?.()
      const { items, error } = await done
      assert.equal(items, [])
      if (expected === 'timeout') assert.instance(error, TimeoutError)
      else assert.is(error, expected)
      await nothingLeft(from)
    })
  }

  test(`${name}: ended from outside between two items, it gives no more, and its end comes once`, async () => {
    if (name === 'timeout') return
    const from = source('endless')
    const { stream, stop, reason: expected } = operate(from)
    const iterator = stream[Symbol.asyncIterator]()
    await iterator.next()
    await stop?.()
    await turns()
    if (expected === undefined) assert.is((await iterator.next()).done, true)
    else assert.is(await rejection(iterator.next()), expected)
    assert.is((await iterator.next()).done, true)
    await nothingLeft(from)
  })

  test(`${name}: a source whose return() never comes is not waited for`, async () => {
    const { iterable } = stubborn()
    const iterator = operate(iterable).stream[Symbol.asyncIterator]()
    const waiting = iterator.next()
    await turns()
    await iterator.return?.()
    assert.is((await waiting).done, true)
    await nothingLeft()
  })
}

test('a signal that has aborted before ends it at the first item', async () => {
  const signal = AbortSignal.abort(reason)
  assert.is((await drain(withAbort<number>(signal)(source('endless')))).error, reason)
  assert.equal(await drain(takeUntil<number>(signal)(source('endless'))), { items: [] })
})

test('an iterable that ends without an item does not end what it is to end; its error does', async () => {
  assert.is((await drain(takeUntil<number>(source('empty'))(source('busy')))).items.length, COUNT)
  const failing: AsyncIterable<never> = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(reason) }),
  }
  assert.is((await drain(takeUntil<number>(failing)(source('silent')))).error, reason)
})

test('a timeout begins anew with each item, and only while one is waited for', async () => {
  const from = source('late')
  const iterator = timeout<number>(1000, { clock })(from)[Symbol.asyncIterator]()
  for (let item = 1; item <= 3; item += 1) {
    const waiting = iterator.next()
    await clock.advance(900)
    from.give()
    assert.is((await waiting).value, item)
    // The reader takes its time.
    await clock.advance(5000)
  }
  const late = rejection(iterator.next())
  await clock.advance(1000)
  assert.match(String(await late), '1000 ms')
})

test('a timeout that is no number of milliseconds is refused; Infinity never comes', async () => {
  for (const ms of [-1, Number.NaN, '5' as unknown as number]) {
    assert.throws(
      () => timeout(ms),
      (error: unknown) => error instanceof InvalidOptionError,
    )
  }
  assert.is(
    (await drain(timeout<number>(Number.POSITIVE_INFINITY, { clock })(source('busy')))).items.length,
    COUNT,
  )
  assert.is(clock.pending, 0)
})

test('a source that throws instead of rejecting is a source that fails', async () => {
  const rude: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next() {
        throw reason
      },
    }),
  }
  for (const operate of [OPERATORS.withAbort, OPERATORS.merge]) {
    assert.is((await drain(operate?.(rude).stream as AsyncIterable<number>)).error, reason)
  }
})

test('where the end can not be iterated, its error comes, and the source is closed', async () => {
  const throwing = (fn: () => AsyncIterator<unknown>): AsyncIterable<unknown> => ({
    [Symbol.asyncIterator]: fn,
  })
  const bad = [
    throwing(() => {
      throw reason
    }),
    throwing(() => ({
      next() {
        throw reason
      },
    })),
  ]
  for (const end of bad) {
    const from = source('silent')
    const iterator = takeUntil<number>(end)(from)[Symbol.asyncIterator]()
    assert.is(await rejection(iterator.next()), reason)
    assert.is((await iterator.next()).done, true)
    await nothingLeft(from)
  }
})

test('what is no signal and no end is refused before any source is opened', () => {
  const isRefused = (error: unknown): boolean => error instanceof InvalidOptionError
  for (const wrong of [undefined, null, 5, 'end', {}]) {
    assert.throws(() => withAbort(wrong as never), isRefused)
    assert.throws(() => takeUntil(wrong as never), isRefused)
  }
})

test.run()
