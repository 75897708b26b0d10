import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nextBackoff } from '../../lib/angel/backoff.js'

test('the first to die is replaced at once, then after 1, 2, 4, ... 30 seconds', () => {
  const delays = [0]
  while (delays.length < 8) delays.push(nextBackoff(delays.at(-1) as number))
  assert.equal(delays, [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test.run()
