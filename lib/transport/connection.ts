/**
 * What a channel works on: bytes in and out, with flow control both ways. Sockets and other Duplexes of Node implement it,
 * and so do connections that another process holds.
 */
import type { ClientLimit } from '../limits.js'

export interface Connection {
  /** Whether the bytes are encrypted on their way, by TLS. */
  readonly secure: boolean
  /** It is closed, or about to be: nothing more can be sent. */
  readonly destroyed: boolean
  /** Bytes that were written and have not left the process. */
  readonly unsent: number
  /** Begins to hand over what arrives, unless it is paused. Called once. */
  open(sink: ConnectionSink): void
  /**
   * Sends data. `left` of the sink follows.
   *
   * @param length of the data in bytes, where that is known.
   * @returns false if the peer takes nothing at the moment: then `drained` follows.
   */
  write(data: string | Uint8Array, length?: number): boolean
  pause(): void
  resume(): void
  /** Closes this side when everything is sent. */
  end(): void
  /** Closes at once. */
  destroy(): void
  /** What is known of its client may have changed. Only for connections that outlive the process. */
  touched?(): void
}

/** Where a connection reports what happens to it. */
export interface ConnectionSink {
  /** Bytes from the peer. Their memory is used again: whoever keeps them makes a copy. */
  data(chunk: Uint8Array): void
  /** The peer will send no more. */
  ended(): void
  /** One more write has left the process, in order. */
  left(): void
  /** The peer takes more again. */
  drained(): void
  /** `end` was called, and everything is sent. */
  finished(): void
  /** @param limit the limit that had it closed, if one had. */
  closed(limit?: ClientLimit): void
}
