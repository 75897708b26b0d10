/** Worlds for the specs of maps, written as `{ hall: { north: 'pool', south: { says: 'No.' } } }`. */
import { planRoom, type RoomPlan, type WorldPlan } from '../../../lib/contrib/rooms/plan.js'

type Exits = Readonly<Record<string, string | { says: string }>>

export function room(key: string, exits: Exits, values: object = {}): RoomPlan {
  return planRoom(key, 'a.yaml', { name: key.toUpperCase(), exits, ...values })
}

export function world(rooms: Readonly<Record<string, Exits>>, more: Partial<WorldPlan> = {}): WorldPlan {
  return planOf(
    Object.entries(rooms).map(([key, exits]) => room(key, exits)),
    more,
  )
}

/** People begin in the first room. */
export function planOf(rooms: readonly RoomPlan[], more: Partial<WorldPlan> = {}): WorldPlan {
  return { rooms, start: rooms[0]?.key, guards: [], problems: [], unread: [], ...more }
}
