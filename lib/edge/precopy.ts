/**
 * What a worker that is to serve next has been told while the one before it still serves. When its time comes, clients wait
 * only for what has changed since then: most of them stand still for the tenth of a second that it is about.
 */
import type { Connection } from './connection.js'
import type { ConnectionTable } from './connection-table.js'

/** So often it is told what has changed. Each time is shorter than the one before, so that less has changed after it. */
const ROUNDS = 3
/** With so few that have changed nothing is won by another round. */
const FEW = 10

export class Precopy {
  #rounds = 0
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

  /** It has been told of the connection as it is now. */
  knows({ id, revision }: Connection): boolean {
    return this.#revisions.get(id) === revision
  }

  /** Those that it knows of, and that are no business of a worker's any more. */
  gone(table: ConnectionTable): number[] {
    return [...this.#revisions.keys()].filter((id) => !table.has(id))
  }
}
