/** Keys of copies: of a cloned room each visitor has one. */
import { createHash } from 'node:crypto'

/** Between the key of a room and what names the visitor of a copy. */
export const COPY = '--'

/** The key of a visitor's copy of a room. */
export function copyKey(room: string, visitor: string): string {
  return `${room}${COPY}${createHash('sha256').update(visitor).digest('hex').slice(0, 12)}`
}

/** The key of the room of which something is a copy, or its own. */
export function baseOf(key: string): string {
  return key.toLowerCase().split(COPY)[0] as string
}
