/** Figures over time as a chart of characters, for terminals, and as rows of text, for everything else. */
import type { Step } from './timeline.js'
import { inThousands, rateInWords, timeInWords } from './units.js'

const BLOCKS = ' ▁▂▃▄▅▆▇█'
const HEIGHT = 5
/** Rows of text. */
const ROWS = 12
/** Columns of a terminal, at least and at most. */
const LEAST = 20
const MOST = 100

export interface Series {
  readonly title: string
  readonly values: readonly number[]
  /** The label of the axis. */
  readonly format: (value: number) => string
}

/** A chart of bars with its scale, `columns` characters wide. */
export function barChart({ title, values, format }: Series, columns: number): string[] {
  const top = Math.max(0, ...values)
  const scale = [format(top), format(0)]
  const margin = Math.max(...scale.map((text) => text.length))
  const width = Math.max(LEAST, Math.min(MOST, columns - margin - 3))
  const bars = resample(values, width)
  const rows = Array.from({ length: HEIGHT }, (_, row) => {
    const base = HEIGHT - 1 - row
    const label = row === 0 ? format(top) : base === 0 ? format(0) : ''
    const cells = bars.map((value) => {
      const eighths = top === 0 ? 0 : (value / top) * HEIGHT * 8 - base * 8
      // What is more than nothing can be seen.
      const level = base === 0 && value > 0 ? Math.max(1, eighths) : eighths
      return BLOCKS[Math.max(0, Math.min(8, Math.round(level)))]
    })
    return `${label.padStart(margin)} │${cells.join('').trimEnd()}`
  })
  return [title, ...rows]
}

/** As many values as there are columns: the highest of those that fall together, each repeated where there are fewer. */
function resample(values: readonly number[], width: number): number[] {
  if (values.length === 0) return []
  return Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * values.length) / width)
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / width))
    return Math.max(...values.slice(from, to))
  })
}

/** Throughput and latency over time, for a terminal. */
export function terminalCharts(steps: readonly Step[], columns: number): string[] {
  const rate = { title: 'answers a second', values: steps.map(rateOf), format: rateInWords }
  const p99 = { title: 'p99 of latency', values: steps.map((step) => step.p99), format: timeInWords }
  return [...barChart(rate, columns), '', ...barChart(p99, columns)]
}

/** The same as a few rows of text. */
export function timeRows(steps: readonly Step[]): string[][] {
  const group = Math.ceil(steps.length / ROWS)
  const rows: string[][] = []
  for (let from = 0; from < steps.length; from += group) {
    const some = steps.slice(from, from + group)
    const sum = (of: (step: Step) => number): number => some.reduce((all, step) => all + of(step), 0)
    const [first] = some as [Step]
    const answers = sum((step) => step.answers)
    const worst = (of: (step: Step) => number): string =>
      answers === 0 ? '-' : timeInWords(Math.max(...some.map(of)))
    rows.push([
      `${(first.at / 1_000).toFixed(1)} s`,
      rateInWords(answers / (sum((step) => step.length) / 1_000)),
      worst((step) => step.p50),
      worst((step) => step.p99),
      worst((step) => step.worst),
      inThousands(sum((step) => step.failures)),
    ])
  }
  return rows
}

export function rateOf({ answers, length }: Step): number {
  return (answers / length) * 1_000
}
