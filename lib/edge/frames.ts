/**
 * What the edge and a worker send each other, on one pipe. `docs/frames.md` has the layout, byte by byte.
 *
 * A frame is its length (four bytes), its type (one byte) and its body. Both sides begin with a greeting, which carries the
 * version. Encoding and decoding are pure: bytes in, objects out.
 */
import { ByteReader, ByteWriter, FrameError } from './bytes.js'

/** Raised when an older side could no longer understand a newer one. */
export const VERSION = 5

/** A worker gives so many signs of life in each period of the setting `heartbeat`, at even distances. */
export const BEATS = 5

/**
 * So many chunks of one connection's input may wait for acknowledgement. By itself each costs both sides some hundred bytes,
 * however few it holds: a peer that sends one byte at a time would take 300 times the memory of what it sends.
 */
export const MAX_CHUNKS = 1_024

/** Bytes of one frame, its type included. A turn with all that it writes must fit. */
export const MAX_FRAME = 256 * 1024 * 1024

const TYPE = {
  greeting: 1,
  message: 2,
  open: 3,
  data: 4,
  end: 5,
  closed: 6,
  stuck: 7,
  drained: 8,
  kept: 9,
  turn: 16,
}

/** How much of a connection's input a worker has dealt with. All three begin to count where the last acknowledgement ended. */
export interface Position {
  /** Bytes that no worker will need again. */
  readonly acknowledged: number
  /** Bytes beyond those that the worker has read, and answered as far as the protocol asks for answers. */
  readonly seen: number
  /** Lines (or chunks) among the bytes seen that have been given to the program. */
  readonly taken: number
}

/** Where a connection came in, and from where. */
export interface Origin {
  readonly listener: string
  readonly remoteAddress: string | undefined
  /** The name of what is spoken, where the listener's connections don't all speak the same. */
  readonly protocol: string | undefined
  /** The bytes are encrypted on their way. */
  readonly secure: boolean
}

/** A connection, as a worker finds it. */
export interface OpenFrame extends Origin {
  readonly type: 'open'
  readonly connection: number
  /** When the peer last sent something, in milliseconds since the epoch. */
  readonly lastInput: number
  readonly seen: number
  readonly taken: number
  /** How many workers in a row died while they may have been handling its input. */
  readonly deaths: number
  /** What the last worker left; empty for a new connection. */
  readonly state: Buffer
  /** The journal of the conversation under way; empty where there is none. */
  readonly journal: Buffer
}

export type ControlFrame =
  | { readonly type: 'greeting'; readonly version: number }
  | { readonly type: 'message'; readonly body: unknown }

export type EdgeFrame =
  | ControlFrame
  | OpenFrame
  | { readonly type: 'data'; readonly connection: number; readonly bytes: Buffer }
  | { readonly type: 'kept'; readonly key: string; readonly value: Buffer }
  | { readonly type: 'end' | 'stuck' | 'drained'; readonly connection: number }
  /** `exceeded`: too much of its output was unsent. */
  | { readonly type: 'closed'; readonly connection: number; readonly exceeded: boolean }

/** A frame of a worker's. The records of a turn are read by `readTurn`. */
export type WorkerFrame = ControlFrame | { readonly type: 'turn'; readonly records: Buffer }

// --- Encoding

export function greeting(): Buffer {
  return frame(TYPE.greeting, (body) => body.u32(VERSION))
}

/** For what is rare: anything that JSON can say. */
export function message(body: object): Buffer {
  return frame(TYPE.message, (writer) => writer.raw(Buffer.from(JSON.stringify(body))))
}

export function open(opened: Omit<OpenFrame, 'type'>): Buffer {
  const { remoteAddress, protocol = '' } = opened
  return frame(TYPE.open, (body) => {
    body.u32(opened.connection)
    body.u8((opened.secure ? SECURE : 0) | (remoteAddress === undefined ? 0 : ADDRESS))
    body.f64(opened.lastInput)
    body.u32(opened.seen)
    body.u32(opened.taken)
    body.u8(opened.deaths)
    body.block(opened.listener)
    body.block(remoteAddress ?? '')
    body.block(protocol)
    body.block(opened.state)
    body.block(opened.journal)
  })
}

/** The frame of `length` bytes of data without the bytes, which follow: so they need not be copied for the frame alone. */
export function dataHead(connection: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD_SIZE + 4)
  head.writeUInt32LE(length + 5, 0)
  head[LENGTH_SIZE] = TYPE.data
  head.writeUInt32LE(connection, HEAD_SIZE)
  return head
}

export function notice(type: 'end' | 'stuck' | 'drained', connection: number): Buffer {
  return frame(TYPE[type], (body) => body.u32(connection))
}

export function closed(connection: number, exceeded: boolean): Buffer {
  return frame(TYPE.closed, (body) => {
    body.u32(connection)
    body.u8(exceeded ? 1 : 0)
  })
}

export function kept(key: string, value: Uint8Array): Buffer {
  return frame(TYPE.kept, (body) => {
    body.block(key)
    body.raw(value)
  })
}

/** @param records as a `TurnWriter` has written them; its first five bytes are left free for the head. */
export function finishTurn(records: ByteWriter): Buffer {
  const bytes = records.take()
  bytes.writeUInt32LE(bytes.length - LENGTH_SIZE, 0)
  bytes[LENGTH_SIZE] = TYPE.turn
  return bytes
}

const LENGTH_SIZE = 4
/** Bytes before a frame's body. */
export const HEAD_SIZE = 5

const writer = new ByteWriter()

function frame(type: number, write: (body: ByteWriter) => void): Buffer {
  // Of one that threw, something may be left.
  writer.clear()
  writer.u32(0)
  writer.u8(type)
  write(writer)
  writer.setU32(0, writer.length - LENGTH_SIZE)
  return writer.take()
}

const SECURE = 1
const ADDRESS = 2

// --- Decoding

/** @throws FrameError */
export function readEdgeFrame(bytes: Buffer): EdgeFrame {
  const reader = new ByteReader(bytes, 1)
  switch (bytes[0]) {
    case TYPE.open:
      return readOpen(reader)
    case TYPE.data:
      return { type: 'data', connection: reader.u32(), bytes: reader.rest() }
    case TYPE.kept:
      return { type: 'kept', key: reader.text(), value: reader.rest() }
    case TYPE.end:
      return readNotice('end', reader)
    case TYPE.closed: {
      const connection = reader.u32()
      const exceeded = reader.u8() !== 0
      reader.end()
      return { type: 'closed', connection, exceeded }
    }
    case TYPE.stuck:
      return readNotice('stuck', reader)
    case TYPE.drained:
      return readNotice('drained', reader)
    default:
      return readControl(bytes, reader)
  }
}

/** @throws FrameError */
export function readWorkerFrame(bytes: Buffer): WorkerFrame {
  const reader = new ByteReader(bytes, 1)
  return bytes[0] === TYPE.turn ? { type: 'turn', records: reader.rest() } : readControl(bytes, reader)
}

function readControl(bytes: Buffer, reader: ByteReader): ControlFrame {
  if (bytes[0] === TYPE.greeting) {
    const version = reader.u32()
    reader.end()
    return { type: 'greeting', version }
  }
  if (bytes[0] !== TYPE.message) throw new FrameError(`type ${bytes[0]} is unknown`)
  const text = reader.rest().toString('utf8')
  try {
    return { type: 'message', body: JSON.parse(text) }
  } catch {
    throw new FrameError('its body is not JSON')
  }
}

function readOpen(reader: ByteReader): OpenFrame {
  const connection = reader.u32()
  const flags = reader.u8()
  const opened: OpenFrame = {
    type: 'open',
    connection,
    secure: (flags & SECURE) !== 0,
    lastInput: reader.f64(),
    seen: reader.u32(),
    taken: reader.u32(),
    deaths: reader.u8(),
    listener: reader.text(),
    remoteAddress: ifSet(flags & ADDRESS, reader.text()),
    protocol: reader.text() || undefined,
    state: reader.block(),
    journal: reader.block(),
  }
  reader.end()
  return opened
}

function ifSet<T>(flag: number, value: T): T | undefined {
  return flag === 0 ? undefined : value
}

function readNotice<Type extends 'end' | 'stuck' | 'drained'>(type: Type, reader: ByteReader) {
  const connection = reader.u32()
  reader.end()
  return { type, connection }
}

// --- From a stream of bytes

/** Cuts what comes on a pipe into frames, however it was cut on its way. */
export class FrameReader {
  readonly #onFrame: (bytes: Buffer) => void
  /** The frame that has begun and is not complete: its four bytes of length first, then all of it. */
  #partial: Buffer | undefined
  #filled = 0
  readonly #length = Buffer.alloc(LENGTH_SIZE)
  #lengthFilled = 0

  /** @param onFrame gets a frame without its length. The bytes may be a view of a chunk: copy what is kept. */
  constructor(onFrame: (bytes: Buffer) => void) {
    this.#onFrame = onFrame
  }

  /** @throws FrameError where no frame can be as long as that: then nothing that follows makes sense. */
  push(chunk: Buffer): void {
    let position = 0
    while (position < chunk.length) {
      if (this.#partial !== undefined) {
        position = this.#fill(this.#partial, chunk, position)
        continue
      }
      if (this.#lengthFilled === 0 && chunk.length - position >= LENGTH_SIZE) {
        const length = checkLength(chunk.readUInt32LE(position))
        const start = position + LENGTH_SIZE
        if (chunk.length - start >= length) {
          position = start + length
          this.#onFrame(chunk.subarray(start, position))
          continue
        }
        this.#begin(length)
        position = start
        continue
      }
      this.#length[this.#lengthFilled++] = chunk[position++] as number
      if (this.#lengthFilled === LENGTH_SIZE) this.#begin(checkLength(this.#length.readUInt32LE(0)))
    }
  }

  #begin(length: number): void {
    this.#lengthFilled = 0
    this.#filled = 0
    this.#partial = Buffer.allocUnsafeSlow(length)
  }

  #fill(frame: Buffer, chunk: Buffer, position: number): number {
    const size = Math.min(frame.length - this.#filled, chunk.length - position)
    chunk.copy(frame, this.#filled, position, position + size)
    this.#filled += size
    if (this.#filled === frame.length) {
      this.#partial = undefined
      this.#onFrame(frame)
    }
    return position + size
  }
}

function checkLength(length: number): number {
  if (length >= 1 && length <= MAX_FRAME) return length
  throw new FrameError(`it says that it is ${length} bytes long; 1 to ${MAX_FRAME} are possible`)
}
