import type { events } from 'mara-ts'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Client } from '../../lib/client/client.js'
import { type Clock, systemClock } from '../../lib/clock.js'
import { Session, type SessionHost } from '../../lib/runtime/session.js'
import { defaultTexts } from '../../lib/texts.js'
import { memoryClient } from '../support/memory-client.js'
import { turns } from '../support/service.js'

/** Runs a session on lines that are all there, and gives what happened. */
function trace(
  input: string,
  handle: (
    event: { constructor: { name: string }; data?: string },
    client: Client,
  ) => PromiseLike<unknown> | undefined,
  clock: Clock = systemClock,
  { peerStays = false, peerReads = true } = {},
): Promise<string[]> & { log: string[]; done: Promise<string[]> } {
  const { client: anyClient, peer } = memoryClient({ clock })
  const client = anyClient as Client
  const log: string[] = []
  const host: SessionHost = {
    texts: defaultTexts,
    events: {
      dispatch(event) {
        const { data } = event as events.Receive
        log.push(event.constructor.name + (data === undefined ? '' : ` ${data}`))
        return handle(event as never, client)
      },
      flights: () => ({ count: 0 }),
      failed(event, error) {
        log.push(`failed ${event.constructor.name}: ${(error as Error).message}`)
        return undefined
      },
    },
    leaving: () => void log.push('leaving'),
    drain: 1_000,
    leftBehind: () => void log.push('left behind'),
  }
  if (peerReads) peer.resume()
  if (peerStays) peer.write(input)
  else peer.end(input)
  const session = new Session(client, host)
  session.begin()
  const done = session.ended.then(() => log)
  return Object.assign(done, { log, done })
}

test('a session is Connect, a Receive for each line, and Disconnect (rule 12)', async () => {
  assert.equal(await trace('one\ntwo\n', () => undefined), [
    'Connect',
    'Receive one',
    'Receive two',
    'leaving',
    'Disconnect',
  ])
})

test('a line that a handler awaits goes to that handler (rule 10)', async () => {
  const login = async (client: Client): Promise<void> => {
    await client.nextLine()
    await client.nextLine()
  }
  const log = await trace('name\npassword\nhello\n', (event, client) =>
    event.constructor.name === 'Connect' ? login(client) : undefined,
  )
  assert.equal(log, ['Connect', 'Receive hello', 'leaving', 'Disconnect'])
})

test('an error, at once or later, goes to the host, and the session goes on (rule 6)', async () => {
  const log = await trace('at once\nlater\nfine\n', ({ data }) => {
    if (data === 'at once') throw new Error('now')
    return data === 'later' ? Promise.reject(new Error('then')) : undefined
  })
  assert.equal(log, [
    'Connect',
    'Receive at once',
    'failed Receive: now',
    'Receive later',
    'failed Receive: then',
    'Receive fine',
    'leaving',
    'Disconnect',
  ])
})

test('a handler with nothing to await costs no microtask: lines that are there follow at once (rule 5)', async () => {
  const order: string[] = []
  await trace('one\ntwo\n', ({ data }) => {
    if (data === 'one') queueMicrotask(() => order.push('microtask'))
    if (data !== undefined) order.push(data)
    return undefined
  })
  assert.equal(order, ['one', 'two', 'microtask'])
})

test('a client whose Connect fails is told and closed: its lines are dropped, and Disconnect still comes (rule 6)', async () => {
  const log = await trace('line\n', ({ data }) => {
    if (data === undefined) throw new Error('no')
    return undefined
  })
  assert.equal(log, ['Connect', 'failed Connect: no', 'leaving', 'Disconnect', 'failed Disconnect: no'])
})

test('a handler that never ends keeps nobody: `drain` milliseconds after its client has gone, Disconnect comes without it (rule 12)', async () => {
  const clock = new FakeClock(0)
  for (const name of ['Connect', 'Receive']) {
    let resume: () => void = () => {}
    const stuck = new Promise<void>((resolve) => {
      resume = resolve
    })
    const input = name === 'Connect' ? '' : 'one\n'
    const running = trace(input, (event) => (event.constructor.name === name ? stuck : undefined), clock)
    await turns(10)
    await clock.advance(999)
    assert.is(running.log.at(-1), name === 'Connect' ? 'Connect' : 'Receive one')
    await clock.advance(1)
    const log = await running.done
    assert.equal(log.slice(-3), ['left behind', 'leaving', 'Disconnect'])
    // When it ends after all, nothing comes twice.
    resume()
    await turns()
    assert.is(log.at(-1), 'Disconnect')
  }
})

test('what is unread is dropped where a handler asks for none of it for a minute after its client has gone (rule 12)', async () => {
  const clock = new FakeClock(0)
  const running = trace(
    'stuck\nnever read\n',
    (event, client) => {
      if (event.constructor.name !== 'Connect') return undefined
      return new Promise((resolve) => client.signal.addEventListener('abort', resolve, { once: true }))
    },
    clock,
  )
  await turns(10)
  await clock.advance(59_999)
  assert.equal(running.log, ['Connect'])
  await clock.advance(1)
  assert.equal((await running.done).slice(0, 3), ['Connect', 'leaving', 'Disconnect'])
})

test('a handler that goes on asking gets all that came, however long that takes', async () => {
  const clock = new FakeClock(0)
  const read: string[] = []
  const running = trace(
    '1\n2\n3\n4\n',
    (event, client) => {
      if (event.constructor.name !== 'Connect') return undefined
      return (async () => {
        for await (const line of client) {
          read.push(line)
          if (line !== '4') await new Promise<void>((resolve) => clock.setTimeout(resolve, 59_999))
        }
      })()
    },
    clock,
  )
  for (let i = 0; i < 5; i++) {
    await turns(10)
    await clock.advance(59_999)
  }
  assert.equal(await running.done, ['Connect', 'leaving', 'Disconnect'])
  assert.equal(read, ['1', '2', '3', '4'])
})

test('a handler that ends in time is waited for, and nobody is warned', async () => {
  const clock = new FakeClock(0)
  const running = trace(
    'one\n',
    (event) => {
      if (event.constructor.name !== 'Receive') return undefined
      return new Promise<void>((resolve) => clock.setTimeout(resolve, 500))
    },
    clock,
  )
  await turns(10)
  await clock.advance(500)
  assert.equal((await running.done).slice(-2), ['leaving', 'Disconnect'])
  await clock.advance(10_000)
  assert.is(running.log.at(-1), 'Disconnect')
})

test('a handler may await the close of its client, however long the peer takes to read the last words: Disconnect follows, and nobody is warned (rule 12)', async () => {
  const clock = new FakeClock(0)
  const running = trace(
    'quit\n',
    (event, client) => {
      if (event.constructor.name !== 'Receive') return undefined
      client.write('Goodbye. '.repeat(10_000))
      return client.close()
    },
    clock,
    { peerStays: true, peerReads: false },
  )
  await turns(10)
  await clock.advance(10_000)
  assert.equal(await running.done, ['Connect', 'Receive quit', 'leaving', 'Disconnect'])
})

test('a handler that goes on after it has closed its client has `drain` milliseconds from the end of the connection (rule 12)', async () => {
  const clock = new FakeClock(0)
  let closed = Number.POSITIVE_INFINITY
  const running = trace(
    'quit\n',
    (event, client) => {
      if (event.constructor.name !== 'Receive') return undefined
      void client.close().then(() => {
        closed = clock.now()
      })
      return new Promise(() => {})
    },
    clock,
    { peerStays: true },
  )
  await turns(10)
  await clock.advance(1_000)
  assert.is(closed, 1_000)
  await clock.advance(999)
  assert.equal(running.log, ['Connect', 'Receive quit'])
  await clock.advance(1)
  assert.equal((await running.done).slice(2), ['left behind', 'leaving', 'Disconnect'])
})

test.run()
