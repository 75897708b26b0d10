// time limit: 600 s
// not measured: it starts processes by the hundred, and other specs reach the same lines.
// New versions that are no good.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folder } from '../cli/support.js'
import { Peer } from '../support/peer.js'
import { rejection } from '../support/service.js'
import { times } from '../support/soak.js'
import { crowd, fixture, type Guarded, guarded, problems } from './support.js'

const test = suite('angel/versions')

const TIMES = times(1, 10)
const file = path.join(folder(), 'version')
const nextIs = (version: string): void => writeFileSync(file, version)

async function versioned(body: (service: Guarded) => Promise<void>): Promise<void> {
  nextIs('good')
  const taken = net.createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const TAKEN = String((taken.address() as net.AddressInfo).port)
  try {
    await guarded(fixture('versions'), body, [], { VERSION_FILE: file, TAKEN })
  } finally {
    taken.close()
  }
}

/** What is wrong with a version, and what is said of it. */
const REASONS: Record<string, RegExp> = {
  throws: /this version is broken/,
  exits: /ended with exit code 0 before it had started a service/,
  misspelt: /maxLineLength/,
  hangs: /was not ready within 1000 ms/,
  blocks: /was not ready within 1000 ms/,
  taken: /another server listens there already/,
  store: /nowhere/,
}

test('restarts with versions that are no good: no client notices, and whoever asks is told why', () =>
  versioned(async (service) => {
    const counters = await crowd(service.port, 20)
    for (const counter of counters) counter.talk()
    const before = await service.worker()
    for (const [version, reason] of Object.entries(REASONS)) {
      nextIs(version)
      for (let i = 0; i < TIMES; i++) {
        const error = (await rejection(service.restart())) as Error
        assert.is(error.name, 'RestartFailedError', version)
        assert.match(error.message, reason)
      }
      assert.is(await service.worker(), before, version)
      assert.match((await service.status()).trouble?.what ?? '', reason)
    }
    nextIs('good')
    assert.not.equal((await service.restart()).worker, before)
    await Promise.all(counters.map((counter) => counter.quiet()))
    assert.equal(problems(counters), [])
    for (const counter of counters) assert.ok(counter.received > 10 * TIMES)
    for (const counter of counters) counter.close()
  }))

test('a PostStart that never ends, in a version that is slower than it is given to get ready, keeps nobody waiting', () =>
  versioned(async (service) => {
    const [counter] = await crowd(service.port, 1)
    assert.ok(counter)
    const before = await service.worker()
    nextIs('loops')
    assert.not.equal((await service.restart()).worker, before)
    assert.is(await counter.say('hello'), 'hello')
    assert.is((await service.status()).crashes, 0)
    counter.close()
  }))

test('a process that asks for a restart while it takes over gets another one', () =>
  versioned(async (service) => {
    nextIs('again')
    const { worker } = await service.restart()
    await service.run.find(/agreed/)
    assert.not.equal(await service.worker(worker), worker)
    assert.is((await service.status()).restarts, 2)
  }))

test('who connects to a server that only the next version has waits for it; one that it has no more is closed', async () => {
  const socket = path.join(folder(), 'socket')
  nextIs('good')
  await guarded(
    fixture('versions'),
    async (service) => {
      nextIs('wider')
      const restarting = service.restart()
      await service.run.find(/wider/)
      const early = await Peer.connect({ path: socket })
      await restarting
      assert.is(await early.line(), 'welcome')
      nextIs('good')
      await service.restart()
      assert.is((await service.status()).addresses.length, 1)
      const refused = (await rejection(Peer.connect({ path: socket }))) as NodeJS.ErrnoException
      assert.ok(['ECONNREFUSED', 'ENOENT'].includes(refused.code ?? ''), refused.message)
      early.send('still here\r\n')
      assert.is(await early.line(), '1 still here')
      early.destroy()
    },
    [],
    { VERSION_FILE: file, SOCKET: socket },
  )
})

test('service.restart() tells its caller why there was none, and resolves before the new process takes over', () =>
  versioned(async (service) => {
    const [counter] = await crowd(service.port, 1)
    assert.ok(counter)
    nextIs('throws')
    assert.match(
      await counter.say('/restart'),
      /^The restart failed: .* this version is broken.* goes on\. A crash would start the new version: correct it, or put the old one back\./,
    )
    nextIs('good')
    assert.is(await counter.say('/restart'), 'agreed')
    assert.is(await counter.say('hello'), 'hello')
    counter.close()
  }))

test('a worker that can not start again goes on being tried, and clients wait for it', () =>
  versioned(async (service) => {
    const [counter] = await crowd(service.port, 1)
    assert.ok(counter)
    const before = await service.worker()
    nextIs('throws')
    process.kill(before, 'SIGKILL')
    while (!((await service.status()).trouble?.what ?? '').includes('this version is broken')) {
      await pause(20)
    }
    const newcomer = service.connect()
    nextIs('good')
    await service.worker(before)
    assert.is(await (await newcomer).line(), 'welcome')
    const { problem } = counter
    assert.is(problem, undefined)
    counter.close()
    ;(await newcomer).destroy()
  }))

test.run()
