/** People as stored objects: what every class of users has. */

import { z } from 'zod'
import type { AnyState, Client, Line, WriteOptions } from '../../index.js'
import { Store } from '../../storage/index.js'
import { type Mixed, type UserClass, withFields } from './mixin.js'

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (value) => value.toISOString(),
})

const fields = {
  /** As its owner wrote it when the account was made; the key is made of it: see `Names`. */
  name: z.string().default(''),
  /** When its owner last left; undefined for one who never has. */
  lastSeen: date.optional(),
}

/** A connection of somebody who sends lines, whatever its state is declared to be. */
export type UserClient = Client<AnyState, string>

export interface UserMethods {
  /** The connection of whoever is logged in; undefined while nobody is. Set by `Users`. */
  client: UserClient | undefined
  /** Somebody is logged in. */
  readonly online: boolean
  /** Writes to the user's client, if there is one. */
  write(...lines: Line[] | [...lines: Line[], options: WriteOptions]): void
  /** Closes the connection after what was written. */
  disconnect(): Promise<void>
  /** The name. */
  toString(): string
}

/** Makes users of another class of stored objects, such as `SessionStore`, of which nothing is saved. */
export function withUser<Base extends UserClass>(Base: Base): Mixed<Base, typeof fields, UserMethods> {
  class User extends withFields(Base, fields) implements UserMethods {
    declare name: string
    client: UserClient | undefined = undefined

    get online(): boolean {
      return this.client !== undefined
    }

    write(...lines: Line[] | [...lines: Line[], options: WriteOptions]): void {
      this.client?.write(...(lines as Line[]))
    }

    async disconnect(): Promise<void> {
      await this.client?.close()
    }

    override toString(): string {
      return this.name
    }
  }
  return User as never
}

/**
 * The class to extend:
 *
 * ```ts
 * class User extends withPassword(BaseUser).define('user', { score: z.number().default(0) }) {}
 * ```
 */
export class BaseUser extends withUser(Store) {}
