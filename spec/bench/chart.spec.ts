import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { barChart, terminalCharts, timeRows } from '../../lib/bench/chart.js'
import type { Step } from '../../lib/bench/timeline.js'

const spec = suite('bench/chart')

const step = (at: number, answers: number): Step => ({
  at,
  length: 100,
  sent: answers,
  answers,
  failures: 1,
  connected: 1,
  waiting: 0,
  p50: 1,
  p90: 2,
  p99: answers,
  worst: 4,
})

spec('the highest value fills its column, nothing is empty, and little is seen', () => {
  const chart = barChart({ title: 'load', values: [0, 100, 1], format: (value) => `${value}/s` }, 28)
  assert.equal(chart, [
    'load',
    '100/s │       ███████',
    '      │       ███████',
    '      │       ███████',
    '      │       ███████',
    '  0/s │       ███████▁▁▁▁▁▁',
  ])
})

spec('of values that fall in one column the highest is shown', () => {
  const values = Array.from({ length: 1_000 }, (_, index) => (index === 500 ? 8 : 0))
  const chart = barChart({ title: '', values, format: String }, 200)
  assert.is(chart[1]?.match(/█/g)?.length, 1)
  assert.ok(chart.every((line) => line.length <= 110))
})

spec('a chart fits its terminal, and one of nothing is no error', () => {
  const steps = Array.from({ length: 300 }, (_, index) => step(index * 100, index))
  for (const line of terminalCharts(steps, 60)) assert.ok(line.length <= 60, line)
  assert.is(terminalCharts([], 60).length, 13)
})

spec('rows are few, and each sums up its time', () => {
  const rows = timeRows(Array.from({ length: 25 }, (_, index) => step(index * 100, index)))
  assert.is(rows.length, 9)
  assert.equal(rows[1], ['0.3 s', '40/s', '1.00 ms', '5.00 ms', '4.00 ms', '3'])
  assert.equal(timeRows([step(0, 0)]), [['0.0 s', '0/s', '-', '-', '-', '1']])
})

spec.run()
