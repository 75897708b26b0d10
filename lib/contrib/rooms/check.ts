/** What can be wrong with one room. */
import { allDirections, isDirection } from './directions.js'
import type { AnyRoom } from './room.js'

/** Between the key of a room and what names the visitor of a copy. */
export const COPY = '--'

/** Leaves room in a key for what names the visitor. */
const LONGEST_KEY = 80

/**
 * @param origin the file where it is written, for the messages.
 * @param exists whether there is a room of this key, as far as that is known.
 * @returns a sentence for each problem, with file, room and exit.
 */
export function problemsOf(room: AnyRoom, origin: string, exists: (key: string) => boolean): string[] {
  const problems: string[] = []
  const where = `${origin}, room "${room.key}"`
  if (room.key.includes(COPY)) problems.push(`${where}: there must be no "${COPY}" in a key`)
  if (room.key.length > LONGEST_KEY) problems.push(`${where}: a key has at most ${LONGEST_KEY} characters`)
  for (const [direction, target] of Object.entries(room.exits)) {
    if (!isDirection(direction)) {
      problems.push(
        `${where}, exit ${direction}: there is no such direction; there are ${allDirections.join(', ')}`,
      )
    }
    if (typeof target === 'string' && !exists(target)) {
      problems.push(`${where}, exit ${direction}: it leads to the undefined room "${target}"`)
    }
  }
  return problems
}
