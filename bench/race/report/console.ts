/** The results on a terminal. */
import type { Figures } from './figures.js'
import { notes } from './markdown.js'
import { byMemory, count, factor, microseconds, milliseconds } from './numbers.js'

/** Lines of text. */
export function text(figures: Figures): string {
  const { workload, rows, rounds } = figures
  const isMemory = workload.kind === 'idle'
  const format = isMemory ? byMemory : count
  const base = rows.find(({ isBaseline }) => isBaseline)?.label ?? ''
  const lines = rows.map(({ label, figure, ratio, time, timeRatio, latency, loadWasTheLimit }) => {
    const parts = [
      `  ${label.padEnd(30)}`,
      `${format(figure.median)}${isMemory ? '' : '/s'}${loadWasTheLimit ? '*' : ' '}`.padStart(14),
      `(${format(figure.low)} to ${format(figure.high)})`.padEnd(24),
      `${factor(ratio.median)} (${factor(ratio.low)} to ${factor(ratio.high)})`,
    ]
    if (time !== undefined && timeRatio !== undefined) {
      parts.push(
        `  CPU ${microseconds(time.median).padStart(9)} a ${workload.one}, ${factor(timeRatio.median)}`,
      )
    }
    if (latency !== undefined) {
      parts.push(`  median ${milliseconds(latency.median)}, p99 ${milliseconds(latency.p99)}`)
    }
    return parts.join(' ')
  })
  return [
    `\n${workload.title} (${rounds} ${rounds === 1 ? 'measurement' : 'measurements'} each; ratios to ${base})`,
    ...lines,
    ...notes(figures).map((note) => `  ${note.replaceAll('**', '')}`),
  ].join('\n')
}
