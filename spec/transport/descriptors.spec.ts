import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeClock } from '../../lib/testing/clock.js'
import { DescriptorWatch, descriptorsLeft, isOutOfDescriptors } from '../../lib/transport/descriptors.js'

test('a healthy process has descriptors left', () => {
  assert.ok(descriptorsLeft(2))
})

test('running out is said once, and once that it is over', async () => {
  const clock = new FakeClock()
  const said: string[] = []
  let left = 10
  const watch = new DescriptorWatch(
    clock,
    (message) => said.push(message),
    (count) => left >= count,
  )
  assert.ok(watch.check())
  left = 0
  for (let i = 0; i < 3; i++) assert.not(watch.check())
  assert.is(said.length, 1)
  assert.match(said[0] as string, /Out of file descriptors: .*ulimit -n/)
  await clock.advance(5_000)
  assert.is(said.length, 1)
  left = 1
  await clock.advance(5_000)
  assert.is(said.length, 1, 'the one that a turned away connection gave back is no room')
  left = 2
  await clock.advance(1_000)
  assert.is(said.length, 2)
  assert.match(said[1] as string, /free again/)
  assert.ok(watch.check())
})

test('only running out of descriptors is taken for it', () => {
  for (const code of ['EMFILE', 'ENFILE']) assert.ok(isOutOfDescriptors(Object.assign(new Error(), { code })))
  assert.not(isOutOfDescriptors(Object.assign(new Error(), { code: 'ENOENT' })))
})

test.run()
