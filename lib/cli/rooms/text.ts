/**
 * The map of a world as text: a room is `[Name]`, an exit a line. As wide as a terminal: names are cut first; if that is
 * not enough, a part is shown in strips, as a book of maps does.
 */
import { textWidth } from '../../text/width.js'
import { Canvas } from './canvas.js'
import { cut, nameOf } from './labels.js'
import type { ListedExit, MapLine, MapPart, WorldMap } from './map.js'
import { intoShelves } from './shelves.js'

/** Columns that a name may take, tried one after another. */
const NAME_WIDTHS = [28, 24, 20, 16, 12, 9, 6]
/** Of a part that does not fit in any case. */
const STRIP_NAME_WIDTH = 12
/** Columns between two rooms: room for a line with an arrow. */
const GAP = 3

/** What is behind a name. */
const UP = '↑'
const DOWN = '↓'
const MORE = '+'
const START = '*'

export interface TextMap {
  readonly lines: readonly string[]
  /** What its signs mean, as far as there are any. */
  readonly legend: readonly string[]
}

export function drawText(map: WorldMap, width: number): TextMap {
  const blocks = map.parts.flatMap((part) => drawPart(part, map, width))
  const lines: string[] = []
  for (const shelf of intoShelves(blocks, width, 2)) {
    if (lines.length > 0) lines.push('')
    lines.push(...sideBySide(shelf))
  }
  return { lines, legend: legendOf(map) }
}

interface Block {
  readonly width: number
  readonly lines: readonly string[]
}

function sideBySide(blocks: readonly Block[]): string[] {
  const height = Math.max(...blocks.map(({ lines }) => lines.length))
  return Array.from({ length: height }, (_, row) => {
    let line = ''
    let column = 0
    for (const block of blocks) {
      const text = block.lines[row] ?? ''
      line += ' '.repeat(Math.max(0, column - textWidth(line))) + text
      column += block.width + 2
    }
    return line.trimEnd()
  })
}

function drawPart(part: MapPart, map: WorldMap, width: number): Block[] {
  const total = (most: number) => lastOf(frame(part, map, most).edges)
  const most = NAME_WIDTHS.find((most) => total(most) <= width) ?? STRIP_NAME_WIDTH
  const { labels, edges, middles } = frame(part, map, most)
  const canvas = new Canvas()
  for (const line of part.lines) drawLine(canvas, line, middles)
  for (const place of part.places) {
    const label = labels.get(place) as string
    const left = (middles[place.column] as number) - Math.floor(textWidth(label) / 2)
    canvas.write(left, 2 * place.row, label)
  }
  for (const line of part.lines) if (line.isOneWay) drawArrow(canvas, line, labels, middles)
  const strips = stripsOf(edges, width)
  if (strips.length === 1) return [{ width: lastOf(edges), lines: canvas.lines(0, lastOf(edges)) }]
  return strips.map(([first, last]) => {
    const from = edges[first] as number
    const to = Math.min(edges[last + 1] as number, from + width)
    const title = `Columns ${first + 1} to ${last + 1} of ${part.columns}:`
    return { width, lines: [title, ...canvas.lines(from, to)] }
  })
}

interface Frame {
  readonly labels: ReadonlyMap<MapPart['places'][number], string>
  /** Where each column begins, and where the last one ends. */
  readonly edges: readonly number[]
  /** Where the lines of each column go up and down. */
  readonly middles: readonly number[]
}

function frame({ places, columns }: MapPart, map: WorldMap, most: number): Frame {
  const labels = new Map(places.map((place) => [place, labelOf(place.room, map, most)]))
  const widths = new Array<number>(columns).fill(1)
  for (const [{ column }, label] of labels) {
    widths[column] = Math.max(widths[column] as number, textWidth(label))
  }
  const edges = [0]
  const middles: number[] = []
  for (const [column, wide] of widths.entries()) {
    const left = lastOf(edges)
    middles.push(left + Math.floor(wide / 2))
    edges.push(left + wide + (column < columns - 1 ? GAP : 0))
  }
  return { labels, edges, middles }
}

function labelOf(room: MapPart['places'][number]['room'], { start, listed }: WorldMap, most: number): string {
  const signs = signsOf(listed.get(room) ?? [])
  const name = `${room === start ? START : ''}${cut(nameOf(room), most)}`
  return `[${name}${signs === '' ? '' : ` ${signs}`}]`
}

function signsOf(exits: readonly ListedExit[]): string {
  const isVertical = ({ direction, to }: ListedExit, name: string) => direction === name && to !== undefined
  const isOther = (exit: ListedExit) => !isVertical(exit, 'up') && !isVertical(exit, 'down')
  return [
    exits.some((exit) => isVertical(exit, 'up')) ? UP : '',
    exits.some((exit) => isVertical(exit, 'down')) ? DOWN : '',
    exits.some(isOther) ? MORE : '',
  ].join('')
}

/** Lines go under the rooms, which are written over them. */
function drawLine(
  canvas: Canvas,
  { from, to, step: [right, down], isGuarded }: MapLine,
  middles: readonly number[],
): void {
  const at = (column: number) => middles[column] as number
  if (down === 0) {
    const [left, end] = [Math.min(from.column, to.column), Math.max(from.column, to.column)]
    for (let x = at(left) + 1; x < at(end); x++) cross(canvas, x, 2 * from.row, isGuarded ? '╌' : '─')
    return
  }
  const rows = Math.abs(to.row - from.row)
  if (right === 0) {
    const top = Math.min(from.row, to.row)
    for (let y = 2 * top + 1; y < 2 * (top + rows); y++)
      cross(canvas, at(from.column), y, isGuarded ? '╎' : '│')
    return
  }
  const sign = right === down ? '╲' : '╱'
  for (let i = 0; i < rows; i++) {
    const [column, next] = [from.column + right * i, from.column + right * (i + 1)]
    const x = Math.round((at(column) + at(next)) / 2)
    cross(canvas, x, 2 * (from.row + down * i) + down, sign)
    if (i > 0 && canvas.at(at(column), 2 * (from.row + down * i)) === undefined)
      canvas.put(at(column), 2 * (from.row + down * i), sign)
  }
}

/** Signs that make a crossing where they meet. */
const CROSSINGS: readonly (readonly [signs: string, others: string, crossing: string])[] = [
  ['─╌', '│╎┼', '┼'],
  ['│╎', '─╌┼', '┼'],
  ['╲', '╱╳', '╳'],
  ['╱', '╲╳', '╳'],
]

function cross(canvas: Canvas, column: number, row: number, sign: string): void {
  const there = canvas.at(column, row)
  const crossing = CROSSINGS.find(
    ([signs, others]) => signs.includes(sign) && there && others.includes(there),
  )
  canvas.put(column, row, crossing?.[2] ?? sign)
}

/** At the end of a line that leads one way. */
function drawArrow(
  canvas: Canvas,
  { to, step: [right, down] }: MapLine,
  labels: Frame['labels'],
  middles: readonly number[],
): void {
  const middle = middles[to.column] as number
  const width = textWidth(labels.get(to) as string)
  const left = middle - Math.floor(width / 2)
  if (right !== 0 && down !== 0) {
    const x = Math.round((middle + (middles[to.column - right] as number)) / 2)
    canvas.put(x, 2 * to.row - down, right > 0 ? (down > 0 ? '↘' : '↗') : down > 0 ? '↙' : '↖')
  } else if (down === 0) canvas.put(right > 0 ? left - 1 : left + width, 2 * to.row, right > 0 ? '>' : '<')
  else if (right === 0) canvas.put(middle, 2 * to.row - down, down > 0 ? 'v' : '^')
}

/** Columns of the map, from and to, that fit beside each other. */
function stripsOf(edges: readonly number[], width: number): [first: number, last: number][] {
  const strips: [number, number][] = []
  let first = 0
  for (let column = 1; column < edges.length; column++) {
    const isLast = column === edges.length - 1
    if (!isLast && (edges[column + 1] as number) - (edges[first] as number) <= width) continue
    strips.push([first, column - 1])
    first = column
  }
  return strips
}

/** What the signs mean that are there. */
function legendOf({ parts, start, listed }: WorldMap): string[] {
  const signs = [...listed.values()].map(signsOf).join('')
  const legend: string[] = []
  if (start !== undefined) legend.push(`${START} people begin here`)
  if (signs.includes(UP)) legend.push(`${UP} leads up`)
  if (signs.includes(DOWN)) legend.push(`${DOWN} leads down`)
  if (signs.includes(MORE)) legend.push(`${MORE} has exits that are no lines here`)
  const lines = parts.flatMap((part) => part.lines)
  if (lines.some(({ isOneWay }) => isOneWay)) legend.push('> leads one way')
  if (lines.some(({ isGuarded }) => isGuarded)) legend.push('╌ guarded')
  return legend
}

function lastOf<T>(list: readonly T[]): T {
  return list.at(-1) as T
}
