// Real processes, each a few lines of plain JavaScript: what matters is what the system does when one ends.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type WorkerEnd, type WorkerHost, WorkerProcess } from '../../lib/angel/worker-process.js'
import { type Clock, systemClock } from '../../lib/clock.js'
import { ByteWriter, FrameError } from '../../lib/edge/bytes.js'
import { finishTurn, greeting, message, VERSION } from '../../lib/edge/frames.js'
import type { WorkerMessage } from '../../lib/edge/messages.js'
import { FakeClock } from '../../lib/testing/clock.js'
import { turns } from '../support/service.js'
import { runs } from './support.js'

const test = suite('angel/worker-process')

/** What the angel of a worker gets to know of it, in the order in which it does. */
class Ear implements WorkerHost {
  readonly heard: string[] = []
  /** Thrown for each turn. */
  fault: Error | undefined
  #ends: WorkerEnd[] = []
  #wakers: (() => void)[] = []

  greeting(_worker: WorkerProcess, version: number): void {
    this.#hear(`greeting ${version}`)
  }

  message(_worker: WorkerProcess, { name, ...more }: WorkerMessage): void {
    this.#hear(`${name} ${JSON.stringify(more)}`)
  }

  turn(_worker: WorkerProcess, records: Buffer): void {
    this.#hear(`turn ${records.toString()}`)
    if (this.fault !== undefined) throw this.fault
  }

  broken(_worker: WorkerProcess, reason: string): void {
    this.#hear(`broken: ${reason}`)
  }

  ended(_worker: WorkerProcess, end: WorkerEnd): void {
    this.#ends.push(end)
    this.#hear('ended')
  }

  #hear(what: string): void {
    this.heard.push(what)
    for (const wake of this.#wakers.splice(0)) wake()
  }

  /** Waits until something is heard that begins like that. */
  async hears(beginning: string): Promise<void> {
    while (!this.heard.some((what) => what.startsWith(beginning)))
      await new Promise<void>((resolve) => this.#wakers.push(resolve))
  }

  async end(): Promise<WorkerEnd> {
    await this.hears('ended')
    await turns()
    assert.is(this.#ends.length, 1, 'a worker ends once')
    return this.#ends[0] as WorkerEnd
  }
}

/** Starts a worker for the time of `body`. @param script has `pipe`, and `bytes`, which are to be sent. */
async function working(
  script: string,
  body: (worker: WorkerProcess, ear: Ear) => Promise<void>,
  { frames = [], clock = systemClock }: { frames?: readonly Buffer[]; clock?: Clock } = {},
): Promise<void> {
  const ear = new Ear()
  const prelude = `
    const pipe = new (require('node:net').Socket)({ fd: 3, readable: true, writable: true })
    const bytes = Buffer.from('${Buffer.concat(frames).toString('base64')}', 'base64')
  `
  const worker = new WorkerProcess(7, { execArgv: ['-e', prelude + script], args: [] }, ear, clock)
  try {
    await body(worker, ear)
  } finally {
    worker.kill()
    await ear.hears('ended')
  }
}

function turnOf(text: string): Buffer {
  const writer = new ByteWriter()
  writer.raw(Buffer.alloc(5))
  writer.raw(Buffer.from(text))
  return finishTurn(writer)
}

/** Says everything, and stays until it is told to go. */
const SAY = 'pipe.write(bytes); pipe.resume()'

// --- What is said

test('a worker is greeted before all else, and told in order', () => {
  // What it gets is what it sends back, as a reason to fail.
  const script = `
    let got = Buffer.alloc(0)
    pipe.on('data', (chunk) => {
      got = Buffer.concat([got, chunk])
      if (got.length < ${greeting().length + message({ name: 'stop' }).length + message({ name: 'leave' }).length}) return
      const text = JSON.stringify({ name: 'failed', reason: got.toString('latin1') })
      const head = Buffer.alloc(5)
      head.writeUInt32LE(Buffer.byteLength(text) + 1)
      head[4] = 2
      pipe.write(Buffer.concat([head, Buffer.from(text)]))
    })`
  return working(script, async (worker, ear) => {
    worker.tell({ name: 'stop' })
    await turns()
    worker.tell({ name: 'leave' })
    await ear.hears('failed')
    const reason = Buffer.concat([greeting(), message({ name: 'stop' }), message({ name: 'leave' })])
    assert.equal(ear.heard, [`failed ${JSON.stringify({ reason: reason.toString('latin1') })}`])
  })
})

test('what a worker says arrives as it was said, and in that order, however it was cut on its way', () =>
  working(
    `let sent = 0
     const next = () => sent < bytes.length && pipe.write(bytes.subarray(sent, ++sent), () => setImmediate(next))
     next()
     pipe.resume()`,
    async (worker, ear) => {
      await ear.hears('turn two')
      assert.equal(ear.heard, [`greeting ${VERSION}`, 'turn one', 'ready {}', 'turn two'])
      assert.not(worker.ended)
    },
    { frames: [greeting(), turnOf('one'), message({ name: 'ready' }), turnOf('two')] },
  ))

for (const [what, frame] of [
  ['a frame of no possible length', Buffer.from([255, 255, 255, 255])],
  ['a frame of a type that nobody knows', Buffer.from([1, 0, 0, 0, 99])],
  ['a message that is no JSON', Buffer.from([2, 0, 0, 0, 2, 0x7b])],
  ['a message that this version does not know', message({ name: 'surrender' })],
] as const) {
  test(`after ${what} nothing of a worker is listened to, which is said once, and its end is told all the same`, () =>
    working(
      // It says all of it once more when it is told to stop.
      `let told = ''
       pipe.write(bytes)
       pipe.on('data', (chunk) => {
         told += chunk
         if (told.includes('stop')) pipe.write(bytes, () => process.exit(0))
       })`,
      async (worker, ear) => {
        await ear.hears('broken')
        worker.tell({ name: 'stop' })
        await ear.end()
        const [before, broken, ...after] = ear.heard
        assert.is(before, 'turn before')
        assert.match(broken ?? '', /^broken: it sent a frame that makes no sense: /)
        assert.equal(after, ['ended'])
      },
      { frames: [turnOf('before'), frame, turnOf('after'), frame] },
    ))
}

test('a turn that the edge can not read breaks a worker as a bad frame does', () =>
  working(
    SAY,
    async (_worker, ear) => {
      ear.fault = new FrameError('it has no records')
      await ear.hears('broken')
      await turns()
      assert.equal(ear.heard, ['turn one', 'broken: it sent a frame that makes no sense: it has no records'])
    },
    { frames: [turnOf('one'), turnOf('two')] },
  ))

test('a worker that closes its end of the pipe has not ended, and to tell it something does no harm', () =>
  working(
    'pipe.end(bytes, () => pipe.destroy()); setInterval(() => {}, 1e9)',
    async (worker, ear) => {
      await ear.hears('turn last')
      for (let i = 0; i < 3; i++) {
        worker.tell({ name: 'stop' })
        await turns()
      }
      assert.not(worker.ended)
      assert.ok(runs(worker.pid as number))
      worker.kill()
      await ear.end()
    },
    { frames: [turnOf('last')] },
  ))

// --- How it ends

test('a worker that ends has an end in words, and the exit code for its angel', () =>
  working('process.exit(3)', async (worker, ear) => {
    assert.equal(await ear.end(), { how: 'ended with exit code 3', exitCode: 3, killed: false })
    assert.ok(worker.ended)
    worker.kill()
    worker.tell({ name: 'stop' })
    await turns()
    assert.equal(ear.heard, ['ended'])
  }))

test('it is known which signals somebody has sent, and which come of a fault of the process', async () => {
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) {
    await working(
      `process.kill(process.pid, '${signal}'); setInterval(() => {}, 1e9)`,
      async (_worker, ear) => {
        assert.equal(await ear.end(), { how: `was ended by ${signal}`, exitCode: 1, killed: true })
      },
    )
  }
  for (const signal of ['SIGABRT', 'SIGSEGV'] as const) {
    await working(
      `process.kill(process.pid, '${signal}'); setInterval(() => {}, 1e9)`,
      async (_worker, ear) => {
        assert.equal(await ear.end(), { how: `was ended by ${signal}`, exitCode: 1, killed: false })
      },
    )
  }
})

test('all that a worker has said is heard before its end, be it much and the end sudden', () =>
  working(
    `const frames = []
     for (let i = 0; i < 20; i++) {
       const body = Buffer.from(i + ' ' + 'x'.repeat(100_000))
       const head = Buffer.alloc(5)
       head.writeUInt32LE(body.length + 1)
       head[4] = 16
       frames.push(head, body)
     }
     pipe.write(Buffer.concat(frames), () => process.kill(process.pid, 'SIGKILL'))`,
    async (_worker, ear) => {
      await ear.end()
      const turns = Array.from({ length: 20 }, (_, i) => `turn ${i} ${'x'.repeat(100_000)}`)
      assert.ok(ear.heard.join() === [...turns, 'ended'].join())
    },
  ))

test('a process of the worker that holds the pipe open holds up its end for half a second, and no longer', async () => {
  const clock = new FakeClock(0)
  const script = `
    const stdio = ['ignore', 'ignore', 'ignore', pipe]
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio })
    const text = JSON.stringify({ name: 'failed', reason: String(child.pid) })
    const head = Buffer.alloc(5)
    head.writeUInt32LE(text.length + 1)
    head[4] = 2
    pipe.write(Buffer.concat([head, Buffer.from(text)]), () => process.exit(0))`
  const ear = new Ear()
  const prelude = `const pipe = new (require('node:net').Socket)({ fd: 3, readable: true, writable: true })\n`
  const worker = new WorkerProcess(1, { execArgv: ['-e', prelude + script], args: [] }, ear, clock)
  await ear.hears('failed')
  const heir = Number(/\d+/.exec(ear.heard[0] as string)?.[0])
  try {
    while (!worker.ended) await turns()
    await clock.advance(499)
    await turns()
    assert.equal(ear.heard.slice(1), [])
    await clock.advance(1)
    assert.equal(await ear.end(), { how: 'ended with exit code 0', exitCode: 0, killed: false })
    assert.ok(runs(heir))
    assert.is(clock.pending, 0)
  } finally {
    process.kill(heir, 'SIGKILL')
  }
})

test('where nobody holds the pipe open, the end waits for no clock', () =>
  working('process.exit(0)', async (_worker, ear) => void (await ear.end()), { clock: new FakeClock(0) }))

for (const [code, path] of [
  ['ENOENT', '/nowhere/node'],
  ['ENAMETOOLONG', `/${'x'.repeat(10_000)}`],
] as const) {
  test(`a worker that can not be started (${code}) has ended before it began: once, later, and with the reason`, async () => {
    const ear = new Ear()
    const { execPath } = process
    process.execPath = path
    let worker: WorkerProcess
    try {
      worker = new WorkerProcess(1, { execArgv: [], args: [] }, ear)
    } finally {
      process.execPath = execPath
    }
    assert.equal(ear.heard, [])
    worker.tell({ name: 'stop' })
    worker.kill()
    const end = await ear.end()
    assert.match(end.how, new RegExp(`^could not be started: .*${code}`))
    assert.equal([end.exitCode, end.killed], [1, false])
    assert.is(worker.pid, undefined)
    worker.tell({ name: 'stop' })
    worker.kill()
    await turns()
    assert.equal(ear.heard, ['ended'])
  })
}

test('a worker that is killed in the very turn in which it was started ends like any other', () =>
  working('setInterval(() => {}, 1e9)', async (worker, ear) => {
    worker.tell({ name: 'stop' })
    worker.kill()
    worker.kill()
    assert.is((await ear.end()).how, 'was ended by SIGKILL')
  }))

test.run()
