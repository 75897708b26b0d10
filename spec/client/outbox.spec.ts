import { Duplex } from 'node:stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ClientDisconnectedError } from '../../lib/client/errors.js'
import { Outbox } from '../../lib/client/outbox.js'
import type { Task } from '../../lib/client/scheduler.js'
import { defaultLimits } from '../../lib/limits.js'
import { Counters } from '../../lib/observability/counters.js'
import { Executor } from '../../lib/runtime/executor.js'
import { DuplexConnection } from '../../lib/transport/duplex.js'
import { deferred, rejection, turns } from '../support/service.js'

/** An outbox in front of a stream that takes what it is given only when it is let. */
function setUp(limits = {}) {
  const executor = new Executor()
  const own: Task = { queued: false, run() {}, ran() {} }
  const log: string[] = []
  const writes: string[] = []
  let letGo: (() => void)[] = []
  let open = true
  const duplex = new Duplex({
    highWaterMark: 10,
    // As sockets do, which hand text to the system as it is.
    decodeStrings: false,
    read() {},
    write(chunk, _encoding, callback) {
      writes.push(chunk.toString())
      if (open) callback()
      else letGo.push(callback)
    },
  })
  const connection = new DuplexConnection(duplex)
  const outbox: Outbox = new Outbox(
    {
      executor,
      inbox: own,
      counters: new Counters(),
      limits: { ...defaultLimits, ...limits },
      outboxStuck: () => void log.push('stuck'),
      outboxFree: () => void log.push('free'),
      outboxExceeded: (limit) => void log.push(limit),
      disconnected: () => new ClientDisconnectedError('Client #1'),
    },
    connection,
  )
  connection.open({
    data() {},
    ended() {},
    left: () => outbox.left(),
    drained: () => outbox.drained(),
    finished() {},
    closed() {},
  })
  return {
    executor,
    own,
    outbox,
    duplex,
    log,
    writes,
    block() {
      open = false
    },
    unblock() {
      open = true
      for (const callback of letGo.splice(0)) callback()
      letGo = []
    },
  }
}

test('writes of one turn leave as one write, text and bytes in order (rule 15)', async () => {
  const { outbox, writes } = setUp()
  outbox.write('one ')
  outbox.write('two ')
  outbox.write(Buffer.from('bytes '))
  outbox.write('three')
  assert.equal(writes, [])
  await turns()
  assert.equal(writes, ['one two bytes three'])
  outbox.write('next')
  await turns()
  assert.equal(writes, ['one two bytes three', 'next'])
})

test('flushed() sends at once and resolves when everything has left', async () => {
  const { outbox, writes, block, unblock } = setUp()
  block()
  outbox.write('one')
  let left = false
  const flushed = outbox.flushed().then(() => {
    left = true
  })
  assert.equal(writes, ['one'])
  await turns()
  assert.is(left, false)
  unblock()
  await flushed
  await outbox.flushed()
})

test('flushed() rejects when what was written will never leave', async () => {
  const { outbox, block } = setUp()
  block()
  outbox.write('one')
  const flushed = outbox.flushed()
  outbox.close()
  assert.instance(await rejection(flushed), ClientDisconnectedError)
  assert.instance(await rejection(outbox.flushed()), ClientDisconnectedError)
})

test('flushed() rejects where something was dropped before it could leave, and nobody needs to look', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): number => unhandled.push(reason)
  process.on('unhandledRejection', note)
  const [early, late, lost] = [setUp(), setUp(), setUp()]
  early.outbox.write('gathered')
  early.outbox.close()
  late.outbox.close()
  await late.outbox.flushed()
  late.outbox.write('too late')
  lost.outbox.lose()
  for (const { outbox } of [early, late, lost]) {
    void outbox.flushed()
    assert.instance(await rejection(outbox.flushed()), ClientDisconnectedError)
  }
  await turns()
  process.off('unhandledRejection', note)
  assert.equal(unhandled, [])
})

test('nothing is kept for a peer that is gone', async () => {
  const { outbox, writes } = setUp()
  outbox.write('kept')
  outbox.close()
  outbox.write('dropped')
  await turns()
  assert.equal(writes, [])
})

test('a peer that takes nothing is stuck until it takes something', async () => {
  const { outbox, log, block, unblock } = setUp()
  block()
  outbox.write('more than ten bytes')
  await turns()
  outbox.write('and more')
  await turns()
  assert.equal(log, ['stuck'])
  unblock()
  await turns()
  assert.equal(log, ['stuck', 'free'])
})

test('more unsent than the limit is told (rule 19)', async () => {
  const { outbox, log, block } = setUp({ maxUnsentBytes: 100 })
  block()
  outbox.write('x'.repeat(100))
  await turns()
  assert.equal(log, ['stuck'])
  outbox.write('x')
  await turns()
  assert.equal(log, ['stuck', 'maxUnsentBytes'])
})

test('a long answer leaves in pieces within its turn, so that the limit holds there too', () => {
  const { outbox, log, block } = setUp()
  block()
  for (let i = 0; i < 1000 && !log.includes('maxUnsentBytes'); i++) outbox.write('x'.repeat(10_000))
  assert.ok(log.includes('maxUnsentBytes'))
})

test('maxUnsentBytes counts bytes, not characters, and those that have left no more (rule 19)', async () => {
  const { outbox, log, block, unblock } = setUp({ maxUnsentBytes: 100 })
  const exceeded = (): boolean => log.includes('maxUnsentBytes')
  const write = (count: number): void => {
    outbox.write('\u20ac'.repeat(count))
    outbox.flush()
  }
  for (let round = 0; round < 3; round++) {
    block()
    write(11)
    outbox.write(Buffer.alloc(34))
    write(11)
    assert.is(exceeded(), false)
    unblock()
    await turns()
  }
  block()
  write(30)
  write(3)
  assert.is(exceeded(), false)
  write(1)
  assert.is(exceeded(), true)
})

test('whoever writes to a peer that has half of the limit unsent gets no further line before it has taken that', async () => {
  const { executor, outbox, own, block, unblock } = setUp({ maxUnsentBytes: 200 })
  const lines: string[] = []
  /** Writes a line in each turn that it gets. */
  const writer = (name: string): Task => {
    const task = {
      queued: false,
      run() {
        lines.push(name)
        outbox.write('x'.repeat(30))
        outbox.flush()
        if (lines.length < 8) executor.ready(task)
      },
      ran() {},
    }
    return task
  }
  block()
  executor.ready(writer('ann'))
  await turns(10)
  // The fifth of 30 bytes is the first that finds more than 100.
  assert.equal(lines, ['ann', 'ann', 'ann', 'ann'])
  unblock()
  await turns(10)
  assert.is(lines.length, 8)
  assert.is(own.queued, false)
})

test('a peer that takes nothing holds nobody up for long', async () => {
  const { executor, outbox, block } = setUp({ maxUnsentBytes: 1_000 })
  block()
  outbox.write('x'.repeat(600))
  outbox.flush()
  const done = deferred()
  let count = 0
  const writer: Task = {
    queued: false,
    run() {
      outbox.write('x')
      count += 1
      if (count === 3) done.resolve()
      else executor.ready(writer)
    },
    ran() {},
  }
  executor.ready(writer)
  await turns(10)
  assert.is(count, 1)
  await done.promise
})

test.run()
