/** What `mara rooms` prints of a world, for people and for programs. */
import { problemsOf, warningsOf } from '../../contrib/rooms/check.js'
import { escapeText } from '../../text/escape.js'
import { whereTo } from './labels.js'
import { mapWorld, type WorldMap } from './map.js'
import type { WorldSource } from './read.js'
import { drawText } from './text.js'

export interface Report {
  readonly map: WorldMap
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

export function reportOn({ plan, notes }: WorldSource): Report {
  return { map: mapWorld(plan), problems: problemsOf(plan), warnings: warningsOf(plan), notes }
}

/** @param width of the terminal, in columns. */
export function printed({ map, problems, warnings, notes }: Report, width: number): string {
  const { lines, legend } = drawText(map, width)
  const exits = [...map.listed].flatMap(([{ key }, list]) => list.map((exit) => `${key}: ${whereTo(exit)}`))
  const blocks = [
    [...lines, ...(legend.length === 0 ? [] : ['', legend.join(', ')])],
    headed('Exits that are no lines', exits),
    notes,
    headed(`Warnings (${warnings.length})`, warnings),
    headed(`Errors (${problems.length})`, problems),
    [summary(map, problems, warnings)],
  ]
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'))
  return `${text.join('\n\n')}\n`
}

function headed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${escapeText(line)}`)]
}

function summary({ parts }: WorldMap, problems: readonly string[], warnings: readonly string[]): string {
  const rooms = parts.reduce((sum, { places }) => sum + places.length, 0)
  const exits = parts.flatMap(({ places }) => places).reduce((sum, { room }) => sum + room.exits.length, 0)
  const counts = [count(rooms, 'room'), count(exits, 'exit'), count(parts.length, 'part')].join(', ')
  return `${counts}: ${count(problems.length, 'error')}, ${count(warnings.length, 'warning')}.`
}

function count(number: number, what: string): string {
  return `${number === 0 ? 'no' : number} ${what}${number === 1 ? '' : 's'}`
}

/** The same as data: rooms with their places, in the parts of the map. */
export function asData({ plan }: WorldSource, { map, problems, warnings, notes }: Report): object {
  const rooms = map.parts.flatMap(({ places }, part) =>
    places.map(({ room, column, row }) => ({
      key: room.key,
      name: room.name,
      origin: room.origin,
      clone: room.clone,
      part,
      column,
      row,
      exits: room.exits,
    })),
  )
  return { start: plan.start, rooms, problems, warnings, notes }
}
