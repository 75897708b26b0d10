/** What listens: the one interface behind which all transports stand. */
import type { Duplex } from 'node:stream'
import type { Protocol } from '../protocol/index.js'

/** Where a server listens; `path` is that of a Unix socket. */
export interface Address {
  readonly host?: string
  readonly port?: number
  readonly path?: string
}

/** What a transport knows about a connection that it hands over. */
export interface ConnectionInfo {
  /** The peer's address; undefined where the transport has none. */
  readonly remoteAddress?: string | undefined
}

/** A listening socket that the edge holds. */
export interface HeldListener {
  readonly address: Address
  close(): void
}

/** What a server tells its service. */
export interface ServerHost {
  /** A connection is there. The host owns it from now on, and must bear that it may have ended already. */
  connection(duplex: Duplex, info: ConnectionInfo): void
  /** Something went wrong that needs a person's eye; the server goes on. */
  warn(message: string): void
  /**
   * There where the edge is to listen in the server's place, since a listening socket of this process would end with it.
   * The edge's connections do not come through the server.
   *
   * @throws the system's error, with its code.
   */
  readonly listen?: (target: Address) => Promise<HeldListener>
}

/** A way for clients to come in. Start it once; after `close` it can be started again. */
export interface Server {
  /** What its clients speak; the service's setting `raw` decides where it is undefined. */
  readonly protocol?: Protocol | undefined
  /** Where it listens; undefined while it does not, or where nobody outside could use it. */
  readonly address: Address | undefined
  /**
   * Resolves when connections are accepted.
   *
   * @throws ListenError, AddressInUseError
   */
  listen(host: ServerHost): Promise<void>
  /** Accepts no more. Connections that it has handed over are left as they are. */
  close(): Promise<void>
  /** Where it listens or would listen, for logs. */
  toString(): string
}
