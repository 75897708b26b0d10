/** Copies: of a cloned room each visitor has one. */
import { createHash } from 'node:crypto'
import type { Manager } from '../../storage/index.js'
import { pick } from './making.js'
import type { AnyRoom } from './room.js'

/** Between the key of a room and what names the visitor of a copy. */
export const COPY = '--'

function copyKey(room: string, visitor: string): string {
  return `${room}${COPY}${createHash('sha256').update(visitor).digest('hex').slice(0, 12)}`
}

/** The key of the room of which something is a copy, or its own. */
export function baseOf(key: string): string {
  return key.toLowerCase().split(COPY)[0] as string
}

export class Copies<R extends AnyRoom> {
  readonly #store: Manager<R>
  /** Those that are being made, by key. */
  readonly #making = new Map<string, Promise<R>>()

  constructor(store: Manager<R>) {
    this.#store = store
  }

  /** A visitor's copy of a room, which is made where there is none. @param visitor the key of the user. */
  async of(room: R, visitor: string): Promise<R> {
    const key = copyKey(room.key, visitor)
    return this.#store.get(key) ?? this.#making.get(key) ?? this.#make(key, room)
  }

  #make(key: string, room: R): Promise<R> {
    const making = this.#store.create(key, ...([pick(room)] as never)).finally(() => this.#making.delete(key))
    this.#making.set(key, making)
    return making
  }

  /** Its visitor has left. Any other room stays. */
  end(room: R): void {
    if (room.key.includes(COPY)) this.#store.release(room)
  }
}
