import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readEdgeMessage, readWorkerMessage } from '../../lib/edge/messages.js'

const test = suite('edge/messages')

test('nothing that JSON can say makes a reader throw, and what is no message is undefined', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.is(readWorkerMessage(JSON.parse(text)), undefined)
      assert.is(readEdgeMessage(JSON.parse(text)), undefined)
    }),
  )
})

test('a field that is missing, out of range or of another kind makes it no message', () => {
  for (const body of [
    { name: 'dance' },
    { name: '__proto__' },
    { name: 'handed-over', since: 1 },
    { name: 'handling', connection: -1, done: true },
    { name: 'handling', connection: 1.5, done: true },
    { name: 'listen', request: 1, server: { address: { port: 70_000 } } },
    { name: 'listen', request: 1, server: { address: { port: 1 }, tls: { cert: 'x' } } },
    { name: 'failed', reason: 'x'.repeat(10_001) },
    { name: 'settings', settings: { heartbeat: 0 } },
  ]) {
    assert.is(readWorkerMessage(body), undefined, JSON.stringify(body))
  }
})

test('each side understands what the other one says, and not its own words', () => {
  assert.equal(readWorkerMessage({ name: 'beat' }), { name: 'beat' })
  assert.equal(readEdgeMessage({ name: 'stop' }), { name: 'stop' })
  assert.is(readWorkerMessage({ name: 'stop' }), undefined)
  assert.is(readEdgeMessage({ name: 'beat' }), undefined)
})

test.run()
