import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runProgram } from '../../lib/client/scheduler.js'
import { Executor } from '../../lib/runtime/executor.js'
import { turns } from '../support/service.js'

test('code of the program runs before the next task, and leaves nothing behind for it (rule 18)', async () => {
  const storage = new AsyncLocalStorage<string>()
  const executor = new Executor()
  const seen: unknown[] = []
  const task = (name: string) => ({
    queued: false,
    run: () =>
      runProgram(() => {
        seen.push(`${name} ${storage.getStore()}`)
        storage.enterWith('secret')
      }),
    ran: () => void seen.push(`${name} has run`),
  })
  for (const name of ['one', 'two']) executor.ready(task(name))
  await turns()
  assert.equal(seen, ['one undefined', 'one has run', 'two undefined', 'two has run'])
  assert.is(storage.getStore(), undefined)
})

test.run()
