import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { events, Service, SettingsError } from 'mara-ts'
import { SessionStore } from 'mara-ts/storage'
import { connectTo, FakeClock, RestartPointError } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { isFollowed } from '../../lib/conversation/context.js'
import { Stage } from '../../lib/testing/stage.js'
import { rejection } from '../support/service.js'

const test = suite('a stage')

test('a service that no angel looks after is refused, and stopped again', async () => {
  const service = new Service({ standalone: true })
  const stage = new Stage(() => service, { port: 0 })
  assert.instance(await rejection(stage.start()), RestartPointError)
  assert.is(service.status, 'stopped')
})

test('a client stays connected over restarts and crashes, with its state', async () => {
  const seen: string[] = []
  const stage = new Stage(() => {
    const service = new Service<{ count: number }>()
    service.listen(events.Connect, ({ client }) => {
      client.state.count = 0
    })
    service.listen(events.Receive, ({ client }) => client.write(`${++client.state.count}`))
    service.listen(events.PostRestart, ({ crash }) => seen.push(crash ? 'crash' : 'restart'))
    service.listen(events.Disconnect, () => seen.push('gone'))
    return service
  })
  await stage.start()
  const ann = await connectTo(stage)
  ann.type('x')
  await ann.sees('1')
  await stage.restart()
  ann.type('x')
  await ann.sees('2')
  await stage.crash()
  ann.type('x')
  await ann.sees('3')
  assert.equal(seen, ['restart', 'crash'])
  await stage.stop()
  assert.equal(seen, ['restart', 'crash', 'gone'])
})

test('fake timers of a test runner, which stand in for the globals, stop no play', async () => {
  const { setImmediate } = globalThis
  globalThis.setImmediate = (() => {}) as never
  try {
    const stage = new Stage(() => {
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => {
        for await (const line of client) client.write(`got ${line}`)
      })
      return service
    })
    await stage.start()
    const ann = await connectTo(stage)
    for (const blow of ['restart', 'crash'] as const) {
      ann.type(blow)
      await ann.sees(`got ${blow}`)
      await stage[blow]()
    }
    ann.type('end')
    await ann.sees('got end')
    await stage.stop()
  } finally {
    globalThis.setImmediate = setImmediate
  }
})

test('conversations of a process that has crashed, or has been stopped, are followed no longer', async () => {
  const stage = new Stage(() => new Service({ clock: new FakeClock() }))
  await stage.start()
  for (let i = 0; i < 2; i++) await stage.crash()
  assert.is(isFollowed(), true)
  await stage.crash()
  await stage.stop()
  assert.is(isFollowed(), false)
})

test('after a crash a stored object is as it was when it was kept or saved last, whatever people were shown since', async () => {
  class Score extends SessionStore.define('score', { points: z.number().default(0) }) {}
  const stage = new Stage(() => {
    const service = new Service()
    const scores = service.stores.manager(Score)
    service.listen(events.Receive, async ({ client, data }) => {
      const score = scores.get('ann') ?? (await scores.create('ann'))
      score.points += Number(data) || 0
      if (data !== '1') service.stores.keep(score)
      client.write(`${score.points} points`)
    })
    return service
  })
  await stage.start()
  const ann = await connectTo(stage)
  const plays = async (typed: string, answer: string): Promise<void> => {
    ann.type(typed)
    await ann.sees(answer)
    await stage.settle()
  }
  await plays('5', '5 points')
  await stage.crash()
  await plays('2', '7 points')
  await plays('1', '8 points')
  await stage.crash()
  await plays('0', '7 points')
  await stage.stop()
})

test('a service that does not start says why, and leaves no folder behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stage-spec-'))
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  const stage = new Stage(() => {
    const service = new Service()
    service.listen(events.PreStart, () => {
      throw new Error('no luck')
    })
    return service
  })
  try {
    assert.match(((await rejection(stage.start())) as Error).message, 'no luck')
    assert.equal(readdirSync(folder), [])
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(folder, { recursive: true })
  }
})

test('a service that can not be started fails its own stage, and not the next one', async () => {
  const wrong = new Stage(() => new Service(), { drain: -1 })
  const right = new Stage(() => new Service())
  const [failed] = await Promise.all([rejection(wrong.start()), right.start()])
  assert.instance(failed, SettingsError)
  await right.stop()
})

test.run()
