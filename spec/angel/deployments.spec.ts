// time limit: 600 s
// What happens to an angel besides restarts: failing starts, signals, tidy systems, and its own death.

import { rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { socketPath } from '../../lib/program/socket-path.js'
import { folder, type Result, startMara } from '../cli/support.js'
import { built } from '../support/node.js'
import { crowd, ended, fixture, Guarded, guarded, problems } from './support.js'

const test = suite('angel/deployments')

const LIBRARY = pathToFileURL(path.resolve(built('lib/index.ts')))

/** Runs a program under an angel, by the command of its user, to its end. */
async function angelOf(program: string): Promise<Result> {
  const run = startMara(['angel', path.join(folder({ 'program.mjs': program }), 'program.mjs'), '--port=0'], {
    env: { XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR },
  })
  const code = await run.ended
  return { code, out: run.out, err: run.err }
}

test('a first start that fails ends the angel, with the exit code and the output of the program', async () => {
  const exits = await angelOf("console.log('so far so good'); console.error('no further'); process.exit(7)")
  assert.is(exits.code, 7)
  assert.match(exits.out, /^so far so good\n/)
  assert.match(exits.err, /no further\n/)
  assert.match(exits.err, /The service did not start: .* ended with exit code 7/)

  const throws = await angelOf("throw new Error('thrown on purpose')")
  assert.is(throws.code, 1)
  assert.match(throws.err, /thrown on purpose/)
  assert.is(throws.err.match(/ starts"/g)?.length ?? 0, 1, 'it is tried once')
})

test('a program that ends well without a service ends its angel well', async () => {
  const { code, out } = await angelOf("console.log('nothing to do')")
  assert.is(code, 0)
  assert.is(out, 'nothing to do\n')
})

test('two services in one program are refused at the start, by name', async () => {
  const { code, err } = await angelOf(`
    import { Service } from '${LIBRARY}'
    await Promise.all([new Service().run(), new Service().run()])
  `)
  assert.is(code, 1)
  assert.match(err, /An angel looks after one service in a process, and this process has one already\./)
})

test('storms of signals, to the angel and to its worker, close nobody; SIGHUPs are few restarts', () =>
  guarded(fixture('count'), async (service) => {
    const counters = await crowd(service.port, 20)
    for (const counter of counters) counter.talk()
    const { angel, worker = 0 } = await service.status()
    for (let i = 0; i < 50; i++) {
      for (const signal of ['SIGUSR2', 'SIGALRM', 'SIGHUP'] as const) process.kill(angel, signal)
      // The one that served first may have ended by now.
      if (i < 10)
        for (const signal of ['SIGUSR2', 'SIGALRM', 'SIGHUP', 'SIGQUIT'] as const)
          process.kill(worker, signal)
      await pause(5)
    }
    await service.worker(worker)
    while ((await service.status()).state !== 'serving') await pause(20)
    await Promise.all(counters.map((counter) => counter.quiet()))
    assert.equal(problems(counters), [])
    const { restarts, crashes } = await service.status()
    assert.ok(restarts >= 1 && restarts <= 10, `${restarts} restarts`)
    assert.is(crashes, 0)
    for (const counter of counters) counter.close()
  }))

test('SIGQUIT stops politely', async () => {
  const service = await Guarded.start(fixture('goodbye'))
  const { angel } = await service.status()
  process.kill(angel, 'SIGQUIT')
  assert.is(await service.run.ended, 0)
  assert.match(service.run.out, /stopping\nstopped\n$/)
})

test('the folder of control sockets may be cleared away: it is made again, and the angel is found', () =>
  guarded(fixture('count'), async (service) => {
    const { angel } = await service.status()
    const socket = socketPath(service.file, 'control')
    for (let i = 0; i < 2; i++) {
      rmSync(path.dirname(socket), { recursive: true })
      let found: number | undefined
      while (found === undefined) {
        await pause(50)
        found = await service.status().then(
          (status) => status.angel,
          () => undefined,
        )
      }
      assert.is(found, angel)
      assert.is(statSync(path.dirname(socket)).mode & 0o777, 0o700)
      assert.is(statSync(socket).mode & 0o777, 0o600)
    }
    assert.ok((await service.restart()).worker > 0)
  }))

test('where the angel dies its worker goes, too, also one that keeps its event loop busy', () =>
  guarded(
    fixture('count'),
    async (service) => {
      const [counter] = await crowd(service.port, 1)
      const { angel, worker = 0 } = await service.status()
      counter?.socket.removeAllListeners('end')
      counter?.mumble()
      counter?.write('/block\r\n')
      await pause(200)
      process.kill(angel, 'SIGKILL')
      await ended(worker)
      counter?.close()
    },
    ['--heartbeat=600000'],
  ))

test.run()
