/** Which rooms lie beside which: exits of compass directions, seen from both of their ends. */
import { type Direction, directions, isDirection } from '../../contrib/rooms/directions.js'
import type { RoomPlan } from '../../contrib/rooms/plan.js'

/** Columns to the right and rows down, for directions that lie on a map. */
const steps: Partial<Readonly<Record<Direction, Step>>> = {
  north: [0, -1],
  south: [0, 1],
  east: [1, 0],
  west: [-1, 0],
  northeast: [1, -1],
  northwest: [-1, -1],
  southeast: [1, 1],
  southwest: [-1, 1],
}

export type Step = readonly [right: number, down: number]

export interface Way {
  readonly direction: Direction
  readonly step: Step
  readonly to: RoomPlan
  /** There is an exit at both ends, and each leads to the other. */
  readonly agrees: boolean
}

/** The step on a map; undefined for up and down, and for directions that there are not. */
export function stepOf(direction: string): Step | undefined {
  return isDirection(direction) ? steps[direction] : undefined
}

export function leadsBack(from: RoomPlan, to: RoomPlan, direction: Direction): boolean {
  const { opposite } = directions[direction]
  return to.exits.some((exit) => exit.direction === opposite && exit.target === from.key)
}

/** @returns for each room, its exits and those of others that lead to it. */
export function waysBetween(rooms: ReadonlyMap<string, RoomPlan>): Map<RoomPlan, Way[]> {
  const ways = new Map([...rooms.values()].map((room): [RoomPlan, Way[]] => [room, []]))
  for (const from of rooms.values()) {
    for (const { direction, target } of from.exits) {
      const to = target === undefined ? undefined : rooms.get(target)
      const step = stepOf(direction)
      if (to === undefined || to === from || step === undefined) continue
      const agrees = leadsBack(from, to, direction as Direction)
      ways.get(from)?.push({ direction: direction as Direction, step, to, agrees })
      if (agrees) continue
      const { opposite } = directions[direction as Direction]
      const back: Step = [-step[0], -step[1]]
      ways.get(to)?.push({ direction: opposite as Direction, step: back, to: from, agrees })
    }
  }
  return ways
}

/** All rooms, each once, in the order in which somebody finds them who walks from the first and tries every exit. */
export function* walk(rooms: ReadonlyMap<string, RoomPlan>): Generator<RoomPlan> {
  const seen = new Set<RoomPlan>()
  for (const first of rooms.values()) {
    if (seen.has(first)) continue
    const found = new Set([first])
    for (const room of found) {
      seen.add(room)
      yield room
      for (const { target } of room.exits) {
        const next = target === undefined ? undefined : rooms.get(target)
        if (next !== undefined && !seen.has(next)) found.add(next)
      }
    }
  }
}
