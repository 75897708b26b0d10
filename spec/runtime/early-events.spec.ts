import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EarlyEvents } from '../../lib/runtime/early-events.js'
import { memoryClient } from '../support/memory-client.js'

test('what a client did early is raised in order, once, and not what others did', () => {
  const early = new EarlyEvents()
  const [ann, bob] = [memoryClient({ id: 1 }).client, memoryClient({ id: 2 }).client]
  const raised: string[] = []
  early.raise(ann)
  for (const [client, what] of [
    [ann, 'ann 1'],
    [bob, 'bob 1'],
    [ann, 'ann 2'],
  ] as const)
    assert.is(
      early.add(client, () => raised.push(what)),
      undefined,
    )
  assert.equal(raised, [])
  for (let i = 0; i < 2; i++) early.raise(ann)
  assert.equal(raised, ['ann 1', 'ann 2'])
  early.raise(bob)
  assert.is(raised.at(-1), 'bob 1')
})

test.run()
