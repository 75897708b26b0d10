/**
 * What a channel works on: bytes in and out, with flow control both ways. Sockets, Node's Duplexes and connections that
 * another process holds implement it.
 */
import type { ClientLimit } from '../limits.js'

export interface Connection {
  /** It is closed, or about to be: nothing more can be sent. */
  readonly destroyed: boolean
  /** Bytes that were written and have not left the process. */
  readonly unsent: number
  /** Begins to hand over what comes, unless it is paused. Called once, before all else. */
  open(sink: ConnectionSink): void
  /**
   * @param onLeft is called when the data has left the process, or with an error where it never will.
   * @returns false where the peer takes nothing at the moment: then `drained` follows.
   */
  write(data: string | Uint8Array, onLeft: (error?: Error | null) => void): boolean
  pause(): void
  resume(): void
  /** Closes this side when everything is sent. */
  end(): void
  /** Closes at once. */
  destroy(): void
  /** The client has had its turn, so what is known of it may have changed. */
  touched?(): void
}

/** Where a connection hands over what happens to it. */
export interface ConnectionSink {
  /** Bytes from the peer; the connection does not use them again. */
  data(chunk: Uint8Array): void
  /** The peer will send no more. */
  ended(): void
  /** The peer takes more again. */
  drained(): void
  /** `end` was called, and everything is sent. */
  finished(): void
  /** @param limit the limit that had it closed, where one had. */
  closed(limit?: ClientLimit): void
}
