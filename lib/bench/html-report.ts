/** The report as one page with plots. It loads nothing and runs nothing; whatever a service has sent is text in it. */

import { escapeText } from '../text/escape.js'
import { rateOf } from './chart.js'
import type { Failures } from './failures.js'
import { escapeHtml } from './html.js'
import { rampTime } from './plan.js'
import { type Plot, plotFigure } from './plot.js'
import type { BenchReport } from './report.js'
import { headline, latencyRows, when } from './text-report.js'
import { inThousands, rateInWords, timeInWords } from './units.js'

/** Ticks of the plot by percentiles; the axis stretches the tail. */
const TAIL = [50, 90, 99, 99.9, 99.99, 99.999, 99.9999]

const STYLE = `
:root { color-scheme: light dark; --text: #1c2330; --faint: #5b6577; --line: #d8dde6; --page: #fff; --card: #f5f7fa;
  --c0: #1f6feb; --c1: #d97706; --c2: #c0263c; --c3: #6b7280; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ef; --faint: #9aa5b8; --line: #333c4c; --page: #12161d;
  --card: #1b212b; --c0: #6aa8ff; --c1: #f2b04c; --c2: #ff7a8a; --c3: #a3adbd; } }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.5rem 0 0; }
p { margin: .2rem 0; color: var(--faint); }
table { border-collapse: collapse; margin: .6rem 0; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child, .words th, .words td { text-align: left; } th { color: var(--faint); font-weight: 600; }
.figures { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0; padding: 0; list-style: none; }
.figures li { background: var(--card); border-radius: .5rem; padding: .6rem 1rem; flex: 1 1 8rem; }
.figures b { display: block; font-size: 1.3rem; }
.findings { padding: 0; list-style: none; }
.findings li { border-left: 4px solid var(--c1); background: var(--card); margin: .5rem 0; padding: .5rem .8rem; }
.findings .service { border-color: var(--c2); } .findings .run { border-color: var(--c3); }
figure { margin: 1.5rem 0; } figcaption h2 { margin: 0; } svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--faint); font-size: 11px; } .grid { stroke: var(--line); } .shade { fill: var(--card); }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; }
.hover { fill: transparent; } .hover:hover { fill: var(--faint); fill-opacity: .15; }
.key::before { content: ''; display: inline-block; width: 1rem; height: 3px; margin-right: .4rem;
  vertical-align: middle; background: currentColor; } .key { margin-right: 1rem; }
path.line0 { stroke: var(--c0); } path.line1 { stroke: var(--c1); } path.line2 { stroke: var(--c2); }
path.line3 { stroke: var(--c3); }
.key.line0 { color: var(--c0); } .key.line1 { color: var(--c1); } .key.line2 { color: var(--c2); } .key.line3 { color: var(--c3); }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.4 ui-monospace, monospace; }
`

export function htmlReport(report: BenchReport): string {
  const title = headline(report)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`mara bench ${title}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>mara bench</h1>
<p>${escapeHtml(title)}</p>
<p>${escapeHtml(`${report.startedAt}, mara ${report.versions.mara}, Node ${report.versions.node}`)}</p>
${figures(report)}
${findings(report)}
${plots(report).map(plotFigure).join('\n')}
${latencyTable(report)}
${errorTable(report)}
${generatorTable(report)}
${optionTable(report)}
</body>
</html>
`
}

function figures({ exchanges, latency: { answer }, errors, connections }: BenchReport): string {
  const all = [
    [rateInWords(exchanges.throughput), 'answers'],
    [answer.count === 0 ? '-' : timeInWords(answer.p50), 'half are answered in'],
    [answer.count === 0 ? '-' : timeInWords(answer.p99), '99 % are answered in'],
    [inThousands(connections.peak), 'clients at once'],
    [inThousands(errors.count), 'errors'],
  ] as const
  return `<ul class="figures">${all.map(([figure, name]) => `<li><b>${figure}</b>${name}</li>`).join('')}</ul>`
}

function findings({ findings }: BenchReport): string {
  if (findings.length === 0) return ''
  const items = findings.map(({ about, text }) => `<li class="${about}">${escapeHtml(escapeText(text))}</li>`)
  return `<h2>What to know</h2>\n<ul class="findings">${items.join('')}</ul>`
}

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`

function plots({ steps, options, latency: { quantiles } }: BenchReport): Plot[] {
  const ramp = rampTime(options)
  const overTime = {
    // A step stands where it ends: what it tells is known then.
    xs: steps.map(({ at, length }) => at + length),
    x: { format: seconds },
    shade: ramp > 0 ? { from: -ramp, to: 0 } : undefined,
  }
  const latency = (name: string, of: (step: BenchReport['steps'][number]) => number) => ({
    name,
    values: steps.map((step) => (step.answers === 0 ? undefined : of(step))),
  })
  const tail = quantiles.filter(([percent]) => percent >= 0 && percent < 100)
  return [
    {
      ...overTime,
      title: 'Throughput',
      note: 'Answers and errors a second. The ramp is shaded, here and below.',
      y: { format: rateInWords },
      lines: [
        { name: 'answers', values: steps.map(rateOf) },
        { name: 'sent', values: steps.map(({ sent, length }) => (sent / length) * 1_000) },
        { name: 'errors', values: steps.map(({ failures, length }) => (failures / length) * 1_000) },
      ],
    },
    {
      ...overTime,
      title: 'Latency over time',
      note: 'Of the answers that came in each step. Where nothing was answered, there is a gap.',
      y: { format: timeInWords, scale: 'log' },
      lines: [
        latency('p50', ({ p50 }) => p50),
        latency('p90', ({ p90 }) => p90),
        latency('p99', ({ p99 }) => p99),
        latency('worst', ({ worst }) => worst),
      ],
    },
    {
      title: 'Latency by percentile',
      note: 'How many of all answers came within a time. The tail is stretched.',
      xs: tail.map(([percent]) => 100 / (100 - percent)),
      x: {
        scale: 'log',
        format: (value) => `${Number((100 - 100 / value).toPrecision(7))} %`,
        ticks: TAIL.map((percent) => 100 / (100 - percent)).filter(
          (_, index, all) => index < 2 || (all[index - 1] as number) < 100 / (100 - (tail.at(-1)?.[0] ?? 0)),
        ),
      },
      y: { format: timeInWords },
      lines: [{ name: 'answer', values: tail.map(([, ms]) => ms) }],
    },
    {
      ...overTime,
      title: 'Clients',
      note: 'How many were connected, and how many waited for an answer.',
      y: { format: inThousands },
      lines: [
        { name: 'connected', values: steps.map(({ connected }) => connected) },
        { name: 'waiting', values: steps.map(({ waiting }) => waiting) },
      ],
    },
  ]
}

function table(
  heading: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  kind = '',
): string {
  const cells = (row: readonly string[]) => row.map((cell) => `<td>${cell}</td>`).join('')
  return `<h2>${heading}</h2>
<table class="${kind}"><tr>${head.map((text) => `<th>${text}</th>`).join('')}</tr>
${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</table>`
}

function latencyTable(report: BenchReport): string {
  const [head = [], ...rows] = latencyRows(report)
  return table(
    'Latency',
    head,
    rows.map((row) => row.map(escapeHtml)),
  )
}

function errorTable({ errors: { kinds } }: BenchReport): string {
  if (kinds.length === 0) return ''
  const rows = kinds.map((failures) => [
    escapeHtml(`${inThousands(failures.count)} × ${escapeText(failures.kind)}`),
    escapeHtml(when(failures)),
    examples(failures),
  ])
  return table('Errors', ['what', 'when', 'the first ones'], rows, 'words')
}

function examples({ examples }: Failures): string {
  const texts = examples.map(({ client, at, message, said }) => {
    const last = said === undefined ? '' : `\nThe service had sent last: ${escapeText(JSON.stringify(said))}`
    return `Client ${client} at ${seconds(at)}: ${message.split('\n').map(escapeText).join('\n')}${last}`
  })
  return `<pre>${escapeHtml(texts.join('\n'))}</pre>`
}

function generatorTable({ generator: { processes, lag } }: BenchReport): string {
  const rows = processes.map(({ pid, clients, utilisation, delay, memory, died }) => [
    escapeHtml(`process ${pid ?? ''}${died === undefined ? '' : ` (${died})`}`),
    inThousands(clients),
    `${Math.round(utilisation * 100)} %`,
    timeInWords(delay),
    `${inThousands(memory / 2 ** 20)} MiB`,
  ])
  const late =
    lag === undefined
      ? ''
      : `<p>Questions left late: p99 ${timeInWords(lag.p99)}, worst ${timeInWords(lag.worst)}.</p>`
  return table('The generator', ['', 'clients', 'at work', 'stood still for', 'memory'], rows) + late
}

function optionTable({ options }: BenchReport): string {
  const rows = Object.entries(options).flatMap(([name, value]) => {
    return value === undefined ? [] : [[escapeHtml(name), escapeHtml(escapeText(String(value)))]]
  })
  return table('Options', ['option', 'value (times in ms, rates a second)'], rows, 'words')
}
