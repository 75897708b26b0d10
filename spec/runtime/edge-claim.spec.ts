import { pino } from 'pino'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { claimEdge } from '../../lib/runtime/edge-claim.js'
import {
  type EdgeClient,
  setEdgePort,
  type WorkerSettings,
  withEdgePort,
} from '../../lib/runtime/edge-port.js'
import { SecondServiceError } from '../../lib/runtime/errors.js'
import type { SettingsInput } from '../../lib/settings/core.js'
import { turns } from '../support/service.js'
import { coreSettings } from '../support/settings.js'

const client = {} as EdgeClient

test.after.each(() => setEdgePort(undefined))

/** Claims an edge, and gives what it was told. */
function told(input: SettingsInput): WorkerSettings {
  const claims: [EdgeClient, WorkerSettings][] = []
  const edge = { claim: (...claim: [EdgeClient, WorkerSettings]) => claims.push(claim) > 0 }
  setEdgePort(edge as never)
  assert.is(claimEdge(client, coreSettings(input)), edge)
  const [[by, what]] = claims as [[EdgeClient, WorkerSettings]]
  assert.is(by, client)
  return what
}

test('without an edge there is nothing to claim', () => {
  assert.is(claimEdge(client, coreSettings()), undefined)
})

test('an edge that serves another service of the process is refused', () => {
  setEdgePort({ claim: () => false } as never)
  assert.throws(
    () => claimEdge(client, coreSettings()),
    (error: unknown) => error instanceof SecondServiceError,
  )
})

test('an edge may be that of one start alone: what else runs in the process has none', async () => {
  const edge = { claim: () => true } as never
  const claim = async () => {
    await turns()
    return claimEdge(client, coreSettings())
  }
  const claims = [claim(), withEdgePort(edge, claim), claim()]
  assert.equal(await Promise.all(claims), [undefined, edge, undefined])
})

test('the edge waits longer than what it waits for may take by the settings', () => {
  const { takeOverTimeout, handOverTimeout, stopTimeout } = told({
    readyTimeout: 100_000,
    restartWait: 200_000,
    drain: 400_000,
  })
  assert.ok(takeOverTimeout > 100_000 + 2 * 400_000)
  assert.ok(handOverTimeout > 100_000 + 2 * 200_000 + 3 * 400_000)
  // Those of PreStop, PostStop and ListenStop, five seconds more each; clients; and a store that takes its time.
  assert.ok(stopTimeout > 4 * 400_000 + 3 * 5_000 + 8_000 + 12_000)
})

test('a time without end is the longest that a timer has, since JSON has no Infinity', () => {
  const { takeOverTimeout, handOverTimeout, stopTimeout } = told({ drain: Number.POSITIVE_INFINITY })
  assert.equal(new Set([takeOverTimeout, handOverTimeout, stopTimeout]), new Set([2 ** 31 - 1]))
})

test('the window holds all that a worker may leave unread, a line that has begun, and more', () => {
  const { window, maxUnsent } = told({
    maxUnreadBytes: 1_000_000,
    maxLineLength: 10_000,
    maxUnsentBytes: 5_000_000,
  })
  assert.ok(window > 1_010_000)
  assert.is(maxUnsent, 5_000_000)
})

test('a log of the program’s own is none that the edge could write to', () => {
  assert.is(told({ log: pino({ level: 'silent' }) }).log, true)
  assert.is(told({ log: 'warn' }).log, 'warn')
})

test.run()
