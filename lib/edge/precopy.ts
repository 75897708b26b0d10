/**
 * What a worker that is to serve next, or a spare one, has been told while another still serves. When its time comes,
 * clients wait only for what has changed since then: most of them stand still for the tenth of a second that it is about.
 */
import type { Connection } from './connection.js'
import type { ConnectionTable } from './connection-table.js'

/** So often it is told what has changed. Each time is shorter than the one before, so that less has changed after it. */
const ROUNDS = 3
/** With so few that have changed nothing is won by another round. */
const FEW = 10
/** So many a spare worker is told of at a time: meanwhile the edge does nothing else, and nobody waits for that. */
const SLICE = 200
/** Milliseconds without a word after which a client is taken to stay as it is: others would be told in vain. */
const QUIET = 5_000
/** So many at most in so many milliseconds: a game may change the states of all its clients all the time. */
const MOST = 1_000
const PERIOD = 2_000

export class Precopy {
  #rounds = 0
  /** When the period began, in milliseconds since the epoch, and how many were told in it. */
  #since = 0
  #told = 0
  /** The last of the connections that were told in their order; 0 when all have had their turn. */
  #cursor = 0
  /** Of connections that it has been told of, by their ids. */
  readonly #revisions = new Map<number, number>()

  /** Those that another round is to tell it of; none where that is not worth it. */
  round(table: ConnectionTable): readonly Connection[] {
    const changed = [...table.unreleased()].filter((connection) => !this.knows(connection))
    const isWorth = this.#rounds === 0 ? changed.length > 0 : changed.length > FEW && this.#rounds < ROUNDS
    if (!isWorth) return []
    this.#rounds += 1
    for (const { id, revision } of changed) this.#revisions.set(id, revision)
    return changed
  }

  /** Some of those that a spare worker does not know as they are, and that have kept still for a while. */
  quiet(table: ConnectionTable, now: number): readonly Connection[] {
    if (Math.abs(now - this.#since) >= PERIOD) {
      this.#since = now
      this.#told = 0
    }
    const room = Math.min(SLICE, MOST - this.#told)
    const changed: Connection[] = []
    for (const connection of table.unreleased()) {
      if (changed.length === room) break
      // What lies in the future is from before the clock was set back.
      const isQuiet = Math.abs(now - connection.lastInput) >= QUIET
      if (connection.id > this.#cursor && isQuiet && !this.knows(connection)) changed.push(connection)
    }
    for (const { id, revision } of changed) this.#revisions.set(id, revision)
    this.#told += changed.length
    if (room > 0) this.#cursor = changed.length < room ? 0 : (changed.at(-1)?.id ?? 0)
    return changed
  }

  /** It has been told of the connection as it is now. */
  knows({ id, revision }: Connection): boolean {
    return this.#revisions.get(id) === revision
  }

  /** Those that it has been told of, and that are no business of a worker's any more. From now on it knows that. */
  takeGone(table: ConnectionTable): number[] {
    const gone = [...this.#revisions.keys()].filter((id) => !table.has(id))
    for (const id of gone) this.#revisions.delete(id)
    return gone
  }
}
