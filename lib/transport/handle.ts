/**
 * What moving a connection to another process asks of a socket that `net.Socket` has no method for. It uses Node's own
 * handle behind the socket, and its state as a writable stream; cluster and the HTTP server of Node rely on the same
 * properties. Sending a socket (`angel/worker-process.ts`) takes its handle, too.
 */
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Node's TCP and Pipe handles, in what is used of them. */
interface Handle {
  reading: boolean
  readStop(): number
  /** Bytes that were written and that the system has not taken yet. */
  readonly writeQueueSize: number
}

function handleOf(duplex: Duplex): Handle | undefined {
  return ((duplex as { _handle?: unknown })._handle ?? undefined) as Handle | undefined
}

/**
 * The socket of a handle that came from another process. It reads nothing before `resume()`: whoever has sent it may
 * still be reading.
 */
export function socketOf(handle: unknown): Socket {
  return new Socket({
    handle,
    allowHalfOpen: true,
    pauseOnCreate: true,
    readable: true,
    writable: true,
  } as object)
}

/**
 * Stops reading, at once and for good: what the peer sends from now on stays with the system, for the next process. What
 * the stream has read and not given out is still there for `read()`.
 */
export function stopReading(duplex: Duplex): void {
  const handle = handleOf(duplex)
  if (handle !== undefined) {
    handle.reading = false
    handle.readStop()
  }
  // A resume may be under way, and would start the handle again.
  duplex._read = () => {}
  duplex.pause()
}

/**
 * The write that is under way in a socket: how long it is, counted as the stream counts (characters of strings, bytes of
 * bytes), and how many bytes of it the system has not taken yet. Nothing where none is.
 */
export function writeUnderWay(duplex: Duplex): { length: number; unsent: number } {
  const { length, writelen } = (duplex as unknown as { _writableState: { length: number; writelen: number } })
    ._writableState
  if (length === 0) return { length: 0, unsent: 0 }
  return { length: writelen, unsent: handleOf(duplex)?.writeQueueSize ?? 0 }
}
