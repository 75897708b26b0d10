// time limit: 600 s
// A console under an angel: each process opens its own, and they do not fight about it.

import { existsSync } from 'node:fs'
import { type Connection, connect } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readMark } from '../../lib/console/marks.js'
import { socketPath } from '../../lib/program/socket-path.js'
import { fixture, type Guarded, guarded } from './support.js'

const test = suite('angel/console')

function path(service: Guarded): string {
  return socketPath(service.file, 'console')
}

async function pidBehind(admin: Connection): Promise<number> {
  admin.write('eval process.pid')
  return Number(await admin.nextLine({ timeout: 30_000 }))
}

test('a restart tells whoever uses it, and the next process opens it anew', () =>
  guarded(fixture('console'), async (service) => {
    const before = await service.worker()
    const admin = await connect({ path: path(service) })
    assert.is(await pidBehind(admin), before)
    admin.write('//mara')
    await admin.nextLine()
    const { worker } = await service.restart()
    assert.is(await admin.nextLine(), 'The service restarts.')
    assert.equal(readMark(await admin.nextLine()), { is: 'bye', because: 'restart' })
    await admin.closed
    const next = await connect({ path: path(service) })
    assert.is(await pidBehind(next), worker)
    next.write('restart')
    await next.expect('The new process is ready, and takes over.')
    await next.closed
    await service.worker(worker)
  }))

test('after a crash there is one again', () =>
  guarded(fixture('console'), async (service) => {
    const before = await service.worker()
    process.kill(before, 'SIGKILL')
    const worker = await service.worker(before)
    await service.run.find(new RegExp(`console ${worker}`))
    const admin = await connect({ path: path(service) })
    assert.is(await pidBehind(admin), worker)
    admin.destroy()
    await service.stop()
    assert.not.ok(existsSync(path(service)))
  }))

test('a process that fails in its probation leaves it to the one before', () =>
  guarded(
    fixture('console'),
    async (service) => {
      const before = await service.worker()
      const restarting = service.restart().catch((error: Error) => error)
      const [, next] = await service.run.find(new RegExp(`console (?!${before})(\\d+)`))
      process.kill(Number(next), 'SIGKILL')
      assert.instance(await restarting, Error)
      await service.run.find(new RegExp(`back ${before}`))
      const admin = await connect({ path: path(service) })
      assert.is(await pidBehind(admin), before)
      admin.destroy()
    },
    ['--probation=20000'],
  ))

test.run()
