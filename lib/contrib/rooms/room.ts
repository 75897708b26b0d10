/** A room as a stored object, and the field that says in which room a user is. */

import { z } from 'zod'
import { SessionStore, session } from '../../storage/index.js'
import type { Content } from '../../text/styles/index.js'
import type { AnyUser, Mixed, UserClass } from '../users/index.js'
import { withFields } from '../users/index.js'
import type { Direction } from './directions.js'

/** Where an exit leads: the key of a room; or what somebody is told who tries it, and stays. */
const exit = z.union([z.string(), z.strictObject({ says: z.string() })], {
  error: ({ input }) =>
    typeof input === 'number'
      ? 'expected the key of a room, in quotation marks where it is a number'
      : 'expected the key of a room, or { says: TEXT }',
})

export type ExitTarget = z.output<typeof exit>

const fields = {
  /** Its title. */
  name: z.string().default(''),
  /** Where somebody is who is in it: 'by the pool'. Made of the name unless it is given. */
  short: z.string().default(''),
  /** Shown to those who come in. */
  intro: z.string().default(''),
  desc: z.string().default(''),
  /** By direction. Directions and targets are checked when all rooms are there: see `World`. */
  exits: z.record(z.string(), exit).default(() => ({})),
  /** Shown in place of the list of exits. */
  exitsDesc: z.string().default(''),
  /** Each visitor has a copy of it, and is alone there. */
  clone: z.boolean().default(false),
}

/** What of a room is written by its author, and not changed by those who visit it. */
export const authored = Object.keys(fields) as (keyof typeof fields)[]

export type AnyRoomUser = AnyUser & { room: string; inside: boolean }

/** Somebody comes into a room, leaves it, or looks at it. */
export interface Visit<U extends AnyRoomUser = AnyRoomUser> {
  readonly user: U
  /** Who else is in the room. */
  readonly others: readonly U[]
  /** In `exit`: through which exit they leave. In `enter`: the exit that leads back. Undefined where there is none. */
  readonly direction: Direction | undefined
  /** Whether they come in, and so are shown the introduction. */
  readonly isArrival: boolean
  /** Writes to the others. */
  tell(line: Content): void
  /** What the others are told of it: 'ann leaves to the north'. */
  news(): string
  /** What somebody sees who looks, line by line. */
  view(): Content[]
}

/**
 * The class to extend. Nothing of a room is saved: rooms are made by the program and its files as it starts. Fields of
 * the program's own, such as whether a lamp burns, outlive a restart.
 *
 * `enter`, `exit` and `look` are called by the world. Override them for rooms that do something of their own; all may be
 * async. To keep somebody from using an exit, set a guard: by then they have left.
 */
export class BaseRoom extends SessionStore.define('room', fields) {
  /** Where somebody is who is in it. */
  get place(): string {
    return this.short || `in the ${this.name.replace(/^(?:the|an?) /i, '')}`
  }

  /** Somebody has come in: the others are told, and the newcomer sees the room. */
  enter(visit: Visit): unknown {
    visit.tell(visit.news())
    return this.look(visit)
  }

  /** Somebody has left: the others are told. */
  exit(visit: Visit): unknown {
    visit.tell(visit.news())
    return undefined
  }

  /** Shows the room to somebody who is in it. */
  look(visit: Visit): unknown {
    for (const line of visit.view()) visit.user.write(line as string)
    return undefined
  }
}

export type AnyRoom = BaseRoom

const userFields = {
  /** The key of the room where the user is, or was last; empty for one who has been in none. */
  room: z.string().default(''),
  /** Whether the user is in it now, and not only was. It outlives a restart, as the room's people do. */
  inside: session(z.boolean().default(false)),
}

/** Adds `room` and `inside` to a class of users. */
export function withRoom<Base extends UserClass>(Base: Base): Mixed<Base, typeof userFields, object> {
  return class extends withFields(Base, userFields) {} as never
}
