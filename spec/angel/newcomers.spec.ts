// time limit: 600 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.
import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { crowd, fixture, guarded, problems } from './support.js'

const test = suite('angel/newcomers')

for (const SUSPEND_MS of ['0', '400']) {
  test(`whoever connects while a restart goes on is served, and nobody is refused (it stands still for ${SUSPEND_MS} ms more)`, () =>
    guarded(
      fixture('count'),
      async (service) => {
        const counters = await crowd(service.port, 20)
        for (const counter of counters) counter.talk()
        let going = true
        const served: number[] = []
        const knock = async (): Promise<void> => {
          while (going) {
            const peer = await service.connect()
            assert.is(await peer.line(), 'welcome')
            peer.send('hello\r\n')
            assert.is(await peer.line(), '1 hello')
            served.push(1)
            peer.end()
            await peer.rest()
            peer.destroy()
          }
        }
        const knocking = Array.from({ length: 10 }, knock)
        for (let i = 0; i < 3; i++) await service.restart()
        going = false
        await Promise.all(knocking)
        assert.ok(served.length > 100, `${served.length} were served`)
        await Promise.all(counters.map((counter) => counter.quiet()))
        assert.equal(problems(counters), [])
        for (const counter of counters) counter.close()
        await service.connections(0)
      },
      [],
      { SUSPEND_MS },
    ))
}

test('restarts that are asked for at once, by whatever way, are one', () =>
  guarded(fixture('count'), async (service) => {
    const [counter] = await crowd(service.port, 1)
    assert.ok(counter)
    const [first, second, third, answer] = await Promise.all([
      service.restart(),
      service.restart(),
      service.restart(),
      counter.say('/restart'),
    ])
    assert.is(first.worker, second.worker)
    assert.is(first.worker, third.worker)
    assert.is(answer, 'agreed')
    assert.is((await service.status()).restarts, 1)
    counter.close()
  }))

test('a client that goes while a restart goes on is gone after it', () =>
  guarded(fixture('count'), async (service) => {
    const counters = await crowd(service.port, 100)
    const restarting = service.restart()
    for (const counter of counters.slice(0, 90)) {
      counter.close()
      await pause(Math.random() * 20)
    }
    await restarting
    await service.connections(10)
    for (const counter of counters.slice(90)) assert.is(await counter.say('hello'), 'hello')
    for (const counter of counters) counter.close()
  }))

test('one that is asked for while the old process hands over is that one', () =>
  guarded(fixture('goodbye'), async (service) => {
    const peer = await service.connect()
    await peer.line()
    const restarting = service.restart()
    await service.run.find(/handing over/)
    peer.send('restart\r\n')
    assert.is(await peer.line(), 'agreed')
    await restarting
    peer.send('hello\r\n')
    assert.is(await peer.line(), 'hello')
    assert.is((await service.status()).restarts, 1)
    peer.destroy()
  }))

test('whoever connects while the worker is busy is served when it is not, however long that takes', () =>
  guarded(
    fixture('count'),
    async (service) => {
      const [counter] = await crowd(service.port, 1)
      counter?.write('/busy\r\n')
      const peers = await Promise.all(Array.from({ length: 5 }, () => service.connect()))
      for (const peer of peers) assert.is(await peer.line(), 'welcome')
      await service.restart()
      for (const peer of peers) {
        peer.send('hello\r\n')
        assert.is(await peer.line(), '1 hello')
        peer.destroy()
      }
      counter?.close()
    },
    ['--heartbeat=60000'],
  ))

test.run()
