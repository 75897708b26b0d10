// time limit: 600 s
import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folder } from '../cli/support.js'
import { rejection } from '../support/service.js'
import { ended, fixture, Guarded, guarded, runs } from './support.js'

const test = suite('angel/signals')

const store = (): string => `--storePath=${folder()}`

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} to the angel stops everything politely`, async () => {
    const service = await Guarded.start(fixture('goodbye'))
    const worker = await service.worker()
    const { angel } = await service.status()
    const peer = await service.connect()
    await peer.line()
    process.kill(angel, signal)
    assert.is(await peer.rest(), 'goodbye, ann\r\n')
    assert.is(await service.run.ended, 0)
    assert.not.ok(runs(worker))
    assert.match(service.run.out, /stopped\n$/)
    assert.is(((await rejection(service.connect())) as NodeJS.ErrnoException).code, 'ECONNREFUSED')
  })
}

test('Ctrl-C, which all processes of a terminal get, does the same', async () => {
  const service = await Guarded.start(fixture('goodbye'))
  const worker = await service.worker()
  const peer = await service.connect()
  await peer.line()
  service.run.interrupt()
  assert.is(await peer.rest(), 'goodbye, ann\r\n')
  assert.is(await service.run.ended, 0)
  assert.not.ok(runs(worker))
})

test('a second signal ends at once what does not want to end', async () => {
  const service = await Guarded.start(fixture('goodbye'), ['--drain=60000'])
  const worker = await service.worker()
  const { angel } = await service.status()
  const peer = await service.connect()
  await peer.line()
  peer.send('sleep\r\n')
  await service.run.find(/sleeping/)
  process.kill(angel, 'SIGTERM')
  await service.run.find(/stopping/)
  process.kill(angel, 'SIGTERM')
  await service.run.ended
  assert.not.ok(runs(worker))
  peer.destroy()
})

test('SIGHUP restarts', () =>
  guarded(fixture('goodbye'), async (service) => {
    const before = await service.worker()
    const { angel } = await service.status()
    const peer = await service.connect()
    await peer.line()
    process.kill(angel, 'SIGHUP')
    await service.worker(before)
    peer.send('hello\r\n')
    assert.is(await peer.line(), 'hello')
    peer.destroy()
  }))

test('where the angel dies its connections go with it, and the worker stops in order', async () => {
  const service = await Guarded.start(fixture('goodbye'), [store()])
  const worker = await service.worker()
  const { angel } = await service.status()
  const peer = await service.connect()
  await peer.line()
  process.kill(angel, 'SIGKILL')
  await peer.closed
  await ended(worker)
  await service.run.ended
  assert.match(service.run.out, /stopping\nstopped\n$/)
})

test('a service that stops by itself takes its angel along', async () => {
  const service = await Guarded.start(fixture('goodbye'))
  const peer = await service.connect()
  await peer.line()
  peer.send('stop\r\n')
  assert.is(await peer.rest(), 'goodbye, ann\r\n')
  assert.is(await service.run.ended, 0)
})

test('a stop at any moment of a restart says goodbye, and leaves nothing running', async () => {
  for (const wait of [0, 300, 600, 700, 800, 900]) {
    const service = await Guarded.start(fixture('goodbye'))
    const worker = await service.worker()
    const peer = await service.connect()
    await peer.line()
    const restarting = service.restart().catch(() => undefined)
    await pause(wait)
    assert.is(await service.stop(), 0)
    assert.is(await peer.rest(), 'goodbye, ann\r\n')
    await restarting
    assert.not.ok(runs(worker))
    assert.not.match(service.run.err, /error/i)
  }
})

test('a stop while one process hands over to the next is for the next one, which says goodbye', async () => {
  const service = await Guarded.start(fixture('goodbye'))
  const peer = await service.connect()
  await peer.line()
  const restarting = rejection(service.restart())
  await service.run.find(/handing over/)
  assert.is(await service.stop(), 0)
  assert.match(((await restarting) as Error).message, /the service is stopping/)
  assert.is(await peer.rest(), 'goodbye, ann\r\n')
  assert.match(service.run.out, /open \d+\nhanding over\nopen \d+\nstopping\nstopped\n$/)
})

test('a stop that comes before the angel has noticed that its worker died says goodbye all the same', async () => {
  const service = await Guarded.start(fixture('goodbye'))
  const worker = await service.worker()
  const { angel } = await service.status()
  const peer = await service.connect()
  await peer.line()
  process.kill(angel, 'SIGSTOP')
  process.kill(worker, 'SIGKILL')
  process.kill(angel, 'SIGTERM')
  process.kill(angel, 'SIGCONT')
  assert.is(await peer.rest(), 'goodbye, ann\r\n')
  assert.is(await service.run.ended, 0)
})

test('where input has ended the process, the one that says goodbye handles none of it, which would be its end, too', async () => {
  const service = await Guarded.start(fixture('goodbye'))
  const [ann, bob] = [await service.connect(), await service.connect()]
  await ann.line()
  await bob.line()
  ann.send('die\r\nhello\r\n')
  assert.is(await service.run.ended, 0)
  assert.equal([await ann.rest(), await bob.rest()], ['dying\r\ngoodbye, ann\r\n', 'goodbye, ann\r\n'])
  assert.match(service.run.out, /^open \d+\ndying\nopen \d+\nstopping\nstopped\n$/m)
})

test('nor is a stop lost that the program asks for while it hands over', async () => {
  const service = await Guarded.start(fixture('goodbye'), [], { STOP_AT: 'suspend' })
  const peer = await service.connect()
  await peer.line()
  await service.restart()
  assert.is(await peer.rest(), 'goodbye, ann\r\n')
  assert.is(await service.run.ended, 0)
})

test.run()
