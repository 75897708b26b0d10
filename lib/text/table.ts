/**
 * Rows for people on a terminal, and for programs elsewhere.
 */
import { graphemes, textWidth } from './width.js'

const GAP = '  '
/** Below this a cut value says nothing any more: then lines run over the edge instead. */
const LEAST = 8

type Row = readonly string[]

/** What a table is written to. */
export interface TableTarget {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/**
 * Columns side by side under a heading on a terminal, where `flexible` is the column that is cut to fit; lines with
 * tabs between the cells where the output goes to another program. No cell may hold a tab or a line break.
 */
export function formatTable(
  heading: Row,
  rows: readonly Row[],
  flexible: number,
  output: TableTarget,
): string {
  if (!output.isTTY) return rows.map((row) => `${row.join('\t')}\n`).join('')
  const all = [heading, ...rows]
  const widths = heading.map((_, column) => Math.max(...all.map((row) => textWidth(row[column] ?? ''))))
  const others = widths.reduce(
    (sum, width, column) => sum + GAP.length + (column === flexible ? 0 : width),
    0,
  )
  const room = Math.max(LEAST, (output.columns ?? 80) + GAP.length - others)
  widths[flexible] = Math.min(widths[flexible] ?? 0, room)
  return all
    .map((row) => {
      const cells = row.map((cell, column) => pad(cell, widths[column] ?? 0))
      return `${cells.join(GAP).trimEnd()}\n`
    })
    .join('')
}

function pad(text: string, width: number): string {
  const fitting = textWidth(text) > width ? cut(text, width) : text
  return fitting + ' '.repeat(width - textWidth(fitting))
}

function cut(text: string, width: number): string {
  let kept = ''
  for (const character of graphemes(text)) {
    if (textWidth(kept + character) > width - 1) break
    kept += character
  }
  return `${kept}…`
}
