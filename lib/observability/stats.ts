/** What `service.stats()` gives: plain data, so that it can be logged, sent as JSON, and compared. */
import type { LimitName } from '../limits.js'

/**
 * Totals are those of this process: they begin with 0 when the service is made, and go on when it is stopped and started
 * again. A process that takes over at a restart begins its own.
 */
export interface ServiceStats {
  /** When this was read, in milliseconds since the epoch, by the service's clock. */
  readonly at: number
  /** When counting began: when the service was made. */
  readonly since: number
  /** Milliseconds for which the service has run in this process; 0 while it does not. */
  readonly uptime: number
  readonly clients: ClientStats
  /** What was read from clients, as their protocol sees it: telnet counts, the framing of TLS and WebSocket does not. */
  readonly input: TrafficStats
  /** What was handed to clients' connections. */
  readonly output: TrafficStats
  readonly queues: QueueStats
  readonly eventLoop: EventLoopStats
  /** How often each limit was met, by the name of its setting. Every limit is listed. */
  readonly limits: { readonly [Name in LimitName]: number }
  readonly handlers: HandlerStats
  /** How many events were triggered, by the name of their class. Classes of which none has come are not listed. */
  readonly events: { readonly [eventClass: string]: number }
}

export interface ClientStats {
  /** In `service.clients` now. */
  readonly connected: number
  /** Total that this process has accepted. */
  readonly accepted: number
  /** Total that came from the process before, at a restart or after a crash. */
  readonly restored: number
  /** Total of connections that were turned away, by a limit or for want of file descriptors. */
  readonly refused: number
}

export interface TrafficStats {
  readonly bytes: number
  /** Input: whole lines, in raw mode chunks. Output: line feeds. */
  readonly lines: number
}

/** What waits now, in all clients together. */
export interface QueueStats {
  /** Clients in the run queue, which wait for their turn. */
  readonly ready: number
  /** Lines (in raw mode chunks) that no handler has read. */
  readonly unreadLines: number
  /** The same in bytes, without the ends of lines. */
  readonly unreadBytes: number
  /** Bytes of output that have not left the process. */
  readonly unsentBytes: number
}

export interface EventLoopStats {
  /** Null while nothing is known: see `EventLoopDelay`. */
  readonly delay: EventLoopDelay | null
}

/**
 * How late the event loop came to what was due, in milliseconds, over at least the last 30 seconds. It is measured from
 * the first time that somebody asks, so the first answer has none, and until the service stops.
 */
export interface EventLoopDelay {
  readonly min: number
  readonly mean: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface HandlerStats {
  /** Handlers that have begun and not ended: they work, or wait. */
  readonly inFlight: number
  /** The same by the name of the event's class; the names are those of `events`. */
  readonly byEvent: { readonly [eventClass: string]: number }
}
