/** What the load is told to do, and what it tells. */
import type { Wire } from '../wire.js'

/**
 * - `lines`: each client has so many lines under way, and sends the next ones when all are answered.
 * - `logins`: each client logs in by five prompts, quits, and comes back.
 * - `broadcasts`: one client's lines reach all.
 * - `connections`: each client connects, is greeted, leaves, and comes back.
 * - `idle`: clients that only stay.
 */
export type Kind = 'lines' | 'logins' | 'broadcasts' | 'connections' | 'idle'

export interface Job {
  readonly kind: Kind
  readonly wire: Wire
  readonly clients: number
  /** Lines of each client under way at once. */
  readonly inFlight: number
  /** Milliseconds of work before the time is taken, and of what is measured. */
  readonly warmUp: number
  readonly duration: number
  readonly port: number
  /** The processes of the server. */
  readonly server: readonly number[]
}

/** One measurement. What the system does not say is undefined, or missing in JSON. */
export interface Sample {
  /** Answers, logins, deliveries or connections; of `idle`, clients. */
  readonly count: number
  readonly seconds: number
  /** Microseconds of processor time that all the server's processes had, the system's work for them included. */
  readonly serverTime?: number | undefined
  /** The same of the load. */
  readonly loadTime: number
  /** Milliseconds from a line (a connection, a login) to the end of its answer. */
  readonly latency?: { readonly median: number; readonly p99: number } | undefined
  /** Bytes that a client cost the server; of `idle` alone. */
  readonly memory?: number | undefined
  /** Bytes received, each of which was compared with what it had to be. */
  readonly bytes: number
  /** SHA-256 of the first bytes that client 0 was really sent: the same for every peer. */
  readonly hash: string
}
