/** Plots as SVG, without a script: a page with them opens everywhere, also where scripts are not allowed. */
import { escapeHtml } from './html.js'

const WIDTH = 760
const HEIGHT = 240
const LEFT = 78
const RIGHT = 30
const TOP = 12
const BOTTOM = 30

export interface Axis {
  readonly format: (value: number) => string
  readonly scale?: 'linear' | 'log'
  /** Where lines are drawn; round numbers unless said otherwise. */
  readonly ticks?: readonly number[]
}

export interface Line {
  readonly name: string
  /** One for each place on the x axis; undefined leaves a gap. */
  readonly values: readonly (number | undefined)[]
}

export interface Plot {
  readonly title: string
  /** What it shows, in a sentence. */
  readonly note: string
  readonly xs: readonly number[]
  readonly x: Axis
  readonly y: Axis
  readonly lines: readonly Line[]
  /** From here to there on the x axis something was different, such as the ramp. */
  readonly shade?: { readonly from: number; readonly to: number } | undefined
}

/** A figure with its legend. */
export function plotFigure(plot: Plot): string {
  const { title, note, lines } = plot
  const legend = lines.map(({ name }, index) => `<span class="key line${index}">${escapeHtml(name)}</span>`)
  return `<figure>
<figcaption><h2>${escapeHtml(title)}</h2><p>${escapeHtml(note)}</p><p>${legend.join(' ')}</p></figcaption>
${plotSvg(plot)}
</figure>`
}

function plotSvg({ title, xs, x, y, lines, shade }: Plot): string {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== undefined))
  const places = shade === undefined ? xs : [...xs, shade.from, shade.to]
  const toX = scaleOf(x, extent(x, places, x.ticks), LEFT, WIDTH - RIGHT)
  const heights = y.scale === 'log' ? values.filter((value) => value > 0) : [0, ...values]
  const toY = scaleOf(y, extent(y, heights, y.ticks), HEIGHT - BOTTOM, TOP)
  const bottom = HEIGHT - BOTTOM
  const parts = [
    ...(shade === undefined
      ? []
      : [
          `<rect class="shade" x="${at(toX.of(shade.from))}" y="${TOP}" width="${at(Math.max(0, toX.of(shade.to) - toX.of(shade.from)))}" height="${bottom - TOP}"/>`,
        ]),
    ...toY.ticks.map((tick) => {
      const place = at(toY.of(tick))
      return `<line class="grid" x1="${LEFT}" y1="${place}" x2="${WIDTH - RIGHT}" y2="${place}"/><text x="${LEFT - 6}" y="${place}" dy="0.35em" text-anchor="end">${escapeHtml(y.format(tick))}</text>`
    }),
    ...toX.ticks.map((tick) => {
      const place = at(toX.of(tick))
      return `<line class="grid" x1="${place}" y1="${TOP}" x2="${place}" y2="${bottom}"/><text x="${place}" y="${HEIGHT - 10}" text-anchor="middle">${escapeHtml(x.format(tick))}</text>`
    }),
    ...lines.map(
      ({ values }, index) => `<path class="line line${index}" d="${path(values, xs, toX, toY)}"/>`,
    ),
    ...hovers(xs, x, y, lines, toX),
  ]
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">\n${parts.join('\n')}\n</svg>`
}

/** Places without a value break the line; one by itself is a dot. */
function path(
  values: readonly (number | undefined)[],
  xs: readonly number[],
  toX: Scale,
  toY: Scale,
): string {
  let pen = 'M'
  return values
    .map((value, index) => {
      if (value === undefined) {
        pen = 'M'
        return ''
      }
      const [before, after] = [values[index - 1], values[index + 1]]
      const command = `${pen}${at(toX.of(xs[index] as number))} ${at(toY.of(value))}`
      pen = 'L'
      return before === undefined && after === undefined ? `${command}h0.1` : command
    })
    .join('')
}

/** What stands at a place, for whoever points at it. */
function hovers(xs: readonly number[], x: Axis, y: Axis, lines: readonly Line[], toX: Scale): string[] {
  return xs.map((value, index) => {
    const place = toX.of(value)
    const from = index === 0 ? LEFT : (place + toX.of(xs[index - 1] as number)) / 2
    const to = index === xs.length - 1 ? WIDTH - RIGHT : (place + toX.of(xs[index + 1] as number)) / 2
    const figures = lines.flatMap(({ name, values }) => {
      const figure = values[index]
      return figure === undefined ? [] : [`${name}: ${y.format(figure)}`]
    })
    const text = escapeHtml([x.format(value), ...figures].join('\n'))
    return `<rect class="hover" x="${at(from)}" y="${TOP}" width="${at(Math.max(0, to - from))}" height="${HEIGHT - TOP - BOTTOM}"><title>${text}</title></rect>`
  })
}

interface Scale {
  readonly ticks: readonly number[]
  of(value: number): number
}

function extent({ scale }: Axis, values: readonly number[], ticks: readonly number[] = []): [number, number] {
  const all = [...values, ...ticks]
  if (all.length === 0) return scale === 'log' ? [1, 10] : [0, 1]
  const [least, most] = [Math.min(...all), Math.max(...all)]
  if (scale !== 'log') return least === most ? [least, least + 1] : [least, most]
  // Whole powers, so that there are ticks at both ends.
  const low = 10 ** Math.floor(Math.log10(least) + 1e-9)
  return [low, Math.max(low * 10, 10 ** Math.ceil(Math.log10(most) - 1e-9))]
}

function scaleOf({ scale, ticks }: Axis, [least, most]: [number, number], from: number, to: number): Scale {
  const measure =
    scale === 'log' ? (value: number) => Math.log10(Math.max(value, least)) : (value: number) => value
  const [low, high] = [measure(least), measure(most)]
  return {
    ticks: ticks ?? (scale === 'log' ? powers(least, most) : roundNumbers(least, most)),
    of: (value) => from + ((measure(value) - low) / (high - low)) * (to - from),
  }
}

function powers(least: number, most: number): number[] {
  const count = Math.round(Math.log10(most / least))
  return Array.from({ length: count + 1 }, (_, index) => least * 10 ** index)
}

/** Four to nine of 1, 2 or 5 times a power of ten. */
function roundNumbers(least: number, most: number): number[] {
  const rough = (most - least) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) as number) * power
  const first = Math.ceil(least / step - 1e-9)
  const last = Math.floor(most / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step)
}

/** A tenth of a pixel is enough. */
function at(value: number): string {
  return String(Math.round(value * 10) / 10)
}
