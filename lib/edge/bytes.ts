/** Reading and writing the fields of frames. All numbers are little-endian and unsigned. */
import { MaraError } from '../errors.js'

/** A frame or a record that ends too early, or holds what may not be there. The connection it came on is not usable. */
export class FrameError extends MaraError {
  readonly code = 'MARA_FRAME'
}

const FIRST_SIZE = 4_096
/** Up to here a copy, whose memory is shared with others, costs less than memory of its own. */
const SMALL = 2_048

/** Bytes that grow at their end. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_SIZE)
  #length = 0

  get length(): number {
    return this.#length
  }

  u8(value: number): void {
    this.#room(1)
    this.#bytes[this.#length++] = value
  }

  u32(value: number): void {
    this.#room(4)
    this.#length = this.#bytes.writeUInt32LE(value, this.#length)
  }

  f64(value: number): void {
    this.#room(8)
    this.#length = this.#bytes.writeDoubleLE(value, this.#length)
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** A length, and so many bytes; text as UTF-8. */
  block(data: string | Uint8Array): void {
    const at = this.#length
    this.u32(0)
    if (typeof data === 'string') this.#text(data)
    else this.raw(data)
    this.setU32(at, this.#length - at - 4)
  }

  /** Overwrites four bytes that were written before. */
  setU32(at: number, value: number): void {
    this.#bytes.writeUInt32LE(value, at)
  }

  /** Hands the bytes over; the writer begins anew. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    if (bytes.length <= SMALL) return Buffer.from(bytes)
    this.#bytes = Buffer.allocUnsafeSlow(FIRST_SIZE)
    return bytes
  }

  /** Drops what is written. */
  clear(): void {
    this.#length = 0
  }

  #text(text: string): void {
    // No character of a string takes more than three bytes.
    this.#room(text.length * 3)
    this.#length += this.#bytes.write(text, this.#length, 'utf8')
  }

  #room(size: number): void {
    const needed = this.#length + size
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}

/** Reads fields one after another. What it gives are views: copy what is kept. */
export class ByteReader {
  readonly #bytes: Buffer
  #position: number

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes
    this.#position = position
  }

  get atEnd(): boolean {
    return this.#position === this.#bytes.length
  }

  u8(): number {
    return this.#bytes[this.#advance(1)] as number
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4))
  }

  f64(): number {
    return this.#bytes.readDoubleLE(this.#advance(8))
  }

  block(): Buffer {
    const length = this.u32()
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  text(): string {
    return this.block().toString('utf8')
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#advance(this.#bytes.length - this.#position))
  }

  /** @throws FrameError where more follows. */
  end(): void {
    if (!this.atEnd) throw new FrameError(`${this.#bytes.length - this.#position} bytes too many`)
  }

  #advance(size: number): number {
    const start = this.#position
    if (size > this.#bytes.length - start) throw new FrameError('it ends in the middle of a field')
    this.#position = start + size
    return start
  }
}

/** A copy of its own size: a view would keep all of the frame that it is a part of, and what is read is overwritten. */
export function copyOf(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}
