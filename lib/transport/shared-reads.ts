/**
 * Reads TCP and Unix sockets that this process has accepted, and that nobody else holds, into one buffer that all of them
 * share, past their streams. At a line a read that is where most of a socket's own time goes: `npm run bench -- race`.
 */
import net from 'node:net'
import type { Duplex } from 'node:stream'

/** Hands over what is read past a stream. */
export interface ByteSource {
  /** @param bytes are used again by the next read: whoever keeps them makes a copy. */
  onBytes: (bytes: Uint8Array) => void
}

export interface SharedReads {
  /** The socket, for all else. */
  readonly duplex: Duplex
  /** Where its bytes come from; undefined where they come by `data` events. */
  readonly source: ByteSource | undefined
}

/** Bytes of one read: what Node itself reads at a time. */
const READ_SIZE = 64 * 1024

/** What has been read is used before the call returns, so one buffer does for all. */
const buffer = Buffer.allocUnsafeSlow(READ_SIZE)

/** A socket's own, in Node. */
interface Handle {
  readonly useUserBuffer?: unknown
}

/** @param socket has just been accepted, and nothing of it was read. It may not be used any more. */
export function readShared(socket: Duplex): SharedReads {
  const handle = takeHandle(socket)
  if (handle === undefined) return { duplex: socket, source: undefined }
  const source: ByteSource = { onBytes() {} }
  const options = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer,
      callback(length: number, bytes: Uint8Array): boolean {
        source.onBytes(bytes.subarray(0, length))
        return true
      },
    },
  }
  return { duplex: new net.Socket(options as net.SocketConstructorOpts), source }
}

/**
 * Node reads into a buffer of the program's own only where a socket is made with it, and it makes accepted sockets itself.
 * So the handle moves to a socket that is made here.
 *
 * @returns undefined for what is no plain socket, or of a Node that works otherwise.
 */
function takeHandle(socket: Duplex): Handle | undefined {
  if (socket.destroyed || socket.constructor !== net.Socket) return undefined
  const owner = socket as unknown as { _handle?: Handle | null }
  const handle = owner._handle
  if (typeof handle?.useUserBuffer !== 'function') return undefined
  owner._handle = null
  return handle
}
