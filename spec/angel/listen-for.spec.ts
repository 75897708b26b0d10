import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listenFor } from '../../lib/angel/listen-for.js'
import { Listeners } from '../../lib/angel/listeners.js'
import type { WorkerProcess } from '../../lib/angel/worker-process.js'
import { systemClock } from '../../lib/clock.js'
import type { EdgeMessage } from '../../lib/edge/messages.js'

const test = suite('angel/listen-for')

const address = { host: '127.0.0.1', port: 0 }

/** A worker that keeps what it is told. */
function worker(): WorkerProcess & { readonly told: EdgeMessage[]; ended: boolean } {
  const told: EdgeMessage[] = []
  return { told, ended: false, tell: (message: EdgeMessage) => void told.push(message) } as never
}

/** The listening sockets of an angel for the time of `body`. */
async function listening(body: (listeners: Listeners) => Promise<void>): Promise<void> {
  const listeners = new Listeners({ admits: () => true, accepted: () => {}, warn: () => {} }, systemClock)
  try {
    await body(listeners)
  } finally {
    listeners.closeAll()
  }
}

test('a worker is told where it listens, and by which name connections will say that they come from there', () =>
  listening(async (listeners) => {
    const asker = worker()
    const listener = await listenFor(asker, 5, { address }, listeners)
    assert.equal(asker.told, [
      { name: 'listening', request: 5, listener: listener?.name, address: listener?.address },
    ])
    assert.ok((listener?.address.port ?? 0) > 0)
    assert.ok(listeners.isClaimed(asker, listener?.name ?? ''))
  }))

test('a worker that asks for one address twice has two sockets, and each request has its own answer', () =>
  listening(async (listeners) => {
    const asker = worker()
    for (const request of [1, 2]) await listenFor(asker, request, { address }, listeners)
    const [one, two] = asker.told as Extract<EdgeMessage, { name: 'listening' }>[]
    assert.equal([one?.request, two?.request], [1, 2])
    assert.is.not(one?.listener, two?.listener)
    assert.is.not(one?.address.port, two?.address.port)
  }))

test('a refusal is in the words of the system, with its code, so that the worker says the same as it would alone', () =>
  listening(async (listeners) => {
    const [first, second] = [worker(), worker()]
    const taken = await listenFor(first, 1, { address }, listeners)
    // The same port in other words: so it is no server that the angel knows.
    const again = { host: '0.0.0.0', port: taken?.address.port as number }
    const found = await listenFor(second, 2, { address: again }, listeners)
    assert.is(found, undefined)
    const [refused] = second.told as Extract<EdgeMessage, { name: 'refused' }>[]
    assert.equal([refused?.name, refused?.request, refused?.code], ['refused', 2, 'EADDRINUSE'])
    assert.match(refused?.reason ?? '', /^listen EADDRINUSE/)
    assert.equal(listeners.names, [taken?.name])
  }))

test('what no system refuses is refused in the words of the error itself', () =>
  listening(async (listeners) => {
    const asker = worker()
    const tls = { cert: '/none', key: '/none', handshakeTimeout: 1, maxHandshakes: 1, checkEvery: 1 }
    assert.is(await listenFor(asker, 1, { address, tls }, listeners), undefined)
    const [refused] = asker.told as Extract<EdgeMessage, { name: 'refused' }>[]
    assert.is(refused?.name, 'refused')
    assert.match(`${refused?.reason}`, /none/)
    assert.equal(listeners.names, [])
  }))

test('a worker that has ended before its socket was open holds nothing; the socket is there for the next one', () =>
  listening(async (listeners) => {
    const asker = worker()
    const listening = listenFor(asker, 1, { address }, listeners)
    asker.ended = true
    const listener = await listening
    assert.not(listeners.isClaimed(asker, listener?.name ?? ''))
    const next = worker()
    assert.is(await listenFor(next, 1, { address }, listeners), listener)
  }))

test.run()
