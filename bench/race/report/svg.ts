/** Bars with their spread, as SVG. It looks right on light and on dark pages, and needs no font of its own. */

export interface Bar {
  readonly label: string
  readonly value: number
  readonly low: number
  readonly high: number
  /** What is written behind the bar. */
  readonly text: string
  /** Ours. */
  readonly stands: 'out' | 'back'
}

export interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
}

const WIDTH = 820
const LABELS = 230
const BARS = 430
const ROW = 24
const TITLE = 34
const GAP = 18

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  .out { fill: #0f766e }
  .back { fill: #94a3b8 }
  .spread { stroke: #24292f; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .out { fill: #2dd4bf }
    .back { fill: #64748b }
    .spread { stroke: #e6edf3 }
  }`

/** @param title for those who can't see the picture. */
export function svg(title: string, panels: readonly Panel[]): string {
  let y = GAP
  const parts: string[] = []
  for (const panel of panels) {
    parts.push(`<text class="title" x="0" y="${y + 14}">${escaped(panel.title)}</text>`)
    y += TITLE
    // One scale for a panel, from 0, so that lengths are what they stand for.
    const scale = BARS / Math.max(1e-9, ...panel.bars.map(({ high }) => finite(high)))
    for (const bar of panel.bars) {
      parts.push(drawn(bar, y, scale))
      y += ROW
    }
    y += GAP
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

function drawn({ label, value, low, high, text, stands }: Bar, y: number, scale: number): string {
  const at = (figure: number): string => (LABELS + finite(figure) * scale).toFixed(1)
  const middle = y + ROW / 2 - 2
  const parts = [
    `<text x="${LABELS - 10}" y="${middle + 4}" text-anchor="end">${escaped(label)}</text>`,
    `<rect class="${stands}" x="${LABELS}" y="${y}" width="${(finite(value) * scale).toFixed(1)}" height="${ROW - 6}"/>`,
    `<text x="${(Number(at(high)) + 8).toFixed(1)}" y="${middle + 4}">${escaped(text)}</text>`,
  ]
  if (low !== high) {
    parts.push(`<line class="spread" x1="${at(low)}" x2="${at(high)}" y1="${middle}" y2="${middle}"/>`)
  }
  return parts.join('\n')
}

/** What is not known has no length. */
function finite(figure: number): number {
  return Number.isFinite(figure) ? Math.max(0, figure) : 0
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
