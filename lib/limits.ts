/** The limits that hold for every peer (contract rule 19), by the names of their settings, and the defaults of all. */

/** What a client can meet through what it sends or does not read. */
export interface Limits {
  /** Bytes of one line, without its ending. */
  readonly maxLineLength: number
  /** Lines (in raw mode, chunks) that nobody has read yet. */
  readonly maxUnreadLines: number
  /** The same in bytes, as they came over the wire. */
  readonly maxUnreadBytes: number
  /** Bytes written that have not left the process. */
  readonly maxUnsentBytes: number
  /** Bytes of one telnet subnegotiation. */
  readonly maxSubnegotiation: number
  /** Telnet replies a second. */
  readonly maxTelnetReplies: number
  /** Events that telnet raises a second, and those of which handlers run at a time. */
  readonly maxTelnetEvents: number
}

/** What a client can meet by its silence, in milliseconds; 0 is no limit. */
export interface Timeouts {
  /** From its connection to its first line, while `Connect` runs. */
  readonly connectTimeout: number
  /** From the last thing it sent. */
  readonly idleTimeout: number
}

/** What a connection can meet before it becomes a client. */
export interface ConnectionLimits {
  /** Open connections in all. */
  readonly maxConnections: number
  /** Open connections from one address. Where it is undefined, the default holds, and loopback is exempt. */
  readonly maxConnectionsPerAddress?: number | undefined
  /** New connections from one address a minute. Where it is undefined, the default holds, and loopback is exempt. */
  readonly maxConnectionRate?: number | undefined
}

/** The limits that a client can meet. */
export type ClientLimit = keyof Limits | keyof Timeouts

/** The limits that a connection can meet before it becomes a client. */
export type ConnectionLimit = keyof ConnectionLimits

export type LimitName = ClientLimit | ConnectionLimit

export const defaultLimits = {
  maxLineLength: 64 * 1024,
  maxUnreadLines: 256,
  maxUnreadBytes: 256 * 1024,
  maxUnsentBytes: 1024 * 1024,
  maxSubnegotiation: 8 * 1024,
  maxTelnetReplies: 100,
  maxTelnetEvents: 100,
  connectTimeout: 2 * 60_000,
  idleTimeout: 0,
  maxConnections: 10_000,
  maxConnectionsPerAddress: 256,
  maxConnectionRate: 300,
} as const satisfies Record<LimitName, number>

/** Lines that one client may have handled before it is another client's turn (rule 17). */
export const DEFAULT_LINE_BUDGET = 256
