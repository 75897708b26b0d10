/** The report for people at a terminal, or in a log. */
import { escapeText } from '../text/escape.js'
import { terminalCharts, timeRows } from './chart.js'
import type { Example, Failures } from './failures.js'
import type { Percentiles } from './latencies.js'
import type { BenchReport } from './report.js'
import { inThousands, rateInWords, timeInWords } from './units.js'

/** Kinds of errors that are told. */
const KINDS = 12

/** @param columns of the terminal; undefined where it is none, and then there is no chart. */
export function textReport(report: BenchReport, columns: number | undefined): string {
  const sections = [
    [headline(report)],
    summary(report),
    aligned(latencyRows(report)),
    overTime(report, columns),
    errors(report),
    report.findings.map(({ text, about }) => `${about === 'generator' ? '! ' : '* '}${escapeText(text)}`),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

export function headline({ options, measured }: BenchReport): string {
  const { target, clients, processes, rate, script } = options
  const loop = rate === undefined ? 'closed loop' : `open loop at ${rateInWords(rate)}`
  const what = script === undefined ? '' : `, script ${script}`
  return escapeText(
    `${target}: ${count(clients, 'client')} in ${count(processes, 'process', 'processes')}, ${loop}, ${timeInWords(Math.max(0, measured))}${what}`,
  )
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${inThousands(number)} ${number === 1 ? one : many}`
}

function summary({ exchanges, connections, errors, generator }: BenchReport): string[] {
  const busiest = Math.max(0, ...generator.processes.map(({ utilisation }) => utilisation))
  return aligned([
    ['answers', inThousands(exchanges.answers), rateInWords(exchanges.throughput)],
    ...(exchanges.missed === undefined ? [] : [['not sent in time', inThousands(exchanges.missed)]]),
    ...(exchanges.unfinished === 0 ? [] : [['unanswered at the end', inThousands(exchanges.unfinished)]]),
    ['errors', inThousands(errors.count)],
    ['connections', inThousands(connections.made), `${inThousands(connections.peak)} at once`],
    ['generator at work', `${Math.round(busiest * 100)} %`],
  ])
}

/** All latencies of a report by name; the heading comes first. */
export function latencyRows({ connections, latency, options }: BenchReport): string[][] {
  const labels = Object.entries(latency.labels)
  const isLabelled = labels.some(([label]) => label !== 'answer')
  return [
    ['', 'p50', 'p90', 'p99', 'p99.9', 'worst', 'count'],
    latencyRow('connect', connections.latency),
    latencyRow(options.rate === undefined ? 'answer' : 'answer, from when it was due', latency.answer),
    ...(latency.service === undefined ? [] : [latencyRow('answer, from when it was asked', latency.service)]),
    ...(latency.corrected === undefined ? [] : [latencyRow('answer, corrected', latency.corrected)]),
    ...(isLabelled ? labels.map(([label, figures]) => latencyRow(`- ${escapeText(label)}`, figures)) : []),
  ]
}

function latencyRow(name: string, { count, p50, p90, p99, p999, worst }: Percentiles): string[] {
  const times = [p50, p90, p99, p999, worst]
  return [name, ...times.map((ms) => (count === 0 ? '-' : timeInWords(ms))), inThousands(count)]
}

function overTime({ steps, measured }: BenchReport, columns: number | undefined): string[] {
  const measuredSteps = steps.filter(({ at }) => at >= 0 && at < measured)
  if (measuredSteps.length === 0) return []
  if (columns !== undefined) return terminalCharts(measuredSteps, columns)
  return aligned([['from', 'answers', 'p50', 'p99', 'worst', 'errors'], ...timeRows(measuredSteps)])
}

function errors({ errors: { kinds } }: BenchReport): string[] {
  const more = kinds.length - KINDS
  return [
    ...kinds.slice(0, KINDS).flatMap(failureLines),
    ...(more > 0 ? [`and ${count(more, 'more kind')} of errors`] : []),
  ]
}

function failureLines(failures: Failures): string[] {
  const { kind, examples } = failures
  return [
    `${inThousands(failures.count)} × ${escapeText(kind)} ${when(failures)}`,
    ...examples.slice(0, 1).flatMap(exampleLines),
  ]
}

export function when({ phase, first, last }: Failures): string {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
  const where = phase === 'connect' ? 'while connecting' : 'in a conversation'
  return `(${where}, from ${seconds(first)} to ${seconds(last)})`
}

function exampleLines({ message, said }: Example): string[] {
  return [
    ...message.split('\n').map((line) => `    ${escapeText(line)}`),
    ...(said === undefined ? [] : [`    The service had sent last: ${escapeText(JSON.stringify(said))}`]),
  ]
}

/** Columns side by side: the first one to the left, all else to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number
        return column === 0 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd(),
  )
}
