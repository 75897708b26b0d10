// Real processes that do nothing, and whatever the supervisor is to be told of them is told by the spec.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Reserve } from '../../lib/angel/reserve.js'
import { Supervision, type SupervisionOptions } from '../../lib/angel/supervision.js'
import type { WorkerProcess } from '../../lib/angel/worker-process.js'
import { VERSION } from '../../lib/edge/frames.js'
import { FakeClock } from '../../lib/testing/clock.js'
import { rejection, turns } from '../support/service.js'
import { runs } from './support.js'

const test = suite('angel/supervision')

/** Does nothing, and ends with the pipe. */
const IDLE = `new (require('node:net').Socket)({ fd: 3 }).on('close', () => process.exit()).resume(); setInterval(() => {}, 1e9)`

interface Watched {
  readonly supervision: Supervision
  readonly clock: FakeClock
  /** What was done to the edge, the listeners and the log, in order. */
  readonly done: string[]
  readonly errors: unknown[]
  readonly exitCodes: number[]
  /** Takes the worker that is to be next to where it serves. */
  serve(): WorkerProcess
  /** Waits for the end of a worker. */
  ended(worker: WorkerProcess): Promise<void>
}

/** A supervision for the time of `body`; no process is left after it. */
async function supervised(
  body: (watched: Watched) => Promise<void>,
  { fault, script = IDLE }: { fault?: string; script?: string } = {},
): Promise<void> {
  const clock = new FakeClock(1_000_000)
  const done: string[] = []
  const errors: unknown[] = []
  const exitCodes: number[] = []
  let wakers: (() => void)[] = []
  const workers = new Set<WorkerProcess>()
  /** Notes what is called. */
  const noted = (what: string): never =>
    new Proxy(
      { size: 2 },
      {
        get: (target, name) =>
          name in target
            ? target.size
            : (...args: unknown[]) => {
                const words = args.map((arg) => (typeof arg === 'object' ? '' : ` ${arg}`)).join('')
                done.push(`${what} ${String(name)}${words}`)
                if (fault === name) throw new Error(`no ${fault}`)
              },
      },
    ) as never
  const options: SupervisionOptions = {
    command: () => ({ execArgv: ['-e', script], args: [] }),
    clock,
    healthy: undefined,
    edge: noted('edge'),
    listeners: noted('listeners'),
    log: noted('log'),
    key: 'a key',
    reserve: new Reserve(),
    host: {
      greeting: () => {},
      message: () => {},
      turn: () => {},
      broken: () => {},
      ended: (worker, end) => {
        supervision.ended(worker, end)
        for (const wake of wakers.splice(0)) wake()
      },
    },
    onEnd: (exitCode) => exitCodes.push(exitCode),
    onError: (error) => errors.push(error),
  }
  const supervision = new Supervision(options)
  const watched: Watched = {
    supervision,
    clock,
    done,
    errors,
    exitCodes,
    serve() {
      const worker = supervision.next as WorkerProcess
      workers.add(worker)
      const { number } = worker
      supervision.tell({ type: 'hello', worker: number, body: { version: VERSION } })
      supervision.tell({ type: 'ready', worker: number, body: {} })
      const before = supervision.serving
      if (before !== undefined && before !== worker)
        supervision.tell({
          type: 'handed-over',
          worker: before.number,
          body: { since: clock.now(), stop: false, standby: false },
        })
      supervision.tell({ type: 'serving', worker: number, body: {} })
      assert.is(supervision.serving, worker)
      return worker
    },
    async ended(worker) {
      while (!worker.ended || supervision.has(worker))
        await new Promise<void>((resolve) => wakers.push(resolve))
    },
  }
  try {
    await body(watched)
  } finally {
    wakers = []
    supervision.tell({ type: 'kill' })
    while (exitCodes.length === 0) await turns(1)
  }
}

/** How many alarms its workers have. */
function alarmsOf({ state }: Supervision): number {
  return state.workers.flatMap(({ deadline, heartbeat }) => [deadline, heartbeat]).filter(Boolean).length
}

test('a start starts a process, which serves when it has said so', () =>
  supervised(async ({ supervision, serve }) => {
    assert.is(supervision.serving, undefined)
    supervision.tell({ type: 'start' })
    const worker = supervision.next as WorkerProcess
    assert.ok(runs(worker.pid as number))
    assert.ok(supervision.has(worker))
    assert.is(serve(), worker)
    assert.is(supervision.next, undefined)
  }))

test("the listeners are the worker's before the edge hands it its connections", () =>
  supervised(async ({ supervision, serve, done }) => {
    supervision.tell({ type: 'start' })
    serve()
    const order = done.filter((what) => /listeners serve|edge handTo/.test(what))
    assert.equal(order, ['listeners serve', 'edge handTo'])
  }))

test('a worker that is killed is replaced, and what it held is forgotten first', () =>
  supervised(async ({ supervision, serve, ended, done, clock }) => {
    supervision.tell({ type: 'start' })
    const first = serve()
    done.length = 0
    first.kill()
    await ended(first)
    assert.is(done[0], 'listeners forget')
    assert.ok(done.includes('edge detach killed'), done.join())
    assert.not(supervision.has(first))
    await clock.advance(1)
    const second = supervision.next as WorkerProcess
    assert.is.not(second, undefined)
    assert.is.not(second.pid, first.pid)
  }))

test('whoever asks for a restart is told when another process serves; several who ask are all told', () =>
  supervised(async ({ supervision, serve, ended }) => {
    supervision.tell({ type: 'start' })
    const first = serve()
    const asked = [supervision.restart(), supervision.restart()]
    const second = serve()
    first.kill()
    await ended(first)
    for (const restarted of await Promise.all(asked)) assert.is(restarted.worker, second.pid)
  }))

test('whoever asks for a restart that fails is told why, and the old process goes on', () =>
  supervised(async ({ supervision, serve, ended }) => {
    supervision.tell({ type: 'start' })
    const first = serve()
    const refused = rejection(supervision.restart())
    const next = supervision.next as WorkerProcess
    next.kill()
    await ended(next)
    const error = (await refused) as Error & { code: string; reason: string }
    assert.is(error.code, 'MARA_RESTART_FAILED')
    assert.match(error.reason, /SIGKILL/)
    assert.is(supervision.serving, first)
  }))

test('an alarm rings when its time has come, and one that was cleared never does', () =>
  supervised(async ({ supervision, serve, clock, ended }) => {
    supervision.tell({ type: 'start' })
    const worker = supervision.next as WorkerProcess
    const { readyTimeout } = supervision.state.settings
    await clock.advance(readyTimeout - 1)
    assert.not(worker.ended)
    const { pending } = clock
    serve()
    // Nobody waits for it to be ready any more.
    assert.is(clock.pending, alarmsOf(supervision))
    assert.ok(pending > 0)
    supervision.tell({ type: 'beat', worker: worker.number, body: {} })
    await clock.advance(1)
    assert.not(worker.ended)
    // It is silent, and then it is killed.
    await clock.advance(supervision.state.settings.heartbeat * 2)
    await ended(worker)
  }))

test('one that does not get ready in time is killed', () =>
  supervised(async ({ supervision, clock, ended, exitCodes }) => {
    supervision.tell({ type: 'start' })
    const worker = supervision.next as WorkerProcess
    await clock.advance(supervision.state.settings.readyTimeout)
    await ended(worker)
    assert.equal(exitCodes, [1], 'the first one has failed')
  }))

test('what fails while an order is carried out is told of, and the other orders are carried out all the same', () =>
  supervised(
    async ({ supervision, serve, ended, errors, clock }) => {
      supervision.tell({ type: 'start' })
      const first = serve()
      first.kill()
      await ended(first)
      assert.equal(
        errors.map((error) => (error as Error).message),
        ['no detach'],
      )
      await clock.advance(1)
      serve()
    },
    { fault: 'detach' },
  ))

test('a worker has the key for what is sealed before it can be asked for anything', () =>
  supervised(
    async ({ supervision, ended, exitCodes }) => {
      supervision.tell({ type: 'start' })
      await ended(supervision.next as WorkerProcess)
      assert.equal(exitCodes, [7])
    },
    {
      script: `
        let told = ''
        const pipe = new (require('node:net').Socket)({ fd: 3 })
        pipe.on('data', (chunk) => {
          told += chunk
          if (/"name"/.test(told)) process.exit(/^[^{]*{"name":"key","key":"a key"}/.test(told) ? 7 : 8)
        })`,
    },
  ))

test('where a process can not be started, be it said at once or later, that is the end of that worker alone', async () => {
  for (const path of ['/nowhere/node', `/${'x'.repeat(10_000)}`]) {
    await supervised(async ({ supervision, serve, ended, clock }) => {
      supervision.tell({ type: 'start' })
      const first = serve()
      const { execPath } = process
      process.execPath = path
      const refused = rejection(supervision.restart())
      const next = supervision.next
      process.execPath = execPath
      if (next !== undefined) await ended(next)
      assert.match(((await refused) as Error).message, /could not be started: /)
      assert.is(supervision.serving, first)
      // Its end, which may come in the middle of the order to start it, is dealt with when all orders are carried out.
      assert.is(clock.pending, alarmsOf(supervision))
    })
  }
})

test('the end comes once, with the exit code, when no process is left', () =>
  supervised(async ({ supervision, serve, exitCodes, ended }) => {
    supervision.tell({ type: 'start' })
    const worker = serve()
    supervision.tell({ type: 'stop' })
    supervision.tell({ type: 'stop' })
    assert.equal(exitCodes, [])
    supervision.tell({ type: 'stopping', worker: worker.number, body: {} })
    worker.kill()
    await ended(worker)
    supervision.tell({ type: 'kill' })
    assert.equal(exitCodes, [0])
    const error = (await rejection(supervision.restart())) as Error & { code: string }
    assert.is(error.code, 'MARA_RESTART_FAILED')
  }))

test('a kill ends all processes at once, one that is about to serve included', () =>
  supervised(async ({ supervision, serve, ended, exitCodes }) => {
    supervision.tell({ type: 'start' })
    const first = serve()
    const refused = rejection(supervision.restart())
    const next = supervision.next as WorkerProcess
    supervision.tell({ type: 'kill' })
    await Promise.all([ended(first), ended(next)])
    await refused
    assert.is(exitCodes.length, 1)
    assert.not(runs(first.pid as number))
    assert.not(runs(next.pid as number))
  }))

test.run()
