/** What listens: the one interface behind which all transports stand. */
import type { Duplex } from 'node:stream'
import type { Protocol } from '../protocol/index.js'

/** Where a server listens; `path` is that of a Unix socket. */
export interface Address {
  readonly host?: string
  readonly port?: number
  readonly path?: string
}

/** How what a socket accepts is encrypted. */
export interface TlsDescription {
  /** The files of the certificate and of its key, and what the key is encrypted with: see `CertificateFiles`. */
  readonly cert: string
  readonly key: string
  readonly passphrase?: string | undefined
  /** Milliseconds that a peer has to shake hands. */
  readonly handshakeTimeout: number
  /** How many may be shaking hands at a time. */
  readonly maxHandshakes: number
  /** Handshakes of one address a minute. Where it is undefined, the default holds, and loopback is exempt. */
  readonly maxHandshakeRate?: number | undefined
  /** Milliseconds between two looks at the files for a new certificate. */
  readonly checkEvery: number
}

/** How WebSockets are spoken on what a socket accepts: see `WebSocketOptions`. */
export interface WebSocketDescription {
  readonly path: string
  readonly origins?: readonly string[] | undefined
  readonly webRoot?: string | undefined
  readonly trustedProxies: readonly string[]
  readonly ping: number
  readonly idle: number
  readonly maxPayload: number
  readonly handshakeTimeout: number
  readonly maxHandshakes: number
  /** Whether peers may speak lines of text, without telnet. */
  readonly text: boolean
}

/**
 * A server as plain data. The edge, another process, makes the same server from it, so that connections of every kind
 * outlive the program. Numbers are finite, and names of files absolute.
 */
export interface ServerDescription {
  /** Where its socket listens. */
  readonly address: Address
  readonly tls?: TlsDescription | undefined
  readonly websocket?: WebSocketDescription | undefined
}

/** What a transport knows about a connection that it hands over. */
export interface ConnectionInfo {
  /** The peer's address; undefined where the transport has none. */
  readonly remoteAddress?: string | undefined
  /** Whether it is encrypted on its way, by TLS; a TLS socket of Node's is, unless said otherwise. */
  readonly secure?: boolean | undefined
  /** What is spoken on it, where the server's clients don't all speak the same. */
  readonly protocol?: Protocol | undefined
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
   * Has the edge listen in the server's place, if there is an edge: a listening socket of this process would end with it.
   * The edge's connections do not come through the server.
   *
   * @throws the system's error, with its code.
   */
  readonly listen?: (description: ServerDescription) => Promise<HeldListener>
}

/** What takes in connections, and hands them over when they are ready to be used. */
export interface Listening {
  /** Resolves when connections are accepted. */
  listen(host: Pick<ServerHost, 'connection' | 'warn'>): Promise<void>
  /** Accepts no more. Connections that it has handed over are left as they are. */
  close(): Promise<void>
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
