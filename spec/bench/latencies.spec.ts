import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Latencies } from '../../lib/bench/latencies.js'
import { Random } from '../support/random.js'

const spec = suite('bench/latencies')

/** The value at a percentile of a sorted list, as histograms define it. */
function quantile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] as number
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= expected * 0.002 + 0.002, `${actual} is not ${expected}`)
}

spec(
  'percentiles are those of the latencies, to three digits, also after a way through other processes',
  () => {
    const random = new Random(1)
    const values: number[] = []
    const sum = new Latencies()
    // Each process sees times of another size; those of the last one fit in no histogram that began small.
    for (const size of [1_000, 100_000, 50_000_000]) {
      const own = new Latencies()
      for (let i = 0; i < 5_000; i++) {
        const ms = (1 + random.below(size)) / 1_000
        values.push(ms)
        own.record(ms)
      }
      sum.add(Latencies.decode(own.encode()))
    }
    const decoded = Latencies.decode(new Latencies().encode())
    decoded.add(sum)
    values.sort((a, b) => a - b)
    const { count, p50, p90, p99, p999, worst } = decoded.percentiles()
    assert.is(count, values.length)
    near(p50, quantile(values, 50))
    near(p90, quantile(values, 90))
    near(p99, quantile(values, 99))
    near(p999, quantile(values, 99.9))
    near(worst, values.at(-1) as number)
  },
)

spec('no percentile is above the worst one, and a step that is over leaves nothing behind', () => {
  const latencies = new Latencies()
  latencies.record(1_234.567)
  assert.equal(latencies.percentiles(), {
    count: 1,
    mean: latencies.percentiles().mean,
    p50: 1_234.567,
    p90: 1_234.567,
    p99: 1_234.567,
    p999: 1_234.567,
    worst: 1_234.567,
  })
  latencies.reset()
  assert.equal(latencies.percentiles(), { count: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, worst: 0 })
  assert.equal(latencies.quantiles(), [])
})

spec('corrected, a wait stands for all questions that it kept from being asked', () => {
  const latencies = new Latencies()
  for (let i = 0; i < 99; i++) latencies.record(1)
  latencies.record(1_000)
  near(latencies.percentiles().p90, 1)
  const { count, p90, worst } = latencies.corrected(10).percentiles()
  // 990, 980 and so on, down to the interval.
  assert.is(count, 199)
  near(p90, 810)
  near(worst, 1_000)
})

spec('quantiles go up to the tail as far as there are latencies, and end with the worst', () => {
  const latencies = new Latencies()
  for (let ms = 1; ms <= 1_000; ms++) latencies.record(ms)
  const quantiles = latencies.quantiles()
  for (const [index, [percent, ms]] of quantiles.entries()) {
    const [before, less] = quantiles[index - 1] ?? [-1, 0]
    assert.ok(percent > before && ms >= less)
  }
  assert.equal(quantiles.at(-1), [100, 1_000])
})

spec('an hour and more is an hour, and less than a microsecond is one', () => {
  const latencies = new Latencies()
  latencies.record(86_400_000)
  latencies.record(0)
  near(latencies.at(100), 3_600_000)
  assert.is(latencies.at(1), 0.001)
})

spec.run()
