/**
 * Clients of another worker, made anew while that one still serves. Only what needs nothing of the program and nothing of
 * other clients is done so early: nobody knows of them, and those that change meanwhile are made once more.
 */
import type { AnyClient } from '../../client/client.js'
import type { Sealer } from '../../conversation/seal.js'
import { readClient, type SavedClient } from '../client-state.js'
import type { InheritedConnection, RelayedConnection } from '../edge-port.js'

export interface PreparedClientsHost {
  readonly sealer: Sealer
  makeClient(connection: RelayedConnection, saved: SavedClient): AnyClient
  readJournal(client: AnyClient, journal: string): void
}

export interface PreparedClient {
  readonly saved: SavedClient
  /** Undefined where its session is over: what it is owed is for the edge to send. */
  readonly client: AnyClient | undefined
}

export class PreparedClients {
  readonly #host: PreparedClientsHost
  /** Of a connection that has changed there is another object. */
  readonly #prepared = new WeakMap<InheritedConnection, PreparedClient>()

  constructor(host: PreparedClientsHost) {
    this.#host = host
  }

  /** The client of a connection, as it was prepared, or else made now. */
  of(inherited: InheritedConnection): PreparedClient {
    const known = this.#prepared.get(inherited)
    if (known !== undefined) return known
    const prepared = this.#make(inherited)
    this.#prepared.set(inherited, prepared)
    return prepared
  }

  #make(inherited: InheritedConnection): PreparedClient {
    const { connection, journal } = inherited
    const saved = readClient(inherited, this.#host.sealer)
    if (saved.at === 'over') return { saved, client: undefined }
    const client = this.#host.makeClient(connection, saved)
    if (journal !== '') this.#host.readJournal(client, journal)
    return { saved, client }
  }
}
