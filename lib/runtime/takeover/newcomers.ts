/** Connections that come in at the edge, and that no worker has served before: who is let in, and where. */
import type { AnyClient } from '../../client/client.js'
import type { ServiceTexts } from '../../texts.js'
import type { HeldListener, Server, ServerDescription } from '../../transport/server.js'
import type { ConnectionManager } from '../connection-manager.js'
import type { EdgePort, RelayedConnection } from '../edge-port.js'
import type { ServedClients } from './served-clients.js'
import type { Suspects } from './suspects.js'

export interface NewcomersHost {
  readonly edge: EdgePort
  readonly connections: ConnectionManager
  readonly served: ServedClients
  readonly suspects: Suspects
  readonly texts: ServiceTexts
  warn(message: string): void
}

const IDS = 'service:lastId'

/** The last id that the worker before has given to a client. */
export function lastIdIn(kept: ReadonlyMap<string, string>): number {
  return Number(kept.get(IDS) ?? 0)
}

export class Newcomers {
  readonly #host: NewcomersHost
  /** By the edge's name of their listening sockets. */
  readonly #servers: Map<string, Server>

  constructor(host: NewcomersHost, servers: Map<string, Server>) {
    this.#host = host
    this.#servers = servers
  }

  /** Has the edge listen for a server. */
  async listen(description: ServerDescription, server: Server): Promise<HeldListener> {
    const listener = await this.#host.edge.listen(description)
    this.#servers.set(listener.listener, server)
    return listener
  }

  accept(connection: RelayedConnection): void {
    const { texts, suspects, warn } = this.#host
    const server = this.#servers.get(connection.listener)
    if (connection.deaths > 1) {
      warn(`A connection from ${connection.remoteAddress} is closed: whenever it is served, the process dies`)
      this.#seeOut(connection, texts.cannotServe, server)
      return
    }
    if (server === undefined) {
      this.#seeOut(connection, texts.serverGone, server)
      return
    }
    const letIn = (): AnyClient | undefined => this.#letIn(connection, server)
    if (connection.deaths > 0) suspects.addNewcomer(connection, letIn)
    else letIn()
  }

  #letIn(connection: RelayedConnection, server: Server): AnyClient | undefined {
    const { edge, connections, served } = this.#host
    const { remoteAddress, secure } = connection
    const protocol = connections.protocol(connection.protocol, server)
    // What it has sent by now is read when it is known how its channel was before: the next worker reads that once more.
    connection.pause()
    const client = connections.accept(connection, { remoteAddress, secure, server, protocol })
    if (client === undefined) {
      connection.resume()
      connection.release()
      return undefined
    }
    edge.keep(IDS, String(connections.lastId))
    served.add(client, connection)
    connection.resume()
    return client
  }

  #seeOut(connection: RelayedConnection, words: string, server: Server | undefined): void {
    const { connections } = this.#host
    connections.seeOut(connection, words, connections.protocol(connection.protocol, server))
    connection.release()
  }
}
