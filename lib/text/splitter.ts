/**
 * Bytes in, lines out (contract rules 13 and 14). Pure: it knows no socket and no client.
 *
 * It searches bytes and decodes each line once and whole, so UTF-8 survives every split; and what it keeps between
 * chunks is a copy, since a slice would keep the whole chunk alive.
 */
import { sanitize } from './sanitize.js'

const LF = 0x0a
const CR = 0x0d
const NUL = 0x00

/** Turns the bytes of one finished line into text; bad bytes become U+FFFD. */
export type Decode = (bytes: Buffer, start: number, end: number) => string

/** Where lines go as they are found. */
export interface LineSink {
  push(line: string): void
  /** A line grew longer than `maxLineLength`: it is dropped whole, and the next one is delivered. */
  overflow(): void
}

export interface SplitterOptions {
  /** Bytes of one line, without its ending. */
  readonly maxLineLength: number
  /** Whether to strip control characters from lines (contract rule 14). */
  readonly sanitize: boolean
}

/** What a splitter holds between two chunks, as plain data; `bytes` is base64. */
export interface SplitterState {
  bytes: string
  afterCR: boolean
  dropping: boolean
}

const decodeUtf8: Decode = (bytes, start, end) => bytes.toString('utf8', start, end)

export class LineSplitter {
  readonly #options: SplitterOptions
  /** How bytes become text; may change between lines, when a peer negotiates another character set. */
  decode: Decode = decodeUtf8
  /** The half line before the next chunk: the first `#length` bytes. */
  #partial: Buffer | undefined
  #length = 0
  /** The last chunk ended in CR, which has ended its line: an LF or NUL that follows belongs to it. */
  #afterCR = false
  /** Inside a line that has outgrown the limit: nothing is kept until it ends. */
  #dropping = false

  constructor(options: SplitterOptions) {
    this.#options = options
  }

  /** Gives every line that ends in `chunk` to `sink`, in order. The chunk is not kept. */
  push(chunk: Uint8Array, sink: LineSink): void {
    if (chunk.length === 0) return
    const bytes = asBuffer(chunk)
    let start = 0
    if (this.#afterCR) {
      this.#afterCR = false
      if (bytes[0] === LF || bytes[0] === NUL) start = 1
    }

    // Each search runs only as far as its next hit, so a chunk is scanned once for LF and once for CR.
    let lf = bytes.indexOf(LF, start)
    let cr = bytes.indexOf(CR, start)
    while (lf !== -1 || cr !== -1) {
      let end: number
      let next: number
      if (cr === -1 || (lf !== -1 && lf < cr)) {
        end = lf
        next = lf + 1
        lf = bytes.indexOf(LF, next)
      } else {
        end = cr
        next = cr + 1
        if (next === bytes.length) this.#afterCR = true
        else if (bytes[next] === LF || bytes[next] === NUL) next += 1
        if (lf !== -1 && lf < next) lf = bytes.indexOf(LF, next)
        cr = bytes.indexOf(CR, next)
      }
      this.#finish(bytes, start, end, sink)
      start = next
    }
    this.#keep(bytes, start, sink)
  }

  /** The line that `start` to `end`, after what was kept, make up. */
  #finish(bytes: Buffer, start: number, end: number, sink: LineSink): void {
    if (this.#dropping) {
      this.#dropping = false
      return
    }
    if (this.#length + end - start > this.#options.maxLineLength) {
      this.#forget()
      sink.overflow()
      return
    }
    let line: string
    if (this.#length === 0) {
      line = this.decode(bytes, start, end)
    } else {
      this.#append(bytes, start, end)
      line = this.decode(this.#partial as Buffer, 0, this.#length)
      this.#forget()
    }
    sink.push(this.#options.sanitize ? sanitize(line) : line)
  }

  /** Keeps the half line at the end of a chunk. */
  #keep(bytes: Buffer, start: number, sink: LineSink): void {
    if (start === bytes.length || this.#dropping) return
    if (this.#length + bytes.length - start > this.#options.maxLineLength) {
      this.#forget()
      this.#dropping = true
      sink.overflow()
      return
    }
    this.#append(bytes, start, bytes.length)
  }

  #append(bytes: Buffer, start: number, end: number): void {
    const needed = this.#length + end - start
    if (this.#partial === undefined || this.#partial.length < needed) {
      // Doubling, for peers that send byte by byte. `Slow` means no shared pool, which a half line would keep alive.
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * (this.#partial?.length ?? 32)))
      this.#partial?.copy(grown, 0, 0, this.#length)
      this.#partial = grown
    }
    bytes.copy(this.#partial, this.#length, start, end)
    this.#length = needed
  }

  #forget(): void {
    this.#partial = undefined
    this.#length = 0
  }

  /** Everything that the next chunk depends on, for another process to go on from. */
  save(): SplitterState {
    return {
      bytes: this.#partial?.toString('base64', 0, this.#length) ?? '',
      afterCR: this.#afterCR,
      dropping: this.#dropping,
    }
  }

  restore(state: SplitterState): void {
    const bytes = Buffer.from(state.bytes, 'base64')
    this.#forget()
    if (bytes.length > 0) this.#append(bytes, 0, bytes.length)
    this.#afterCR = state.afterCR
    this.#dropping = state.dropping
  }
}

/** The same bytes with Buffer's methods. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
