import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeClock } from '../../lib/testing/clock.js'
import { DescriptorWatch, descriptorLeft, isOutOfDescriptors } from '../../lib/transport/descriptors.js'

test('a healthy process has a descriptor left', () => {
  assert.ok(descriptorLeft())
})

test('running out is said once, and once that it is over', async () => {
  const clock = new FakeClock()
  const said: string[] = []
  let left = true
  const watch = new DescriptorWatch(
    clock,
    (message) => said.push(message),
    () => left,
  )
  assert.ok(watch.check())
  left = false
  for (let i = 0; i < 3; i++) assert.not(watch.check())
  assert.is(said.length, 1)
  assert.match(said[0] as string, /Out of file descriptors: .*ulimit -n/)
  await clock.advance(5_000)
  assert.is(said.length, 1)
  left = true
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
