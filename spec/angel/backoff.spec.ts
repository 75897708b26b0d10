import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Backoff } from '../../lib/angel/backoff.js'

test('the first to die is replaced at once, then after 1, 2, 4, ... 30 seconds', () => {
  const backoff = new Backoff()
  assert.equal(
    Array.from({ length: 8 }, () => backoff.after(0)),
    [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000],
  )
})

test('a minute of health, or a reset, begins anew', () => {
  const backoff = new Backoff()
  for (let i = 0; i < 5; i++) backoff.after(59_999)
  assert.is(backoff.after(60_000), 0)
  assert.is(backoff.after(0), 1_000)
  backoff.reset()
  assert.is(backoff.after(0), 0)
})

test.run()
