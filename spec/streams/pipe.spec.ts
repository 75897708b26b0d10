import { pipeline } from 'node:stream/promises'
import {
  type Client,
  ClientDisconnectedError,
  connect,
  InvalidOptionError,
  memoryPair,
  Service,
} from 'mara-ts'
import { clients, lines, pipe, sink } from 'mara-ts/streams'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rejection, running, turns } from '../support/service.js'
import { failure, source } from './sources.js'

/** A client, and its peer. */
async function withClient(body: (client: Client, service: Service) => Promise<void>): Promise<void> {
  await running(new Service(), async (service) => {
    const reader = clients(service)[Symbol.asyncIterator]()
    const [ours, theirs] = memoryPair()
    service.accept(theirs)
    const client = (await reader.next()).value as Client
    try {
      await body(Object.assign(client, { peer: ours }), service)
    } finally {
      ours.destroy()
      await reader.return?.()
    }
  })
}

async function* numbered(count: number): AsyncGenerator<string> {
  for (let item = 1; item <= count; item += 1) yield `line ${item}`
}

test('every line arrives, and the client stays open', async () => {
  await running(new Service(), async (service) => {
    const reader = clients(service)[Symbol.asyncIterator]()
    const peer = await connect(service)
    const client = (await reader.next()).value as Client
    await pipe(numbered(3), client)
    await sink(client, { newline: false })(numbered(1))
    client.write('!')
    const got = [await peer.nextLine(), await peer.nextLine(), await peer.nextLine(), await peer.nextLine()]
    assert.equal(got, ['line 1', 'line 2', 'line 3', 'line 1!'])
    await peer.close()
    await reader.return?.()
  })
})

test('options that are undefined are the defaults', async () => {
  await running(new Service(), async (service) => {
    const reader = clients(service, { limit: undefined, whenFull: undefined, signal: undefined })
    const iterator = reader[Symbol.asyncIterator]()
    const peer = await connect(service)
    const client = (await iterator.next()).value as Client
    const options = { maxLineLength: undefined, sanitize: undefined, preventCancel: undefined }
    await pipe(lines(numbered(1), options), client, { newline: undefined, signal: undefined })
    assert.is(await peer.nextLine(), 'line 1')
    await peer.close()
    await iterator.return?.()
  })
})

test('a client that does not read is not read ahead for', async () => {
  await withClient(async (client) => {
    let given = 0
    async function* long(): AsyncGenerator<string> {
      for (;;) {
        given += 1
        yield 'x'.repeat(1000)
      }
    }
    const piping = rejection(pipe(long(), client))
    for (let last = -1; last !== given; ) {
      last = given
      await turns(20)
    }
    assert.ok(given < 200, `${given} lines were read`)
    client.destroy()
    assert.instance(await piping, ClientDisconnectedError)
  })
})

test('a client that goes ends a silent source', async () => {
  await withClient(async (client) => {
    const from = source('silent')
    const piping = rejection(pipe(from as never, client))
    await turns()
    client.destroy()
    assert.instance(await piping, ClientDisconnectedError)
    assert.is(from.ended, 1)
    assert.is(from.waiting, 0)
  })
})

test('an error of the source and the reason of a signal come through, and the client stays open', async () => {
  await withClient(async (client) => {
    async function* failing(): AsyncGenerator<string> {
      yield 'one'
      throw failure
    }
    assert.is(await rejection(pipe(failing(), client)), failure)
    const controller = new AbortController()
    const reason = new Error('enough')
    const from = source('silent')
    const piping = rejection(pipe(from as never, client, { signal: controller.signal }))
    await turns()
    controller.abort(reason)
    assert.is(await piping, reason)
    assert.is(from.ended, 1)
    assert.ok(client.connected)
  })
})

test('a sink in a pipeline of Node’s ends with the signal of that', () =>
  withClient(async (client) => {
    const controller = new AbortController()
    async function* endless(): AsyncGenerator<string> {
      for (;;) yield 'x'.repeat(10_000)
    }
    const piped = pipeline(endless(), sink(client) as never, { signal: controller.signal })
    await turns(20)
    controller.abort()
    assert.is(((await rejection(piped)) as Error).name, 'AbortError')
  }))

test('a sink whose own signal is undefined ends with that of the pipeline', () =>
  withClient(async (client) => {
    const reason = new Error('enough')
    const silent = source('silent')
    const piping = sink(client, { signal: undefined })(silent as never, { signal: AbortSignal.abort(reason) })
    assert.is(await rejection(piping), reason)
  }))

test('what can not be written to or read from is refused, with its name', () =>
  withClient(async (client) => {
    for (const wrong of [undefined, null, 5, 'ann', {}, [], { write() {} }]) {
      const refused = await rejection(pipe(numbered(1), wrong as never))
      assert.instance(refused, InvalidOptionError)
      assert.match(String(refused), 'pipe() got client: ')
    }
    for (const wrong of [undefined, null, 5, ['a', 'b']]) {
      const refused = await rejection(pipe(wrong as never, client))
      assert.instance(refused, InvalidOptionError)
      assert.match(String(refused), 'got source: ')
    }
    assert.match(
      String(await rejection(pipe(numbered(1), client, null as never))),
      'pipe() got options: null',
    )
  }))

test('a signal ends it while the client takes nothing, in the middle of its source and behind it', async () => {
  const endless = source('endless')
  for (const from of [endless as never, numbered(3)]) {
    await withClient(async (client) => {
      client.write('x'.repeat(500_000))
      const controller = new AbortController()
      const reason = new Error('enough')
      const piping = rejection(pipe(from, client, { signal: controller.signal }))
      await turns(20)
      controller.abort(reason)
      assert.is(await piping, reason)
      assert.ok(client.connected)
    })
  }
  assert.is(endless.ended, 1)
})

test.run()
