/** The results as a page: what was measured on what, a table for each workload, and its picture. */
import type { Summary } from '../../support/statistics.js'
import type { Figures, Row } from './figures.js'
import { byMemory, count, factor, microseconds, milliseconds } from './numbers.js'

export interface Occasion {
  readonly date: Date
  readonly machine: string
  /** Names with their versions. */
  readonly versions: readonly string[]
  /** Sentences: rounds and durations, pinning, limits, what was left out. */
  readonly remarks: readonly string[]
}

export interface Picture {
  readonly workload: string
  /** Relative to the page. */
  readonly file: string
}

const MARK = '*'

/** @param command what was typed. */
export function markdown(
  figures: readonly Figures[],
  occasion: Occasion,
  pictures: readonly Picture[],
  command: string,
): string {
  const { date, machine, versions, remarks } = occasion
  const head = [
    '# The race',
    `Made by \`${command}\`; not edited by hand. ${date.toISOString().slice(0, 10)}.`,
    [`- Machine: ${machine}`, `- Versions: ${versions.join(', ')}`, ...remarks.map((r) => `- ${r}`)].join(
      '\n',
    ),
    'Each figure is the median of the rounds, with the least and the greatest in brackets. "Of" columns are ratios, taken round by round. Processor time is what the server and the system on its behalf spent for each. Every byte that the load received was compared with what it had to be.',
  ]
  const sections = figures.map((one) => {
    const picture = pictures.find(({ workload }) => workload === one.workload.name)
    return [
      `## ${one.workload.title}`,
      ...(picture === undefined ? [] : [`![${one.workload.title}](${picture.file})`]),
      table(one),
      ...notes(one),
    ].join('\n\n')
  })
  return `${[...head, ...sections].join('\n\n')}\n`
}

function table({ workload, rows }: Figures): string {
  const baseline = rows.find(({ isBaseline }) => isBaseline)?.label ?? ''
  const isMemory = workload.kind === 'idle'
  const cells = (row: Row): string[] => [
    row.label,
    (isMemory ? spread(row.figure, byMemory) : spread(row.figure, count)) +
      (row.loadWasTheLimit ? ` ${MARK}` : ''),
    spread(row.ratio, factor),
    ...(isMemory
      ? []
      : [
          spread(row.time, microseconds),
          spread(row.timeRatio, factor),
          row.latency === undefined ? '' : milliseconds(row.latency.median),
          row.latency === undefined ? '' : milliseconds(row.latency.p99),
        ]),
  ]
  const heading = isMemory
    ? ['', `memory a ${workload.one}`, `of ${baseline}`]
    : ['', `${workload.unit}/s`, `of ${baseline}`, `CPU a ${workload.one}`, `of ${baseline}`, 'median', 'p99']
  const rule = heading.map((_, column) => (column === 0 ? '---' : '---:'))
  return [heading, rule, ...rows.map(cells)].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function spread(figure: Summary | undefined, format: (figure: number) => string): string {
  if (figure === undefined || Number.isNaN(figure.median)) return 'not known'
  const { median, low, high } = figure
  return low === high ? format(median) : `${format(median)} (${format(low)} to ${format(high)})`
}

/** What must be said beside the figures. */
export function notes({ rows, nullHolds }: Figures): string[] {
  const said: string[] = []
  if (rows.some(({ loadWasTheLimit }) => loadWasTheLimit)) {
    said.push(
      `${MARK} The load was the limit, and the server had time left: it could have done more than this. Compare the processor time.`,
    )
  }
  if (nullHolds === true) said.push('The null race shows 1.00 within its own spread.')
  if (nullHolds === false) {
    said.push(
      '**The null race does not show 1.00 within its own spread: do not trust the figures of this run.**',
    )
  }
  return said
}
