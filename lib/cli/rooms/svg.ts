/**
 * The map of a world as a picture in SVG. Exits that are no lines stand in the boxes of their rooms. Sizes are in pixels;
 * widths of text are estimates on the large side, since the fonts of whoever looks at it are not known.
 */
import { textWidth } from '../../text/width.js'
import { wrapText } from '../../text/wrap.js'
import { cut, nameOf, whereTo } from './labels.js'
import type { MapLine, MapPart, WorldMap } from './map.js'
import type { Place } from './places.js'
import { intoShelves } from './shelves.js'
import { element, LOOK, text, xml } from './svg-elements.js'

/** Pixels a column of text takes, by the size of its letters. */
const COLUMN = { name: 8.2, note: 6.2 }
const LINE = { name: 17, note: 13 }
/** Columns in a line of a name, and lines of it; columns of what stands below. */
const NAME_WIDTH = 20
const NAME_LINES = 3
const NOTE_WIDTH = 30
const NOTES = 6
const PADDING = 10
const GAP = { x: 44, y: 36 }
const MARGIN = 24

interface Box {
  readonly place: Place
  readonly name: readonly string[]
  readonly notes: readonly string[]
  readonly width: number
  readonly height: number
}

interface Panel {
  readonly width: number
  readonly height: number
  readonly draw: (x: number, y: number) => string
}

export function drawSvg(maps: readonly WorldMap[]): string {
  const panels = maps.flatMap((map) => map.parts.map((part) => panelOf(part, map)))
  const area = panels.reduce((sum, { width, height }) => sum + (width + GAP.x) * (height + GAP.y), 0)
  const widest = Math.max(400, 1.2 * Math.sqrt(area), ...panels.map(({ width }) => width))
  const drawn: string[] = []
  let [y, right] = [MARGIN, 0]
  for (const shelf of intoShelves(panels, widest, GAP.x)) {
    let x = MARGIN
    for (const { width, draw } of shelf) {
      drawn.push(draw(x, y))
      x += width + GAP.x
      right = Math.max(right, x - GAP.x)
    }
    y += Math.max(...shelf.map(({ height }) => height)) + GAP.y
  }
  const legend = legendOf(maps)
  const width = Math.ceil(Math.max(right, MARGIN + legend.length * COLUMN.note) + MARGIN)
  const height = Math.ceil(y + (legend === '' ? -GAP.y + MARGIN : MARGIN))
  if (legend !== '') drawn.push(text(legend, { x: MARGIN, y: y, class: 'note' }))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    element('title', {}, xml(titleOf(maps))),
    LOOK,
    element('rect', { class: 'paper', width, height, rx: 8 }),
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}

function titleOf(maps: readonly WorldMap[]): string {
  const rooms = maps.flatMap(({ parts }) => parts).reduce((sum, { places }) => sum + places.length, 0)
  return `Map of ${rooms} rooms`
}

function panelOf(part: MapPart, map: WorldMap): Panel {
  const boxes = new Map(part.places.map((place) => [place, boxOf(place, map)]))
  const widths = new Array<number>(part.columns).fill(0)
  const heights = new Array<number>(part.rows).fill(0)
  for (const { place, width, height } of boxes.values()) {
    widths[place.column] = Math.max(widths[place.column] as number, width)
    heights[place.row] = Math.max(heights[place.row] as number, height)
  }
  const columns = middlesOf(widths, GAP.x)
  const rows = middlesOf(heights, GAP.y)
  return {
    width: columns.end,
    height: rows.end,
    draw(x, y) {
      const middle = ({ column, row }: Place) => {
        return [x + (columns.middles[column] as number), y + (rows.middles[row] as number)] as const
      }
      const lines = part.lines.map((line) => drawLine(line, boxes, middle))
      const rooms = [...boxes.values()].map((box) => drawBox(box, map, ...middle(box.place)))
      return [...lines, ...rooms].join('\n')
    },
  }
}

function middlesOf(sizes: readonly number[], gap: number): { middles: number[]; end: number } {
  const middles: number[] = []
  let at = 0
  for (const size of sizes) {
    middles.push(at + size / 2)
    at += size + gap
  }
  return { middles, end: at - gap }
}

function boxOf(place: Place, { listed }: WorldMap): Box {
  const { room } = place
  const all = wrapText(cut(nameOf(room), NAME_WIDTH * NAME_LINES), { width: NAME_WIDTH })
  const name = all.length > NAME_LINES ? [...all.slice(0, NAME_LINES - 1), `${all[NAME_LINES - 1]}…`] : all
  const exits = (listed.get(room) ?? []).map((exit) => cut(whereTo(exit), NOTE_WIDTH))
  const shown =
    exits.length > NOTES ? [...exits.slice(0, NOTES - 1), `and ${exits.length - NOTES + 1} more`] : exits
  const notes = [cut(room.key, NOTE_WIDTH), ...shown]
  const wide = (lines: readonly string[], column: number) =>
    Math.max(...lines.map((line) => textWidth(line) * column))
  return {
    place,
    name,
    notes,
    width: Math.max(70, wide(name, COLUMN.name), wide(notes, COLUMN.note)) + 2 * PADDING,
    height: name.length * LINE.name + notes.length * LINE.note + 2 * PADDING,
  }
}

function drawBox(
  { place: { room }, name, notes, width, height }: Box,
  map: WorldMap,
  x: number,
  y: number,
): string {
  const rect = { x: x - width / 2, y: y - height / 2, width, height, rx: 6 }
  const shapes = [element('rect', { ...rect, class: room === map.start ? 'room start' : 'room' })]
  // Behind a room of which each visitor has a copy stands another one.
  if (room.clone) shapes.unshift(element('rect', { ...rect, x: rect.x + 5, y: rect.y - 5, class: 'room' }))
  let at = rect.y + PADDING
  const lines = [
    ...name.map((line) => ({ line, kind: 'name' as const })),
    ...notes.map((line) => ({ line, kind: 'note' as const })),
  ]
  const texts = lines.map(({ line, kind }) => {
    at += LINE[kind]
    return text(line, { x, y: at - 4, class: `${kind} middle` })
  })
  return element('g', {}, [...shapes, ...texts].join(''))
}

/** From the edge of one box to the edge of the other, so that an arrow is seen. */
function drawLine(
  { from, to, isOneWay, isGuarded }: MapLine,
  boxes: ReadonlyMap<Place, Box>,
  middle: (place: Place) => readonly [number, number],
): string {
  const [x1, y1] = middle(from)
  const [x2, y2] = middle(to)
  const { width, height } = boxes.get(to) as Box
  const [dx, dy] = [x1 - x2, y1 - y2]
  const share = Math.min(width / 2 / Math.abs(dx), height / 2 / Math.abs(dy))
  const end = { x: x2 + dx * share, y: y2 + dy * share }
  return element('line', {
    x1,
    y1,
    x2: end.x,
    y2: end.y,
    class: isGuarded ? 'way guarded' : 'way',
    ...(isOneWay && { 'marker-end': 'url(#arrow)' }),
  })
}

function legendOf(maps: readonly WorldMap[]): string {
  const parts = maps.flatMap((map) => map.parts)
  const lines = parts.flatMap((part) => part.lines)
  return [
    ...(maps.some(({ start }) => start) ? ['thick border: people begin here'] : []),
    ...(parts.some(({ places }) => places.some(({ room }) => room.clone))
      ? ['two sheets: a copy for each visitor']
      : []),
    ...(lines.some(({ isOneWay }) => isOneWay) ? ['arrow: one way'] : []),
    ...(lines.some(({ isGuarded }) => isGuarded) ? ['dashes: guarded'] : []),
  ].join('  ·  ')
}
