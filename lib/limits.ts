/** The limits that hold for every peer (contract rule 19), by the names of their settings. */
export interface Limits {
  /** Bytes of one line, without its ending. */
  readonly maxLineLength: number
  /** Lines (in raw mode, chunks) that nobody has read yet. */
  readonly maxUnreadLines: number
  /** The same in size: characters of text, in raw mode bytes. */
  readonly maxUnreadBytes: number
  /** Bytes written that have not left the process. */
  readonly maxUnsentBytes: number
  /** Bytes of one telnet subnegotiation. */
  readonly maxSubnegotiation: number
  /** Telnet replies a second. */
  readonly maxTelnetReplies: number
}

/** The limits that a client can meet. */
export type ClientLimit = keyof Limits

/** The limits that a connection can meet before it becomes a client. */
export type ConnectionLimit = 'maxConnections' | 'maxConnectionsPerAddress'

export type LimitName = ClientLimit | ConnectionLimit

export const defaultLimits: Limits = {
  maxLineLength: 64 * 1024,
  maxUnreadLines: 256,
  maxUnreadBytes: 256 * 1024,
  maxUnsentBytes: 1024 * 1024,
  maxSubnegotiation: 8 * 1024,
  maxTelnetReplies: 100,
}
