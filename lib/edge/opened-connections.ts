/**
 * Connections that were open before this worker served, as the edge has told it of them: those that another worker has
 * served are the service's to inherit, the others wait until it serves.
 */
import type { InheritedConnection } from '../runtime/edge-port.js'
import type { OpenFrame } from './frames.js'
import type { Relayed } from './relayed-connection.js'

interface Opened extends Omit<InheritedConnection, 'seen' | 'connection'> {
  readonly connection: Relayed
  /** What the service was given of it. */
  inherited?: InheritedConnection
}

export class OpenedConnections {
  readonly #opened = new Map<number, Opened>()

  /** What was told of it before counts no more. */
  set({ state, journal, lastInput, taken }: OpenFrame, connection: Relayed): void {
    this.#opened.set(connection.id, {
      connection,
      state: state.toString(),
      journal: journal.toString(),
      lastInput,
      taken,
    })
  }

  delete(id: number): void {
    this.#opened.delete(id)
  }

  clear(): void {
    this.#opened.clear()
  }

  /** Those that another worker has served, as they came in. The same object each time, until it is told anew of one. */
  inherited(): InheritedConnection[] {
    const inherited: InheritedConnection[] = []
    for (const opened of this.#opened.values()) {
      if (opened.state === '') continue
      opened.inherited ??= inheritedOf(opened)
      inherited.push(opened.inherited)
    }
    return inherited.sort((a, b) => a.connection.id - b.connection.id)
  }

  /** Takes out those that another worker has served. */
  takeInherited(): InheritedConnection[] {
    const inherited = this.inherited()
    for (const { connection } of inherited) this.#opened.delete(connection.id)
    return inherited
  }

  /** Takes out all that are left. */
  takeRest(): Relayed[] {
    const rest = [...this.#opened.values()].map(({ connection }) => connection)
    this.#opened.clear()
    return rest
  }
}

function inheritedOf({ connection, state, journal, lastInput, taken }: Opened): InheritedConnection {
  return { connection, state, journal, lastInput, seen: connection.takeSeen(), taken }
}
