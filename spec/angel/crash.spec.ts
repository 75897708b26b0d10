// time limit: 600 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.
import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rejection } from '../support/service.js'
import { times } from '../support/soak.js'
import { type Counter, children, crowd, fixture, type Guarded, guarded, problems } from './support.js'

const test = suite('angel/crash')

const KILLS = times(5, 200)

/** Everybody is there, and is heard. */
async function everybodyIsHeard(service: Guarded, counters: readonly Counter[]): Promise<void> {
  for (const counter of counters) assert.is(await counter.say('still here'), 'still here')
  assert.is((await service.status()).connections, counters.length)
  assert.equal(problems(counters), [])
}

test(`200 clients outlive ${KILLS} SIGKILLs at random moments: nobody is closed, and whoever speaks after it is heard`, () =>
  guarded(
    fixture('count'),
    async (service) => {
      const counters = await crowd(service.port, 200)
      let victim: number | undefined
      for (let i = 0; i < KILLS; i++) {
        victim = await service.worker(victim)
        for (const counter of counters.slice(0, 100)) counter.mumble()
        await pause(Math.random() * 300)
        process.kill(victim, 'SIGKILL')
      }
      await service.worker(victim)
      await everybodyIsHeard(service, counters)
      const { crashes, trouble } = await service.status()
      assert.is(crashes, KILLS)
      assert.match(trouble?.what ?? '', /was ended by SIGKILL/)
      for (const counter of counters) counter.close()
    },
    ['--snapshotEvery=100'],
  ))

test('nor does a SIGKILL at any moment of a restart close anybody', () =>
  guarded(fixture('count'), async (service) => {
    const counters = await crowd(service.port, 50)
    for (let i = 0; i < times(4, 80); i++) {
      const victim = await service.worker()
      const restarting = service.restart().catch(() => undefined)
      await pause(Math.random() * 1_200)
      // The old process, or the new one where that serves already.
      process.kill((await service.status()).worker ?? victim, 'SIGKILL')
      await restarting
      while ((await service.status()).state !== 'serving') await pause(20)
    }
    await everybodyIsHeard(service, counters)
    for (const counter of counters) counter.close()
  }))

test('nor does one of the new process while the old one hands over: the old one goes on', () =>
  guarded(fixture('goodbye'), async (service) => {
    const peer = await service.connect()
    await peer.line()
    const { angel, worker } = await service.status()
    const restarting = rejection(service.restart())
    await service.run.find(/handing over/)
    for (const child of children(angel)) if (child !== worker) process.kill(child, 'SIGKILL')
    assert.match(((await restarting) as Error).message, /which served before, goes on/)
    peer.send('hello\r\n')
    assert.is(await peer.line(), 'hello')
    assert.is(await service.worker(), worker)
    assert.match((await service.status()).trouble?.what ?? '', /was ended by SIGKILL/)
    peer.destroy()
  }))

const CRASHES: [what: string, line: string, reason: RegExp][] = [
  ['throws where nobody catches it', '/throw', /thrown on purpose/],
  ['keeps the event loop busy', '/block', /it gave no sign of life for 1000 ms/],
  ['ends itself', '/exit', /ended with exit code 3/],
]

for (const [what, line, reason] of CRASHES) {
  test(`a worker that ${what} is replaced, clients stay, and PostRestart tells that it was a crash, and how long`, () =>
    guarded(
      fixture('count'),
      async (service) => {
        const counters = await crowd(service.port, 3)
        const [counter] = counters as [Counter]
        const facts = await counter.say('/facts')
        const before = await service.worker()
        counter.mumble()
        counter.write(`${line}\r\n`)
        await service.worker(before)
        assert.match((await service.status()).trouble?.what ?? '', reason)
        assert.match(await counter.say('/restarted'), /^crash [1-9]\d*$/)
        assert.is(await counter.say('/facts'), facts)
        await everybodyIsHeard(service, counters)
        for (const each of counters) each.close()
      },
      ['--heartbeat=1000', '--snapshotEvery=50'],
    ))
}

test('of several lines at once, each that kills is dropped, and all others are answered', () =>
  guarded(fixture('count'), async (service) => {
    const peer = await service.connect()
    peer.send('/exit\r\none\r\n/throw\r\n/exit\r\ntwo\r\n')
    const dropped = 'Your last input made the service fail, and was dropped.'
    // What is thrown after a line was answered is not the fault of that line any more.
    assert.equal(await peer.lines(5), ['welcome', dropped, '1 one', dropped, '3 two'])
    peer.destroy()
  }))

test('a line is dropped also where its handler has awaited something before it ends the process', () =>
  guarded(fixture('count'), async (service) => {
    const peer = await service.connect()
    peer.send('/exit later\r\n')
    assert.equal(await peer.lines(2), ['welcome', 'Your last input made the service fail, and was dropped.'])
    peer.send('hello\r\n')
    assert.match(await peer.line(), /^\d hello$/)
    assert.is((await service.status()).crashes, 2)
    peer.destroy()
  }))

test('only the line is dropped whose handler ends the process, and none of those whose handlers wait meanwhile', () =>
  guarded(fixture('count'), async (service) => {
    const patient = await Promise.all([1, 2, 3].map(() => service.connect()))
    const peer = await service.connect()
    for (const each of [...patient, peer]) await each.line()
    for (const each of patient) each.send('/wait\r\n')
    peer.send('/exit later\r\n')
    assert.is(await peer.line(), 'Your last input made the service fail, and was dropped.')
    peer.send('/go\r\n')
    for (const each of patient) assert.match(await each.line(), /^\d waited $/)
    for (const each of [...patient, peer]) each.destroy()
  }))

test('whoever’s conversation has begun work that ends the process each time it is replayed is let go, and nobody else', () =>
  guarded(fixture('stray'), async (service) => {
    const [ann, bob] = [await service.connect(), await service.connect()]
    for (const peer of [ann, bob]) await peer.until('> ')
    bob.send('hello\r\n')
    await bob.until('1 hello\r\n> ')
    ann.send('fuse\r\n')
    await ann.until('1 fuse\r\n> ')
    assert.is(await ann.rest(), 'The service fails whenever it serves you. You are disconnected.\r\n')
    bob.send('still here\r\n')
    assert.is(await bob.until('> '), '2 still here\r\n> ')
    assert.is((await service.status()).crashes, 3)
    bob.destroy()
  }))

test('so is whoever’s handler has done so that is begun again after a crash, where none is replayed', () =>
  guarded(
    fixture('stray'),
    async (service) => {
      const [ann, bob] = [await service.connect(), await service.connect()]
      for (const peer of [ann, bob]) await peer.until('> ')
      ann.send('always\r\n')
      assert.match(await ann.rest(), /The service fails whenever it serves you. You are disconnected.\r\n$/)
      bob.send('still here\r\n')
      assert.match(await bob.until('1 still here'), /1 still here$/)
      bob.destroy()
    },
    ['--onRestart=restart'],
  ))

for (const line of ['fuse', 'second']) {
  const what = line === 'fuse' ? 'in either run' : 'only where it begins again'
  test(`so is whoever’s handler can’t be brought to where it was, and has begun such work ${what}`, () =>
    guarded(fixture('stray'), async (service) => {
      const [ann, bob] = [await service.connect(), await service.connect()]
      for (const peer of [ann, bob]) await peer.until('> ')
      for (const text of ['leave', 'hello', 'Ann']) ann.send(`${text}\r\n`)
      await ann.until('Name: ')
      ann.send(`${line}\r\n`)
      assert.match(await ann.rest(), /The service fails whenever it serves you. You are disconnected.\r\n$/)
      assert.is((await service.status()).crashes, 3)
      bob.destroy()
    }))
}

test('a planned restart is not told as a crash', () =>
  guarded(fixture('count'), async (service) => {
    const [counter] = (await crowd(service.port, 1)) as [Counter]
    await service.restart()
    assert.match(await counter.say('/restarted'), /^restart \d+$/)
    counter.close()
  }))

test('where the whole machine slept nobody is taken for dead', () =>
  guarded(
    fixture('count'),
    async (service) => {
      const [counter] = (await crowd(service.port, 1)) as [Counter]
      const { angel, worker = 0 } = await service.status()
      for (const pid of [angel, worker]) process.kill(pid, 'SIGSTOP')
      await pause(3_000)
      for (const pid of [worker, angel]) process.kill(pid, 'SIGCONT')
      await pause(500)
      assert.is(await service.worker(), worker)
      assert.is(await counter.say('hello'), 'hello')
      counter.close()
    },
    ['--heartbeat=1000'],
  ))

test('a client whose Disconnect ends each process is given up in the end, and nobody else is blamed', () =>
  guarded(fixture('parting'), async (service) => {
    const other = await service.connect()
    const evil = await service.connect()
    for (const [peer, word] of [
      [other, 'good'],
      [evil, 'evil'],
    ] as const) {
      peer.send(`${word}\r\n`)
      await peer.until(`${word}!\r\n`)
    }
    evil.end()
    // It comes while processes die.
    other.send('still here\r\n')
    assert.is(await other.until('still here!\r\n'), 'still here!\r\n')
    await service.connections(1)
    assert.ok((await service.status()).crashes < 6)
    assert.match(service.run.err, /The Disconnect of Client #2 .* is left out/)
    other.destroy()
  }))

test.run()
