/**
 * Whose input, or whose work, may be why workers die: that is counted against each connection, and goes with it to the next
 * worker.
 */
import type { Connection } from './connection.js'
import type { ConnectionTable } from './connection-table.js'

/** So many workers in a row may be killed at the same input before it counts as the reason. */
const MOST_KILLS = 10
/** How long it is remembered that a connection was to blame, in milliseconds. */
const BLAMED = 60_000
/** After so many deaths a connection is not served again. */
const UNSERVED = 3
/** Deaths are a byte of a frame; from the second on, more of them make no difference. */
const MOST_DEATHS = 255

export class Blame {
  readonly #table: ConnectionTable
  /** Whose conversation's work has ended the worker, by its last words. */
  #culprit: number | undefined

  constructor(table: ConnectionTable) {
    this.#table = table
  }

  /**
   * The worker is about to handle input that may have been the reason for a crash, or has done so and lives.
   *
   * @param later it will handle it later: until then it is not to blame.
   */
  handling(id: number, done: boolean, later = false): void {
    const connection = this.#table.get(id)
    if (connection === undefined) return
    connection.handling = !done && !later
    if (!done || connection.deaths === 0) return
    connection.deaths = 0
    connection.revision += 1
  }

  /**
   * An error ends the worker, unless its program survives that. If it dies, the reason was work that a handler of this
   * connection's has begun, which goes on beside it and begins again with it.
   *
   * @param id undefined where nobody is known to be the reason.
   */
  accuse(id: number | undefined): void {
    this.#culprit = id
  }

  /** The worker goes on, whatever it was that it met. */
  survived(): void {
    this.#culprit = undefined
  }

  /**
   * The worker that served has died. If it had said what it was handling, that was the reason; otherwise it may have been
   * any input that was not dealt with, or the Disconnect of whoever is leaving.
   *
   * @param killed a signal from outside ended it. That is no input's fault, unless it happens again and again.
   */
  crashed(killed: boolean): void {
    const culprit = this.#culprit
    if (culprit !== undefined) this.#convict(this.#table.get(culprit))
    this.#culprit = undefined
    const suspects = [...this.#table].filter(({ pending, busy, leaving }) => pending > 0 || busy || leaving)
    const handled = suspects.filter(({ handling }) => handling)
    // Others may be in the middle of an await: if it has said which of them it was, that is the one.
    const isNamed = handled.some(({ id }) => id === culprit)
    for (const connection of suspects) {
      if (!killed || ++connection.kills >= MOST_KILLS) {
        if (handled.length === 0) connection.deaths ||= 1
        else if (isNamed ? connection.id === culprit : connection.handling)
          connection.deaths = Math.min(connection.deaths + 1, MOST_DEATHS)
        connection.revision += 1
      }
    }
    this.detached()
  }

  /** Nobody handles anything. */
  detached(): void {
    for (const connection of this.#table) connection.handling = false
  }

  /** The worker has died of a connection's work. Twice within a while, and the connection is served no more. */
  #convict(connection: Connection | undefined): void {
    // A handler that is at work on a line: that line is dropped before all else.
    if (connection === undefined || connection.busy || connection.handling) return
    const now = Date.now()
    connection.blames = now - connection.blamedAt > BLAMED ? 1 : connection.blames + 1
    connection.blamedAt = now
    if (connection.blames < 2) return
    connection.deaths = UNSERVED
    connection.revision += 1
  }
}
