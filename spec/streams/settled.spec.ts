import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Failure, onSettled } from '../../lib/streams/settled.js'
import { memoryInUse } from '../support/gc.js'
import { deferred, turns } from '../support/service.js'

test('all who wait are told once, in order, but for those who took it back', async () => {
  const end = deferred()
  const told: string[] = []
  onSettled(end.promise, () => told.push('first'))
  const takeBack = onSettled(end.promise, () => told.push('second'))
  onSettled(end.promise, () => {
    told.push('third')
    // Who comes while others are told is told, too.
    onSettled(end.promise, () => told.push('late'))
  })
  takeBack()
  takeBack()
  end.resolve()
  await turns(1)
  assert.equal(told, ['first', 'third', 'late'])
})

test('a rejection is told with its reason, whatever that is', async () => {
  for (const reason of [new Error('no'), undefined]) {
    const end = deferred()
    const told: Failure[] = []
    onSettled(end.promise, (failure) => told.push(failure))
    end.reject(reason)
    await turns(1)
    assert.equal(told, [{ reason }])
  }
})

test('what was taken back leaves nothing with the promise', async () => {
  const end = deferred()
  for (let i = 0; i < 100; i++) onSettled(end.promise, () => i)()
  const before = await memoryInUse()
  for (let i = 0; i < 100_000; i++) onSettled(end.promise, () => i)()
  const kept = (await memoryInUse()) - before
  assert.ok(kept < 1_000_000, `${kept} bytes are kept`)
  end.resolve()
})

test.run()
