/** What listens: the one interface behind which all transports stand. */
import type { Duplex } from 'node:stream'

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

/** What a server tells its service. */
export interface ServerHost {
  /** A connection is there. The host owns it from now on, and must bear that it may have ended already. */
  connection(duplex: Duplex, info: ConnectionInfo): void
  /** Something went wrong that needs a person's eye; the server goes on. */
  warn(message: string): void
}

/** A way for clients to come in. Start it once; after `close` it can be started again. */
export interface Server {
  /** Chunks in place of lines for the clients of this server; the service's setting where it is undefined. */
  readonly raw?: boolean | undefined
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
