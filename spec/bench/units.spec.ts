import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseCount, parseDuration, parseRate, rateInWords, timeInWords } from '../../lib/bench/units.js'

const spec = suite('bench/units')

spec('durations have units, several if need be, or are seconds', () => {
  const all = ['500ms', '30s', '1.5s', '2m', '1h', '1m30s', '30', '0'].map(parseDuration)
  assert.equal(all, [500, 30_000, 1_500, 120_000, 3_600_000, 90_000, 30_000, 0])
  for (const text of ['', 's', '-1s', '1d', '1 s', '1s2', 'NaN', 'Infinity', '1e3']) {
    assert.is(parseDuration(text), undefined, text)
  }
})

spec('rates are a second unless they say otherwise, and more than nothing', () => {
  assert.equal(['500/s', '500', '30000/m', '1/ms', '0.5/s'].map(parseRate), [500, 500, 500, 1_000, 0.5])
  for (const text of ['', '0', '0/s', '-5/s', '5/', '5/d', 's', '5 /s']) assert.is(parseRate(text), undefined)
})

spec('counts are whole numbers above 0', () => {
  assert.is(parseCount('5000'), 5_000)
  for (const text of ['0', '-1', '1.5', '', '1e3', '01', '9999999999']) assert.is(parseCount(text), undefined)
})

spec('figures have three digits and their unit', () => {
  const times = [0, 0.0523, 1.234, 12.34, 123.4, 1_234, 12_345, 123_456].map(timeInWords)
  assert.equal(times, ['0 ms', '0.052 ms', '1.23 ms', '12.3 ms', '123 ms', '1.23 s', '12.3 s', '123 s'])
  assert.equal([0, 1.25, 99.94, 12_345].map(rateInWords), ['0/s', '1.3/s', '99.9/s', '12,345/s'])
})

spec.run()
