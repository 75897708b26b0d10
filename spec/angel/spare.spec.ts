// time limit: 300 s
// A worker that is loaded and idle, and takes the place of one that dies.

import { setTimeout as pause } from 'node:timers/promises'
import { everyRestartPoint } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hiding } from '../testing/hiding.js'
import { children, crowd, ended, fixture, guarded, problems, runs } from './support.js'

const test = suite('angel/spare')

const SPARE = '--spareWorker'

/** The process that is loaded and idle: the angel's child besides the one that serves. */
async function spareOf(angel: number, worker: number): Promise<number> {
  for (;;) {
    const [spare] = children(angel).filter((pid) => pid !== worker && runs(pid))
    if (spare !== undefined) return spare
    await pause(20)
  }
}

test('the spare worker serves after a SIGKILL, no line is lost or doubled, and another one is made ready', () =>
  guarded(
    fixture('count'),
    async (service) => {
      const counters = await crowd(service.port, 50)
      for (const counter of counters) counter.talk()
      const { angel } = await service.status()
      let worker = await service.worker()
      for (let i = 0; i < 3; i++) {
        const spare = await spareOf(angel, worker)
        process.kill(worker, 'SIGKILL')
        const next = await service.worker(worker)
        // One that is not loaded yet when its turn comes is waited for.
        assert.is(next, spare)
        worker = next
      }
      await Promise.all(counters.map((counter) => counter.quiet()))
      assert.equal(problems(counters), [])
      assert.is((await service.status()).crashes, 3)
      for (const counter of counters) counter.close()
    },
    [SPARE],
  ))

test('a restart is for a new version, so the spare worker of the old one ends', () =>
  guarded(
    fixture('count'),
    async (service) => {
      const { angel } = await service.status()
      const spare = await spareOf(angel, await service.worker())
      const { worker } = await service.restart()
      assert.is.not(worker, spare)
      await ended(spare)
    },
    [SPARE],
  ))

test('a spare worker that is killed is no crash, and the service goes on and can be stopped', () =>
  guarded(
    fixture('count'),
    async (service) => {
      const { angel } = await service.status()
      const worker = await service.worker()
      const spare = await spareOf(angel, worker)
      process.kill(spare, 'SIGKILL')
      await ended(spare)
      assert.is(await service.worker(), worker)
      assert.is((await service.status()).crashes, 0)
      assert.is(await service.stop(), 0)
      assert.match(service.run.err, `The spare worker ${spare} has ended`)
    },
    [SPARE],
  ))

test('the spare worker learns of a client that keeps still before it is needed, and serves it as it is when it is', () =>
  guarded(
    fixture('speaking'),
    async (service) => {
      const { angel } = await service.status()
      const worker = await service.worker()
      const spare = await spareOf(angel, worker)
      const [ann, ben, eve] = [await service.connect(), await service.connect(), await service.connect()]
      for (const peer of [ann, ben, eve]) {
        peer.send('one\r\n')
        await peer.until('1')
      }
      await service.run.find(new RegExp(`(?:process ${spare} speaks\n[^]*){3}`))
      ben.send('two\r\n')
      await ben.until('2')
      eve.end()
      await eve.closed
      process.kill(worker, 'SIGKILL')
      ann.send('two\r\n')
      ben.send('three\r\n')
      await ann.until('2')
      await ben.until('3')
      assert.is(await service.worker(), spare)
      await service.connections(2)
    },
    [SPARE, '--heartbeat=1000'],
  ))

test('a conversation goes on in the spare worker, whenever the one that serves is killed', async () => {
  const scenario = { ...hiding({ telnet: false }), settings: [SPARE] }
  assert.is(await everyRestartPoint(scenario, { crash: true }), 4)
})

test.run()
