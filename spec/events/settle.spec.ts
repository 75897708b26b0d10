import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ClientDisconnectedError } from '../../lib/client/errors.js'
import { NoClientError } from '../../lib/events/errors.js'
import { Event } from '../../lib/events/event.js'
import { hasGone, settle } from '../../lib/events/settle.js'
import { rejection } from '../support/service.js'

/** An event whose client gives these lines, then fails. */
function eventWith(lines: string[], failure: Error = new Error('no more lines')) {
  const asked: unknown[] = []
  const client = {
    async nextLine(options: unknown) {
      asked.push(options)
      const line = lines.shift()
      if (line === undefined) throw failure
      return line
    },
  }
  return { event: new Event({ client }), asked }
}

test('nothing is awaited for what is no promise and no generator (rule 5)', () => {
  const { event } = eventWith([])
  for (const result of [undefined, null, 0, 'text', true, {}, [], new Map().keys()]) {
    assert.is(settle(result, event), undefined)
  }
})

test('a promise is awaited as it is, and whatever else has then() as a promise would be', async () => {
  const { event } = eventWith([])
  const promise = Promise.resolve()
  assert.is(settle(promise, event), promise)
  // As those of query builders, which give nothing back.
  // biome-ignore lint/suspicious/noThenProperty: this is what a thenable is
  const thenable = { then: (resolve: (value: string) => void): void => resolve('later') }
  let value: unknown
  await settle(thenable, event)?.then((got) => {
    value = got
  })
  assert.is(value, 'later')
})

test('whatever is thrown, it can be told from the error that the client has gone', () => {
  const { event } = eventWith([])
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const thrown of [proxy, undefined, null, Symbol('thrown'), Object.create(null)]) {
    assert.is(hasGone(thrown, event), false)
  }
})

test('yield gives the next line, in a generator and in an async one (rule 3)', async () => {
  let got: string[] = []
  for (const kind of [
    function* (): Generator<undefined, void, string> {
      got.push(yield, yield)
    },
    async function* (): AsyncGenerator<undefined, void, string> {
      got.push(yield, yield)
    },
  ]) {
    got = []
    await settle(kind(), eventWith(['one', 'two']).event)
    assert.equal(got, ['one', 'two'])
  }
})

test('a generator that yields nothing has nothing to await', () => {
  let ran = false
  // biome-ignore lint/correctness/useYield: that is the point
  const generator = (function* () {
    ran = true
  })()
  assert.is(settle(generator, eventWith([]).event), undefined)
  assert.ok(ran)
})

test('nothing, or the options of a wait, asks for a line; everything else is given back (rule 3)', async () => {
  const others = ['prompt', 0, null, {}, ['x'], { timeout: 50, name: 'ann' }, new Date(0)]
  const { signal } = new AbortController()
  const waits = [{ timeout: 50 }, { signal }, { signal, timeout: 1 }, undefined]
  for (const kind of [
    function* (): Generator<unknown, void, unknown> {
      for (const value of [...others, ...waits]) got.push(yield value)
    },
    async function* (): AsyncGenerator<unknown, void, unknown> {
      for (const value of [...others, ...waits]) got.push(yield value)
    },
  ]) {
    got = []
    const { event, asked } = eventWith(['a', 'b', 'c', 'd'])
    await settle(kind(), event)
    assert.equal(got, [...others, 'a', 'b', 'c', 'd'])
    assert.equal(asked, waits)
  }
})

let got: unknown[] = []

test('a promise that is yielded takes no line, in a generator and in an async one (rule 3)', async () => {
  const input = async (): Promise<string> => 'ann'
  for (const kind of [
    function* (): Generator<unknown, void, unknown> {
      got.push(yield input(), yield)
    },
    async function* (): AsyncGenerator<unknown, void, unknown> {
      got.push(yield input(), yield)
    },
  ]) {
    got = []
    await settle(kind(), eventWith(['next line']).event)
    assert.equal(got, ['ann', 'next line'])
  }
})

test('a generator that asks for a line again after it was told that the client has gone is ended, and its finally runs (rule 12)', async () => {
  for (const kind of [
    function* (): Generator<undefined, void, string> {
      try {
        for (;;) {
          try {
            yield
          } catch {
            got.push('caught')
          }
        }
      } finally {
        got.push('finally')
      }
    },
    async function* (): AsyncGenerator<undefined, void, string> {
      try {
        for (;;) {
          try {
            yield
          } catch {
            got.push('caught')
          }
        }
      } finally {
        got.push('finally')
      }
    },
  ]) {
    got = []
    const { event } = eventWith(['one'])
    const { client } = event as unknown as { client: { nextLine(): Promise<string> } }
    let asked = 0
    client.nextLine = async () => {
      asked += 1
      if (asked > 1) throw new ClientDisconnectedError(client)
      return 'one'
    }
    await settle(kind(), event)
    assert.is(asked, 2)
    assert.equal(got, ['caught', 'finally'])
  }
})

test('a generator that is ended so may still await in its finally, but gets no line there (rule 12)', async () => {
  const seen: unknown[] = []
  const client = {
    nextLine: async () => {
      throw new ClientDisconnectedError(client)
    },
  }
  await settle(
    (function* (): Generator<unknown, void, unknown> {
      try {
        while (seen.length === 0) {
          try {
            yield
          } catch {}
        }
      } finally {
        seen.push(yield Promise.resolve('saved'))
        yield
        seen.push('never')
      }
    })(),
    new Event({ client }),
  )
  assert.equal(seen, ['saved'])
})

test('a promise that a generator yields is awaited in its place, and takes no line', async () => {
  const { event, asked } = eventWith(['one'])
  const refused = new Error('refused')
  const got: unknown[] = []
  await settle(
    (function* (): Generator<Promise<string> | undefined, void, string> {
      got.push(yield Promise.resolve('ann'))
      try {
        yield Promise.reject(refused)
      } catch (error) {
        got.push(error)
      }
      got.push(yield)
    })(),
    event,
  )
  assert.equal(got, ['ann', refused, 'one'])
  assert.equal(asked, [undefined])
})

test('a wait that fails throws at the yield: it can be caught, and finally runs', async () => {
  const failure = new Error('gone')
  const seen: unknown[] = []
  const { event } = eventWith(['one'], failure)
  await settle(
    (function* () {
      try {
        yield
        yield
      } catch (error) {
        seen.push(error)
      } finally {
        seen.push('finally')
      }
    })(),
    event,
  )
  assert.equal(seen, [failure, 'finally'])
})

test('a wait that fails and is not caught is what the handler fails with', async () => {
  const failure = new Error('gone')
  const { event } = eventWith([], failure)
  const generator = (function* () {
    yield
  })()
  assert.is(await rejection(settle(generator, event) as PromiseLike<unknown>), failure)
})

test('yield in an event without a client is an error that says so (rule 3)', async () => {
  const generator = (function* () {
    yield
  })()
  const error = await rejection(settle(generator, new Event()) as PromiseLike<unknown>)
  assert.instance(error, NoClientError)
  assert.match(String(error), /Event used yield .* no client/)
})

test.run()
