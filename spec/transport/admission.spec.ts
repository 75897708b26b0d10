import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConnectionLimits, defaultLimits } from '../../lib/limits.js'
import { Admission } from '../../lib/transport/admission.js'

function admissionOf(limits: ConnectionLimits): Admission {
  return new Admission(limits, new FakeClock())
}

/** How many of `count` connections from one address are let in. */
function letIn(admission: Admission, address: string | undefined, count: number): number {
  let inside = 0
  for (let i = 0; i < count; i++) if (admission.enter(address) === undefined) inside += 1
  return inside
}

test('no more connections are let in than there may be in all (rule 19)', () => {
  const admission = admissionOf({ maxConnections: 3 })
  assert.is(letIn(admission, '192.0.2.1', 2), 2)
  assert.is(letIn(admission, undefined, 5), 1)
  const refusal = admission.enter('192.0.2.2')
  assert.is(refusal?.limit, 'maxConnections')
  assert.is(refusal?.max, 3)
  admission.leave(undefined)
  assert.is(letIn(admission, '192.0.2.2', 2), 1)
})

test('no more connections are let in from one address than it may have (rule 19)', () => {
  const admission = admissionOf({ maxConnections: 100, maxConnectionsPerAddress: 2 })
  assert.is(letIn(admission, '192.0.2.1', 5), 2)
  assert.is(letIn(admission, '127.0.0.1', 5), 2)
  assert.is(admission.enter('192.0.2.1')?.limit, 'maxConnectionsPerAddress')
  admission.leave('192.0.2.1')
  admission.leave('192.0.2.1')
  assert.is(letIn(admission, '192.0.2.1', 5), 2)
})

test('addresses of one network of IPv6 count as one address, since whoever has one has all of them (rule 19)', () => {
  const clock = new FakeClock()
  const admission = new Admission({ maxConnections: 100, maxConnectionsPerAddress: 2 }, clock)
  for (const address of ['2001:db8::1', '2001:db8::2']) assert.is(letIn(admission, address, 1), 1)
  assert.is(admission.enter('2001:db8::3')?.limit, 'maxConnectionsPerAddress')
  assert.is(letIn(admission, '2001:db8:0:1::1', 1), 1)
  admission.leave('2001:db8::1')
  assert.is(letIn(admission, '2001:db8::3', 2), 1)
  const hasty = new Admission({ maxConnections: 100, maxConnectionRate: 2 }, clock)
  for (const address of ['2001:db8::1', '2001:db8::2']) assert.is(letIn(hasty, address, 1), 1)
  assert.is(hasty.enter('2001:db8::3')?.limit, 'maxConnectionRate')
})

test('where nothing is said, only loopback has no limit of its own', () => {
  const admission = admissionOf({ maxConnections: 10_000 })
  for (const address of ['127.0.0.1', '127.0.0.9', '::1']) {
    assert.is(
      letIn(admission, address, defaultLimits.maxConnectionsPerAddress + 10),
      defaultLimits.maxConnectionsPerAddress + 10,
    )
  }
  for (const address of ['192.0.2.1', '2001:db8::1']) {
    assert.is(
      letIn(admission, address, defaultLimits.maxConnectionsPerAddress + 10),
      defaultLimits.maxConnectionsPerAddress,
    )
  }
})

test('no more connections are let in from one address a minute than may come (rule 19)', async () => {
  const clock = new FakeClock()
  const admission = new Admission({ maxConnections: 100, maxConnectionRate: 3 }, clock)
  const comeAndGo = (address: string | undefined): string | undefined => {
    const refusal = admission.enter(address)
    if (refusal === undefined) admission.leave(address)
    return refusal && `${refusal.limit} ${refusal.max}`
  }
  for (const address of ['192.0.2.1', '127.0.0.1']) {
    for (let i = 0; i < 3; i++) assert.is(comeAndGo(address), undefined)
    assert.is(comeAndGo(address), 'maxConnectionRate 3')
  }
  await clock.advance(20_000)
  assert.is(comeAndGo('192.0.2.1'), undefined)
  assert.is(comeAndGo('192.0.2.1'), 'maxConnectionRate 3')
  for (let i = 0; i < 10; i++) assert.is(comeAndGo(undefined), undefined)
})

test('where nothing is said, only loopback may come as often as it likes', () => {
  const admission = admissionOf({ maxConnections: 10_000 })
  const often = (address: string): number => {
    let inside = 0
    for (let i = 0; i < defaultLimits.maxConnectionRate + 10; i++) {
      if (admission.enter(address) !== undefined) continue
      inside += 1
      admission.leave(address)
    }
    return inside
  }
  assert.is(often('127.0.0.1'), defaultLimits.maxConnectionRate + 10)
  assert.is(often('::1'), defaultLimits.maxConnectionRate + 10)
  assert.is(often('192.0.2.1'), defaultLimits.maxConnectionRate)
})

test('a connection that another limit turns away takes no token', () => {
  const admission = admissionOf({ maxConnections: 100, maxConnectionsPerAddress: 1, maxConnectionRate: 2 })
  admission.enter('192.0.2.1')
  for (let i = 0; i < 5; i++) assert.is(admission.enter('192.0.2.1')?.limit, 'maxConnectionsPerAddress')
  admission.leave('192.0.2.1')
  assert.is(admission.enter('192.0.2.1'), undefined)
})

test.run()
