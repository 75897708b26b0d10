/**
 * What a drawing of a world shows: parts with rooms and lines between them, and a list of the exits that are no lines,
 * because they lead up or down, nowhere, to another part, or elsewhere than their direction says.
 */
import type { Direction } from '../../contrib/rooms/directions.js'
import { type ExitPlan, type RoomPlan, roomsByKey, type WorldPlan } from '../../contrib/rooms/plan.js'
import { type Part, type Place, placeRooms } from './places.js'
import { leadsBack, type Step, stepOf } from './ways.js'

/** An exit, or two that are each other's way back, between rooms whose places agree with it. */
export interface MapLine {
  readonly from: Place
  readonly to: Place
  readonly step: Step
  /** Nobody comes back this way. */
  readonly isOneWay: boolean
  readonly isGuarded: boolean
}

export interface ListedExit extends ExitPlan {
  /** The room where it leads; undefined where it leads nowhere, and where there is no such room. */
  readonly to: RoomPlan | undefined
  /** The room where it leads has no exit that leads back. */
  readonly isOneWay: boolean
  readonly isGuarded: boolean
}

export interface MapPart extends Part {
  readonly lines: readonly MapLine[]
}

export interface WorldMap {
  /** Where people begin; undefined where that is not known. */
  readonly start: RoomPlan | undefined
  readonly parts: readonly MapPart[]
  /** Exits that are no lines, by the room that has them. */
  readonly listed: ReadonlyMap<RoomPlan, readonly ListedExit[]>
}

export function mapWorld(plan: WorldPlan): WorldMap {
  const byKey = roomsByKey(plan)
  const start = plan.start === undefined ? undefined : byKey.get(plan.start)
  const ordered = new Map(start === undefined ? [] : [[start.key, start]])
  for (const [key, room] of byKey) ordered.set(key, room)

  const guards = new Set(plan.guards.map(({ room, direction }) => `${room} ${direction}`))
  const listed = new Map<RoomPlan, ListedExit[]>()
  const parts = placeRooms(ordered).map((part) => {
    const { lines, others } = linesOf(part, ordered, guards)
    for (const [room, exits] of others) listed.set(room, exits)
    return { ...part, lines }
  })
  return { start, parts, listed }
}

function linesOf(part: Part, rooms: ReadonlyMap<string, RoomPlan>, guards: ReadonlySet<string>) {
  const placeOf = new Map(part.places.map((place) => [place.room, place]))
  const taken = new Set(part.places.map(({ column, row }) => `${column} ${row}`))
  const lines: MapLine[] = []
  const others = new Map<RoomPlan, ListedExit[]>()
  for (const from of part.places) {
    const { room } = from
    const list: ListedExit[] = []
    for (const exit of room.exits) {
      const to = exit.target === undefined ? undefined : rooms.get(exit.target)
      const isGuarded = guards.has(`${room.key} ${exit.direction}`)
      const target = to && placeOf.get(to)
      const step = stepOf(exit.direction)
      if (target === undefined || step === undefined || !fits(from, target, step, taken)) {
        const isOneWay = to !== undefined && !to.exits.some((back) => back.target === room.key)
        list.push({ ...exit, to, isOneWay, isGuarded })
        continue
      }
      const isOneWay = !leadsBack(room, target.room, exit.direction as Direction)
      lines.push({ from, to: target, step, isOneWay, isGuarded })
    }
    if (list.length > 0) others.set(room, list)
  }
  return { lines: joined(lines), others }
}

/** Two exits that are each other's way back as one line. */
function joined(exits: readonly MapLine[]): MapLine[] {
  const lines = new Map<string, MapLine>()
  for (const exit of exits) {
    const { from, to, step, isOneWay } = exit
    const back = isOneWay ? undefined : lines.get(`${to.room.key} ${-step[0]} ${-step[1]}`)
    if (back === undefined) lines.set(`${from.room.key} ${step.join(' ')}`, exit)
    else if (exit.isGuarded) lines.set(`${to.room.key} ${-step[0]} ${-step[1]}`, { ...back, isGuarded: true })
  }
  return [...lines.values()]
}

/** Whether one place lies in the direction of a step from another, straight, and no room is between them. */
function fits(from: Place, to: Place, [right, down]: Step, taken: ReadonlySet<string>): boolean {
  const columns = to.column - from.column
  const rows = to.row - from.row
  const length = Math.max(Math.abs(columns), Math.abs(rows))
  if (length === 0 || columns !== right * length || rows !== down * length) return false
  for (let i = 1; i < length; i++) {
    if (taken.has(`${from.column + right * i} ${from.row + down * i}`)) return false
  }
  return true
}
