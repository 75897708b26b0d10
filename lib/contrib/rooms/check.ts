/** Whether rooms and exits fit together: what keeps a world from being used, and what may be a mistake. */
import { COPY } from './copies.js'
import { allDirections, type Direction, directions, isDirection } from './directions.js'
import { type RoomPlan, roomsByKey, type WorldPlan } from './plan.js'
import { plain } from './quote.js'

/** Leaves room in a key for what names the visitor. */
const LONGEST_KEY = 80

const where = ({ origin, key }: RoomPlan) => `${origin}, room "${plain(key)}"`

/** @returns a sentence for each problem, with file, room and exit; those that were found in reading come first. */
export function problemsOf(plan: WorldPlan): string[] {
  const byKey = roomsByKey(plan)
  const problems = [...plan.problems]
  for (const room of plan.rooms) {
    const first = byKey.get(room.key)
    if (first !== undefined && first !== room)
      problems.push(`${where(room)}: there is one in ${first.origin}, too`)
  }
  // What could not be read is not missing.
  const isWhole = plan.unread.length === 0
  let isUnsure = false
  const exists = (key: string): boolean => {
    if (byKey.has(key)) return true
    if (!isWhole) isUnsure = true
    return !isWhole
  }
  for (const room of plan.rooms) problems.push(...problemsOfRoom(room, exists))
  if (plan.start !== undefined && !exists(plan.start))
    problems.push(`the room "${plain(plan.start)}", where people begin, is not defined`)
  for (const { room, direction } of plan.guards) {
    const exits = byKey.get(room)?.exits
    if (!(exits?.some((exit) => exit.direction === direction) ?? !isWhole)) {
      problems.push(`room "${plain(room)}" has no exit ${direction}, where a guard is to stand`)
    }
  }
  if (isUnsure) {
    const places = plan.unread.map(plain).join('; ')
    problems.push(`some rooms are missing, or stand in what can't be read: ${places}`)
  }
  return problems
}

function* problemsOfRoom(room: RoomPlan, exists: (key: string) => boolean): Generator<string> {
  if (room.key.includes(COPY)) yield `${where(room)}: there must be no "${COPY}" in a key`
  if (room.key.length > LONGEST_KEY) yield `${where(room)}: a key has at most ${LONGEST_KEY} characters`
  for (const { direction, target } of room.exits) {
    const exit = `${where(room)}, exit ${plain(direction)}`
    if (!isDirection(direction)) yield `${exit}: there is no such direction; ${meant(direction)}`
    if (target !== undefined && !exists(target))
      yield `${exit}: it leads to the undefined room "${plain(target)}"`
  }
}

function meant(direction: string): string {
  const long = allDirections.find((name) => directions[name].short === direction.toLowerCase())
  return long === undefined ? `there are ${allDirections.join(', ')}` : `write ${long}`
}

/** @returns a sentence for each thing that a world can live with, and that its author may not have meant. */
export function warningsOf(plan: WorldPlan): string[] {
  const byKey = roomsByKey(plan)
  const warnings: string[] = []
  for (const room of byKey.values()) {
    if (room.name.trim() === '') warnings.push(`${where(room)}: it has no name`)
    const doors = room.exits.filter(({ target }) => target !== undefined)
    if (doors.length === 0 && byKey.size > 1) warnings.push(`${where(room)}: there is no way out of it`)
    for (const { direction, target } of doors) {
      const warning = isDirection(direction) && aboutWayBack(room, direction, byKey.get(target as string))
      if (warning) warnings.push(`${where(room)}, exit ${direction}: ${warning}`)
    }
  }
  for (const room of unreachable(plan, byKey))
    warnings.push(`${where(room)}: no way leads there from "${plain(plan.start as string)}"`)
  return warnings
}

function aboutWayBack(
  room: RoomPlan,
  direction: Direction,
  target: RoomPlan | undefined,
): string | undefined {
  if (target === undefined || target === room) return undefined
  const back = target.exits.filter((exit) => exit.target === room.key).map((exit) => exit.direction)
  const { opposite } = directions[direction]
  if (back.length === 0)
    return `it leads one way to "${plain(target.key)}", which has no exit that leads back`
  return back.includes(opposite)
    ? undefined
    : `the way back from "${plain(target.key)}" is ${back.map(plain).join(' or ')}, not ${opposite}`
}

function unreachable({ start }: WorldPlan, byKey: ReadonlyMap<string, RoomPlan>): RoomPlan[] {
  const first = start === undefined ? undefined : byKey.get(start)
  if (first === undefined) return []
  const reached = new Set([first])
  for (const { exits } of reached) {
    for (const { target } of exits) {
      const room = target === undefined ? undefined : byKey.get(target)
      if (room !== undefined) reached.add(room)
    }
  }
  return [...byKey.values()].filter((room) => !reached.has(room))
}
