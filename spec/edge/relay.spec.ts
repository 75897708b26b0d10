import { mock } from 'node:test'
import { events, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FrameReader, MAX_CHUNKS, message, open, readWorkerFrame } from '../../lib/edge/frames.js'
import { Relay } from '../../lib/edge/relay.js'
import type { InheritedConnection } from '../../lib/runtime/edge-port.js'
import { Stage } from '../../lib/testing/stage.js'
import { memoryPair } from '../../lib/transport/memory.js'
import { deferred, turns } from '../support/service.js'
import { ORIGIN } from './wire.js'

const test = suite('edge/relay')

test('what the worker before has read is answered once, where the next one has room for less', async () => {
  let isFirst = true
  const stage = new Stage(() => {
    const service = new Service()
    // The first one never comes to an end with the first line.
    const never = isFirst ? new Promise(() => {}) : undefined
    isFirst = false
    service.listen(events.Receive, async ({ client, data }) => {
      await never
      client.write(data.slice(0, 3))
    })
    return service
  })
  const wide = { log: false, telnet: false, restartWait: 0, snapshotEvery: 1e9 }
  stage.settings = wide
  await stage.start()
  const [ours, ann] = memoryPair()
  let seen = ''
  ann.setEncoding('utf8').on('data', (text: string) => {
    seen += text
  })
  stage.accept(ours)
  await stage.settle()
  const lines = Array.from({ length: 100 }, (_, i) => String(100 + i))
  for (const line of lines) ann.write(`${line}${'x'.repeat(1_000)}\n`)
  await stage.settle()
  stage.settings = { ...wide, maxUnreadBytes: 5_000 }
  await stage.restart()
  await stage.settle()
  await stage.settle()
  ann.write('end\n')
  await stage.settle()
  await stage.crash()
  await stage.settle()
  await stage.settle()
  assert.equal(seen.split('\r\n'), [...lines, 'end', ''])
  await stage.stop()
})

for (const [what, maxLineLength] of [
  ['the end of which begins a line', 1_000],
  ['none of which ends a line', 100_000],
] as const)
  test(`where exactly half of the window is read and not acknowledged, ${what}, the rest of the line comes all the same`, async () => {
    const settings = { telnet: false, maxUnreadBytes: 2, maxLineLength }
    const half = (2 + maxLineLength + 64 * 1024) / 2
    const read: string[] = []
    const stage = new Stage(() => {
      const service = new Service()
      service.listen(events.Receive, ({ data }) => void read.push(data))
      return service
    }, settings)
    await stage.start()
    const [theirs, peer] = memoryPair()
    stage.accept(theirs)
    const lines = 'x'.repeat(499).concat('\n').repeat(200)
    // The edge stops reading. Half of the window is acknowledged at the end of a line, and half is not.
    peer.write(`${lines.slice(0, half - 1)}\n`)
    peer.write(maxLineLength > half ? 'x'.repeat(half) : lines.slice(0, half))
    peer.write(' of a line\n')
    await stage.settle()
    await stage.settle()
    assert.match(read.at(-1) as string, /^x+ of a line$/)
    await stage.stop()
  })

for (const way of ['', ', and a crash in the middle of it'])
  test(`a line that comes byte by byte comes as a whole${way}, though it has more chunks than may wait`, async () => {
    const read: string[] = []
    const stage = new Stage(() => {
      const service = new Service()
      service.listen(events.Receive, ({ data }) => void read.push(data))
      return service
    })
    await stage.start()
    const [theirs, peer] = memoryPair()
    stage.accept(theirs)
    const line = Array.from({ length: 3 * MAX_CHUNKS }, (_, i) => String(i % 10))
    for (const [i, byte] of line.entries()) {
      peer.write(byte)
      if (i % 256 === 0) await turns(1)
      if (way !== '' && i === 2 * MAX_CHUNKS) await stage.crash()
    }
    peer.write('\n')
    await stage.settle()
    await stage.settle()
    assert.equal(read, [line.join('')])
    await stage.stop()
  })

test('a client that reads gets the answers to all that it has sent at once, however long they are', async () => {
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.Receive, ({ client, data }) => client.write(data.repeat(60_000)))
    return service
  })
  await stage.start()
  const [theirs, peer] = memoryPair()
  stage.accept(theirs)
  peer.write('x\n'.repeat(100))
  let received = 0
  for await (const chunk of peer) {
    received += (chunk as Buffer).length
    if (received === 100 * 60_002) break
  }
  assert.is(received, 100 * 60_002)
  await stage.stop()
})

test('of one that is cut off, since it takes nothing, each line is handled once, whatever becomes of the process', async () => {
  let isFirst = true
  const limits: string[] = []
  const stage = new Stage(
    () => {
      const service = new Service()
      const never = isFirst ? new Promise(() => {}) : undefined
      isFirst = false
      service.listen(events.Receive, async ({ client, data }) => {
        if (data === 'two') await never
        service.writeAll(data, { exclude: client })
      })
      service.listen(events.LimitExceeded, ({ limit }) => void limits.push(limit))
      return service
    },
    { telnet: false, maxUnsentBytes: 400_000 },
  )
  await stage.start()
  const [[ours, listener], [theirs, sleeper]] = [memoryPair(), memoryPair()]
  let heard = ''
  listener.setEncoding('utf8').on('data', (text: string) => {
    heard += text
  })
  stage.accept(ours)
  stage.accept(theirs)
  await stage.settle()
  const client = [...stage.service.clients][1]
  // More than the stream takes, which is 16 or 64 KiB.
  for (let i = 0; i < 7; i++) {
    client?.write('x'.repeat(30_000))
    await stage.settle()
  }
  sleeper.write('one\ntwo\nthree\n')
  await stage.settle()
  assert.is(heard, '')
  for (let i = 0; i < 5; i++) client?.write('x'.repeat(100_000))
  await stage.settle()
  assert.equal([heard, limits], ['one\r\n', ['maxUnsentBytes']])
  await stage.crash()
  await stage.settle()
  assert.is(heard, 'one\r\ntwo\r\nthree\r\n')
  await stage.stop()
})

test('a worker is ready when all is prepared that its service prepares', async () => {
  const [ours, edge] = memoryPair()
  const ref = (): void => {}
  const done: string[] = []
  const relay = new Relay(Object.assign(ours, { ref, unref: ref }), {
    prepared: () => void done.push('the heap is settled'),
  })
  const reader = new FrameReader((bytes) => {
    const frame = readWorkerFrame(bytes)
    if (frame.type === 'message') done.push((frame.body as { name: string }).name)
  })
  edge.on('data', (bytes: Buffer) => reader.push(bytes))
  const { promise, resolve } = deferred()
  relay.claim({ prepare: () => promise } as never, { heartbeat: 1_000_000 } as never)
  edge.write(message({ name: 'precopy', gone: [] }))
  await turns()
  assert.equal(done, ['settings'])
  resolve()
  await turns()
  assert.equal(done, ['settings', 'the heap is settled', 'ready'])
  relay.release()
})

test('what a worker was told of clients that have gone before it serves is forgotten', async () => {
  const [ours, edge] = memoryPair()
  const ref = (): void => {}
  const relay = new Relay(Object.assign(ours, { ref, unref: ref }))
  const prepared: number[][] = []
  const ids = (connections: readonly InheritedConnection[]) => connections.map(({ connection: { id } }) => id)
  const prepare = async (connections: readonly InheritedConnection[]) => void prepared.push(ids(connections))
  relay.claim({ prepare } as never, { heartbeat: 1_000_000 } as never)
  const inherited = relay.inherit()
  for (const connection of [1, 2, 3]) edge.write(openedFrame(connection))
  edge.write(message({ name: 'precopy', gone: [] }))
  edge.write(message({ name: 'precopy', gone: [2] }))
  edge.write(message({ name: 'go', restart: true, crash: true, since: 0, gone: [3] }))
  assert.equal(ids((await inherited).connections), [1])
  assert.equal(prepared, [
    [1, 2, 3],
    [1, 3],
  ])
  relay.release()
})

for (const [what, host, beats] of [
  ['whose process ends with it gives signs of life until then', { over: () => {} }, true],
  ['in the process of others gives none any more', {}, false],
] as const)
  test(`a service that has stopped ${what}`, async () => {
    const [ours, edge] = memoryPair()
    const relay = new Relay(Object.assign(ours, { ref: () => {}, unref: () => {} }), host)
    const heartbeat = 1_000
    mock.timers.enable({ apis: ['setInterval'] })
    let heard = 0
    const reader = new FrameReader((bytes) => {
      const frame = readWorkerFrame(bytes)
      if (frame.type === 'message' && (frame.body as { name: string }).name === 'beat') heard += 1
    })
    edge.on('data', (bytes: Buffer) => reader.push(bytes))
    try {
      relay.claim({ endTurn: () => {} } as never, { heartbeat } as never)
      relay.serving()
      relay.release()
      mock.timers.tick(heartbeat)
      await turns()
      assert.is(heard > 0, beats)
    } finally {
      mock.timers.reset()
    }
  })

/** As the edge tells of a client that another worker has served. */
function openedFrame(connection: number): Buffer {
  const [state, journal] = [Buffer.from('{}'), Buffer.alloc(0)]
  return open({ ...ORIGIN, connection, lastInput: 0, seen: 0, taken: 0, deaths: 0, state, journal })
}

test.run()
