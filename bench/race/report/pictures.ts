/** Which figures become which picture. */
import type { Figures, Row } from './figures.js'
import { byMemory, count, microseconds } from './numbers.js'
import { type Bar, type Panel, svg } from './svg.js'

/** Workloads of the picture that the README shows. */
const MAIN: readonly string[] = ['lines-50', 'in-flight', 'login', 'broadcast-1000']

/** Of one workload. */
export function pictureOf(figures: Figures): string {
  return svg(figures.workload.title, panelsOf(figures))
}

/** The main one; undefined where none of its workloads were run. */
export function mainPicture(all: readonly Figures[]): string | undefined {
  const chosen = all.filter(({ workload }) => MAIN.includes(workload.name))
  if (chosen.length === 0) return undefined
  return svg(
    'The race',
    chosen.flatMap((figures) => panelsOf(figures).slice(0, 1)),
  )
}

function panelsOf({ workload, rows }: Figures): Panel[] {
  if (workload.kind === 'idle') {
    return [
      {
        title: `${workload.title} (less is better)`,
        bars: rows.map((row) => barOf(row, 'figure', byMemory)),
      },
    ]
  }
  const mark = (row: Row): string => (row.loadWasTheLimit ? ' or more' : '')
  const rates: Panel = {
    title: `${workload.title}: ${workload.unit} a second`,
    bars: rows.map((row) => barOf(row, 'figure', (figure) => count(figure) + mark(row))),
  }
  const times: Panel = {
    title: `Processor time a ${workload.one} (less is better)`,
    bars: rows.map((row) => barOf(row, 'time', microseconds)),
  }
  return rows.every(({ time }) => time !== undefined) ? [rates, times] : [rates]
}

function barOf(row: Row, figure: 'figure' | 'time', format: (figure: number) => string): Bar {
  const { median: value, low, high } = row[figure] ?? { median: Number.NaN, low: 0, high: 0 }
  return {
    label: row.label,
    value,
    low,
    high,
    text: Number.isNaN(value) ? 'not known' : format(value),
    stands: row.label.startsWith('Mara') ? 'out' : 'back',
  }
}
