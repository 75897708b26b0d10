import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Figures, Row } from '../../bench/race/report/figures.js'
import { markdown } from '../../bench/race/report/markdown.js'
import { count } from '../../bench/race/report/numbers.js'
import { mainPicture, pictureOf } from '../../bench/race/report/pictures.js'
import { svg } from '../../bench/race/report/svg.js'
import { workloads } from '../../bench/race/workloads/index.js'
import type { Workload } from '../../bench/race/workloads/workload.js'

const report = suite('bench/report')

const of = (median: number) => ({ median, low: median * 0.9, high: median * 1.1 })

function row(more: Partial<Row> = {}): Row {
  return {
    label: 'Mara',
    figure: of(50_000),
    ratio: of(0.8),
    time: of(12.34),
    timeRatio: of(1.1),
    latency: { median: 0.98, p99: 2.5 },
    loadWasTheLimit: false,
    isBaseline: false,
    ...more,
  }
}

function figures(name: string, more: Partial<Figures> = {}): Figures {
  const workload = workloads.find((one) => one.name === name) as Workload
  return { workload, rounds: 3, rows: [row(), row({ label: 'other', isBaseline: true })], ...more }
}

const occasion = {
  date: new Date('2026-03-01T12:00:00Z'),
  machine: 'A machine, 2 cores',
  versions: ['Node v20', 'Go 1.19'],
  remarks: ['Nothing is pinned.'],
}

const page = (...all: Figures[]): string =>
  markdown(all, occasion, [{ workload: 'lines-50', file: 'pictures/lines-50.svg' }], 'npm run bench')

report('the page says what was measured on what, when, and by which command', () => {
  const text = page(figures('lines-50'))
  for (const part of [
    'A machine, 2 cores',
    'Node v20, Go 1.19',
    'Nothing is pinned.',
    '2026-03-01',
    '`npm run bench`',
  ])
    assert.ok(text.includes(part), part)
})

report('a table has medians with their spread, ratios, and processor time', () => {
  const text = page(figures('lines-50'))
  assert.match(text, /\| {2}\| lines\/s \| of other \| CPU a line \| of other \| median \| p99 \|/)
  assert.match(
    text,
    /\| Mara \| 50,000 \(45,000 to 55,000\) \| 0\.80 \(0\.72 to 0\.88\) \| 12\.3 µs .* \| 0\.98 ms \| 2\.50 ms \|/,
  )
  assert.ok(text.includes('(pictures/lines-50.svg)'))
})

report('what is not known is said to be so', () => {
  const text = page(figures('lines-50', { rows: [row({ time: undefined, timeRatio: undefined })] }))
  assert.match(text, /\| not known \| not known \|/)
})

report('memory has no processor time', () => {
  const text = page(figures('idle', { rows: [row({ figure: of(2_500) })] }))
  assert.match(text, /\| Mara \| 2\.5 kB \(2\.3 kB to 2\.8 kB\) \| 0\.80/)
  assert.not.match(text, /CPU/)
})

report('a load that was the limit, and a null race that does not hold, are told aloud', () => {
  assert.match(
    page(figures('lines-50', { rows: [row({ loadWasTheLimit: true })] })),
    /55,000\) \*.*\n\n\* The load was the limit/s,
  )
  assert.match(page(figures('null-1', { nullHolds: false })), /do not trust the figures/)
  assert.match(page(figures('null-1', { nullHolds: true })), /shows 1\.00 within its own spread/)
})

report('numbers have three digits that mean something', () => {
  assert.equal([123_456, 1_234, 12.34, 1].map(count), ['123,000', '1,230', '12.3', '1'])
})

report('bars begin at 0 and are as long as their figures', () => {
  const bar = { low: 1, high: 1, text: '', stands: 'out' } as const
  const picture = svg('t', [
    {
      title: 'p',
      bars: [
        { ...bar, label: 'a', value: 1 },
        { ...bar, label: 'b', value: 2, low: 2, high: 2 },
      ],
    },
  ])
  const widths = [...picture.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width))
  assert.is(widths.length, 2)
  assert.ok(Math.abs((widths[1] as number) - 2 * (widths[0] as number)) < 0.11)
})

report('the spread is drawn where there is one', () => {
  const bar = { label: 'a', value: 2, text: '', stands: 'back' } as const
  const lines = (low: number, high: number) =>
    svg('t', [{ title: 'p', bars: [{ ...bar, low, high }] }]).match(/<line /g)?.length ?? 0
  assert.is(lines(1, 3), 1)
  assert.is(lines(2, 2), 0)
})

report('no text can break a picture, and what is not known has no length', () => {
  const bar = {
    label: '<a> & "b"',
    value: Number.NaN,
    low: Number.NaN,
    high: Number.NaN,
    text: '?',
    stands: 'out',
  } as const
  const picture = svg('<title>', [{ title: 'x < y', bars: [bar] }])
  assert.ok(picture.includes('&lt;a&gt; &amp; &quot;b&quot;'))
  assert.not.match(picture, /NaN|<title><title>/)
})

report('the main picture has a panel for each of its workloads that was run', () => {
  assert.is(mainPicture([figures('idle')]), undefined)
  const panels = (picture = '') => picture.match(/class="title"/g)?.length
  assert.is(panels(mainPicture([figures('lines-50'), figures('idle'), figures('login')])), 2)
  assert.is(panels(pictureOf(figures('lines-50'))), 2, 'a rate and its processor time')
  assert.is(panels(pictureOf(figures('idle'))), 1)
})

report.run()
