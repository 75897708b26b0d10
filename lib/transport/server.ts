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
  /** Whether it is encrypted on its way, by TLS; a TLS socket of Node's is, unless said otherwise. */
  readonly secure?: boolean | undefined
  /** What is spoken on it, where the server's clients don't all speak the same. */
  readonly protocol?: Protocol | undefined
  /**
   * Under which number a guardian holds a copy of the socket, so that the connection can outlive this process. What is
   * more than the bare socket (TLS) can't, and a transport that makes more of it leaves this out.
   */
  readonly connection?: number | undefined
}

/** A listening socket that the edge holds. */
export interface HeldListener {
  readonly address: Address
  close(): void
}

/** What a server tells its service. */
export interface ServerHost {
  /** A connection was accepted. The host owns it from now on; it may have ended already. */
  connection(duplex: Duplex, info: ConnectionInfo): void
  /** Logs a warning: something went wrong that the operator should know about. The server goes on. */
  warn(message: string): void
  /**
   * There where the edge is to listen in the server's place, since a listening socket of this process would end with it.
   * The edge's connections do not come through the server.
   *
   * @throws the system's error, with its code.
   */
  readonly listen?: (target: Address) => Promise<HeldListener>
}

/** Accepts connections. Call `listen` once; after `close` it may be called again. */
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
