// time limit: 600 s
// Handlers that are at work when their process is to end.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Peer } from '../support/peer.js'
import { fixture, type Guarded, guarded } from './support.js'

const test = suite('angel/again')

async function inside(service: Guarded): Promise<Peer> {
  const peer = await service.connect()
  assert.is(await peer.line(), 'welcome')
  peer.send('quick\r\n')
  assert.is(await peer.line(), 'come in')
  return peer
}

test('a handler that awaits something other than a line ends first, and takes its gold once; others are served meanwhile', () =>
  guarded(fixture('again'), async (service) => {
    const ann = await inside(service)
    const bob = await inside(service)
    ann.send('pay\r\n')
    await service.run.find(/busy/)
    const restarting = service.restart()
    bob.send('hello\r\n')
    assert.is(await bob.line(), '1 hello')
    await restarting
    assert.is(await ann.line(), '90 gold left')
    ann.send('hello\r\n')
    assert.is(await ann.line(), '1 hello')
    for (const peer of [ann, bob]) peer.destroy()
  }))

test('one that is not done within restartWait begins again, and its event says so', () =>
  guarded(
    fixture('again'),
    async (service) => {
      const ann = await inside(service)
      ann.send('forever\r\n')
      await service.run.find(/busy/)
      await service.restart()
      assert.is(await ann.line(), 'begun again')
      ann.destroy()
    },
    ['--restartWait=200'],
  ))

test('with onRestart=restart a Connect that was cut short begins again, and its event says so', () =>
  guarded(
    fixture('again'),
    async (service) => {
      const ann = await service.connect()
      assert.is(await ann.line(), 'welcome')
      ann.send('slow\r\n')
      await service.run.find(/busy/)
      const worker = await service.worker()
      process.kill(worker, 'SIGKILL')
      // On a line of its own, where the turn that took the line had not been sent: then ann stands behind a prompt.
      assert.match(await ann.until('welcome again'), /^(?:\r\n)?welcome again$/)
      ann.destroy()
    },
    ['--onRestart=restart'],
  ))

test('lines behind a flush are handled once each over restarts and crashes', () =>
  guarded(fixture('again'), async (service) => {
    const ann = await inside(service)
    const lines = 2_000
    let sent = 0
    const send = (count: number): void => {
      for (let i = 0; i < count; i++) ann.send(`line ${++sent}\r\n`)
    }
    send(500)
    const restarting = service.restart()
    send(500)
    await restarting
    send(500)
    const worker = await service.worker()
    process.kill(worker, 'SIGKILL')
    send(500)
    const numbers: string[] = []
    while (!numbers.at(-1)?.endsWith(` line ${lines}`)) {
      const line = await ann.line()
      if (!line.startsWith('flushed')) numbers.push(line)
    }
    const handled = numbers.map((line) => line.split(' line ')[1])
    // What was begun when the worker was killed may be answered again, once; nothing is lost or out of order.
    const unique = [...new Set(handled)]
    assert.equal(
      unique,
      Array.from({ length: lines }, (_, i) => String(i + 1)),
    )
    assert.ok(
      handled.length - unique.length <= 1,
      `${handled.length - unique.length} lines were handled twice`,
    )
    ann.destroy()
  }))

test.run()
