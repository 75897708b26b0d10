import type { Clock } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Attempts } from '../../../lib/contrib/users/attempts.js'
import { checkAttempt, type PasswordCheck } from '../../../lib/contrib/users/password-flow.js'

const test = suite('contrib/users, asking for passwords')

test('the delay after wrong passwords keeps no process running: it may be one that another has replaced', async () => {
  const delays: [ms: number, keepAlive: boolean | undefined][] = []
  const clock: Clock = {
    now: () => 0,
    setTimeout(fn: () => void, ms, options) {
      delays.push([ms, options?.keepAlive])
      fn()
    },
    clearTimeout() {},
  }
  const given = {
    attempts: new Attempts({ free: 1 }),
    client: { remoteAddress: undefined, signal: new AbortController().signal },
    service: { clock },
    account: 'ann',
    check: async () => false,
  } as unknown as PasswordCheck
  for (let time = 0; time < 3; time++) assert.is(await checkAttempt('wrong', given), 'wrong')
  assert.equal(delays, [
    [1_000, false],
    [3_000, false],
  ])
})

test.run()
