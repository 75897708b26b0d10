/**
 * A world as its authors have written it, before it is known whether its rooms and exits fit together: what the checks
 * work on, and the map of `mara rooms`.
 */
import type { Direction } from './directions.js'

export interface ExitPlan {
  /** As it is written: there may be no such direction. */
  readonly direction: string
  /** The key of the room where it leads, in lower case; undefined for an exit that leads nowhere. */
  readonly target: string | undefined
  /** What somebody is told who tries an exit that leads nowhere. */
  readonly says: string | undefined
}

export interface RoomPlan {
  readonly key: string
  /** The file where it is written, or 'the program'. */
  readonly origin: string
  readonly name: string
  readonly clone: boolean
  readonly exits: readonly ExitPlan[]
}

export interface GuardPlan {
  readonly room: string
  readonly direction: Direction
}

export interface WorldPlan {
  /** As they come; two may have one key, which is a problem. */
  readonly rooms: readonly RoomPlan[]
  /** The key of the room where people begin; undefined where that is not known. */
  readonly start: string | undefined
  readonly guards: readonly GuardPlan[]
  /** What was found wrong while the rooms were read. */
  readonly problems: readonly string[]
  /** Places that could not be read at all. While there are any, a room that seems to be missing may be there. */
  readonly unread: readonly string[]
}

/** @param values of a room, or what a file says that could not be made a room. */
export function planRoom(key: string, origin: string, values: Readonly<Record<string, unknown>>): RoomPlan {
  const { name, clone, exits } = values
  return {
    key: key.toLowerCase(),
    origin,
    name: typeof name === 'string' ? name : '',
    clone: clone === true,
    exits:
      typeof exits !== 'object' || exits === null || Array.isArray(exits)
        ? []
        : Object.entries(exits).map(([direction, exit]) => planExit(direction, exit)),
  }
}

function planExit(direction: string, exit: unknown): ExitPlan {
  const says = (exit as { says?: unknown } | null)?.says
  return {
    direction,
    target: typeof exit === 'string' ? exit.toLowerCase() : undefined,
    says: typeof says === 'string' ? says : undefined,
  }
}

/** The room of each key; of two the first. */
export function roomsByKey({ rooms }: WorldPlan): Map<string, RoomPlan> {
  const byKey = new Map<string, RoomPlan>()
  for (const room of rooms) if (!byKey.has(room.key)) byKey.set(room.key, room)
  return byKey
}
