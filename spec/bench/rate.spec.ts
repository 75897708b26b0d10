import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rateOver } from '../../bench/support/rate.js'

const test = suite('bench/rate')

test('a rate is measured until something was counted', async () => {
  let asked = 0
  // The machine is so busy that nothing is done in the first windows.
  const rate = await rateOver(1, () => (++asked > 5 ? 1 : 0), 0)
  assert.ok(rate > 0 && Number.isFinite(rate))
})

test('what counts nothing for too long is an error', async () => {
  const error = await rateOver(1, () => 7, 0, 3).catch((error: unknown) => error)
  assert.match(String(error), 'Nothing is answered for 0.003 s.')
})

test.run()
