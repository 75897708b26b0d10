/**
 * Listens to the streams that carry connections. Accepted sockets are read into one buffer that all of them share, past their
 * streams.
 *
 * For each read of a socket Node makes a buffer of 64 KiB, cuts it to size, and takes it through a Readable. At a line a read
 * that is 8 % of the time of a plain `node:net` server, which cannot do without: Node knows the option `onread`, but only for
 * sockets that a program connects. So its two fields are set here, on sockets that nobody has read yet. Where a Node has
 * other fields, and for all other streams, bytes come by `data` events.
 */
import net from 'node:net'
import type { Duplex } from 'node:stream'

/** Bytes of one read: what Node itself reads at a time. */
const READ_SIZE = 64 * 1024

/** What has been read is used before the call returns, so one buffer does for all. */
const shared = Buffer.allocUnsafeSlow(READ_SIZE)

/** The socket that has been accepted last, and that nobody else holds. A set of all of them costs more than it brings. */
let claimed: Duplex | undefined

/** Says that nobody but this library holds the socket, which has just been accepted and is read right after this. */
export function claim(socket: Duplex): void {
  claimed = socket
}

/** Where a stream tells what happens to it is written on the stream itself. */
export const SINK = Symbol('sink')

export interface StreamSink {
  /** @param bytes are used again by the next read: whoever keeps them makes a copy. */
  data(bytes: Uint8Array): void
  /** Nothing more will come. */
  ended(): void
  /** It takes more again. */
  drained(): void
  /** Its own side is ended, and everything is sent. */
  finished(): void
  closed(): void
}

/** A stream that is listened to. */
interface Carrier extends Duplex {
  [SINK]: StreamSink
}

/** The same listeners for all, which find by `this` whose they are: six of its own cost a connection 400 bytes. */
const LISTENERS = Object.entries({
  end(this: Carrier): void {
    this[SINK].ended()
  },
  drain(this: Carrier): void {
    this[SINK].drained()
  },
  finish(this: Carrier): void {
    this[SINK].finished()
  },
  // A socket's error matters to nobody once the socket is closed, and `close` follows.
  error(this: Carrier): void {
    this.destroy()
  },
  close(this: Carrier): void {
    this[SINK].closed()
  },
})

/** Begins to read a stream, and tells the sink what happens to it. */
export function listenTo(duplex: Duplex, sink: StreamSink): void {
  const isOurs = duplex === claimed
  claimed = undefined
  Object.assign(duplex, { [SINK]: sink })
  if (!isOurs || !readShared(duplex)) duplex.on('data', takeChunk)
  for (const [event, listener] of LISTENERS) duplex.on(event, listener)
}

function takeChunk(this: Carrier, chunk: Uint8Array | string): void {
  this[SINK].data(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
}

function takeShared(this: Carrier, length: number): boolean {
  this[SINK].data(shared.subarray(0, length))
  return true
}

/** What `onread` sets in a socket of Node 20 to 24. */
interface Fields {
  readonly buffer: symbol
  readonly callback: symbol
}

interface Handle {
  useUserBuffer?(buffer: Uint8Array): void
}

let fields: Fields | undefined

/** @returns whether this Node can. */
function readShared(socket: Duplex): boolean {
  const handle = (socket as unknown as { _handle?: Handle | null })._handle
  if (socket.constructor !== net.Socket || typeof handle?.useUserBuffer !== 'function') return false
  fields ??= fieldsOf(socket)
  if (fields === undefined) return false
  handle.useUserBuffer(shared)
  Object.assign(socket, { [fields.buffer]: shared, [fields.callback]: takeShared })
  return true
}

function fieldsOf(socket: net.Socket): Fields | undefined {
  const named = (name: string): symbol | undefined =>
    Object.getOwnPropertySymbols(socket).find(({ description }) => description === name)
  const buffer = named('kBuffer')
  const callback = named('kBufferCb')
  return buffer !== undefined && callback !== undefined ? { buffer, callback } : undefined
}
