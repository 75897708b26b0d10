import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Admission, DEFAULT_PER_ADDRESS } from '../../lib/transport/admission.js'

/** How many of `count` connections from one address are let in. */
function letIn(admission: Admission, address: string | undefined, count: number): number {
  let inside = 0
  for (let i = 0; i < count; i++) if (admission.enter(address) === undefined) inside += 1
  return inside
}

test('no more connections are let in than there may be in all (rule 19)', () => {
  const admission = new Admission({ maxConnections: 3 })
  assert.is(letIn(admission, '192.0.2.1', 2), 2)
  assert.is(letIn(admission, undefined, 5), 1)
  const refusal = admission.enter('192.0.2.2')
  assert.is(refusal?.limit, 'maxConnections')
  assert.is(refusal?.max, 3)
  admission.leave(undefined)
  assert.is(letIn(admission, '192.0.2.2', 2), 1)
})

test('no more connections are let in from one address than it may have (rule 19)', () => {
  const admission = new Admission({ maxConnections: 100, maxConnectionsPerAddress: 2 })
  assert.is(letIn(admission, '192.0.2.1', 5), 2)
  assert.is(letIn(admission, '127.0.0.1', 5), 2)
  assert.is(admission.enter('192.0.2.1')?.limit, 'maxConnectionsPerAddress')
  admission.leave('192.0.2.1')
  admission.leave('192.0.2.1')
  assert.is(letIn(admission, '192.0.2.1', 5), 2)
})

test('where nothing is said, only loopback has no limit of its own', () => {
  const admission = new Admission({ maxConnections: 10_000 })
  for (const address of ['127.0.0.1', '127.0.0.9', '::1']) {
    assert.is(letIn(admission, address, DEFAULT_PER_ADDRESS + 10), DEFAULT_PER_ADDRESS + 10)
  }
  for (const address of ['192.0.2.1', '2001:db8::1']) {
    assert.is(letIn(admission, address, DEFAULT_PER_ADDRESS + 10), DEFAULT_PER_ADDRESS)
  }
})

test.run()
