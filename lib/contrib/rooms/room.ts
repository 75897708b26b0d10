/** A room as a stored object, and the field that says in which room a user is. */

import { z } from 'zod'
import { SessionStore } from '../../storage/index.js'
import type { Mixed, UserClass } from '../users/index.js'
import { withFields } from '../users/index.js'

/** Where an exit leads: the key of a room; or what somebody is told who tries it, and stays. */
const exit = z.union([z.string(), z.strictObject({ says: z.string() })])

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

/**
 * The class to extend. Nothing of a room is saved: rooms are made by the program and its files as it starts. Fields of
 * the program's own, such as whether a lamp burns, outlive a restart.
 */
export class BaseRoom extends SessionStore.define('room', fields) {
  /** Where somebody is who is in it. */
  get place(): string {
    return this.short || `in the ${this.name.replace(/^(?:the|an?) /i, '')}`
  }
}

export type AnyRoom = BaseRoom

const userFields = {
  /** The key of the room where the user is, or was last; empty for one who has been in none. */
  room: z.string().default(''),
}

/** Adds `room` to a class of users. */
export function withRoom<Base extends UserClass>(Base: Base): Mixed<Base, typeof userFields, object> {
  return class extends withFields(Base, userFields) {} as never
}
