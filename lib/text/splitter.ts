/**
 * Bytes in, lines out (contract rules 13 and 14). Pure: it knows no socket and no client.
 *
 * It searches the bytes for line ends and decodes each line once and whole, so UTF-8 survives every split. What it keeps
 * between chunks is a copy, since a slice would keep the whole chunk in memory.
 */

// Not the global, which is a getter of Node's: reading it for each chunk and each line costs 3 %.
import { Buffer } from 'node:buffer'
import { sanitize } from './sanitize.js'

const LF = 0x0a
const CR = 0x0d
const NUL = 0x00
const ETX = 0x03
const EOT = 0x04
const TAB = 0x09
const SPACE = 0x20
const DEL = 0x7f

/** Decodes the bytes of one finished line; bad bytes become U+FFFD. */
export type Decode = (bytes: Buffer, start: number, end: number) => string

/** Receives lines as they are found. */
export interface LineSink {
  /** @param bytes the line's length on the wire, without its ending. */
  push(line: string, bytes: number): void
  /** Ctrl-C (ETX) anywhere, or Ctrl-D (EOT) at the beginning of a line. @returns true to take it out of the line. */
  control(byte: number): boolean
  /** A line grew longer than `maxLineLength`: it is dropped whole, and the next one is delivered. */
  overflow(): void
}

export interface SplitterOptions {
  /** Bytes of one line, without its ending. */
  readonly maxLineLength: number
  /** Whether to strip control characters and bidirectional controls from lines (contract rule 14). */
  readonly sanitize: boolean
}

/** A splitter's state between two chunks, as plain data; `bytes` is base64. */
export interface SplitterState {
  bytes: string
  afterCR: boolean
  sawCR: boolean
  sawLF?: boolean
  dropping: boolean
}

const decodeUtf8: Decode = (bytes, start, end) => bytes.toString('utf8', start, end)

export class LineSplitter {
  readonly #maxLineLength: number
  readonly #sanitizes: boolean
  /** How bytes become text. It may change between lines, when a peer negotiates another character set. */
  decode: Decode = decodeUtf8
  /** The unfinished line: the first `#length` bytes. */
  #partial: Buffer | undefined
  #length = 0
  /** Whether the unfinished line is plain ASCII so far. */
  #plain = true
  /** The last chunk ended in CR, which has ended its line: an LF or NUL that follows belongs to it. */
  #afterCR = false
  /** A line has ended in CR, as telnet wants it, and not in a bare LF. */
  sawCR = false
  /** A line has ended in a bare LF. */
  sawLF = false
  /** Inside a line beyond the limit: nothing is kept until it ends. */
  #dropping = false

  constructor({ maxLineLength, sanitize }: SplitterOptions) {
    this.#maxLineLength = maxLineLength
    this.#sanitizes = sanitize
  }

  /**
   * Gives every line that ends in `chunk` to `sink`, in order. The chunk is not kept.
   *
   * @param from where to begin in it, and `to` where to end: a view for each piece would cost as much as a line.
   */
  push(chunk: Uint8Array, sink: LineSink, from = 0, to = chunk.length): void {
    if (from === to) return
    const bytes = asBuffer(chunk)
    let start = from
    if (this.#afterCR) {
      this.#afterCR = false
      if (bytes[from] === LF || bytes[from] === NUL) start += 1
    }

    // One pass over the bytes finds line ends and recognises lines of plain ASCII, which need no UTF-8 decoder and no
    // search for control characters: for lines of 34 bytes this takes 120 ns a line, and separate searches 230.
    let plain = this.#plain
    for (let i = skipPlain(bytes, start, to); i < to; i = skipPlain(bytes, i + 1, to)) {
      const byte = bytes[i] as number
      if (byte !== LF && byte !== CR) {
        if (byte !== TAB) plain = false
        if (byte === ETX || (byte === EOT && this.#length === 0 && i === start && !this.#dropping)) {
          if (!sink.control(byte)) continue
          this.#keep(bytes, start, i, sink)
          start = i + 1
        }
        continue
      }
      this.#finish(bytes, start, i, plain, sink)
      plain = true
      if (byte === CR) {
        this.sawCR = true
        if (i + 1 === to) this.#afterCR = true
        else if (bytes[i + 1] === LF || bytes[i + 1] === NUL) i += 1
      } else this.sawLF = true
      start = i + 1
    }
    this.#keep(bytes, start, to, sink)
    this.#plain = plain
    // Not at each line's end: where lines are cut by chunks or telnet commands, the next one needs that memory, too. With it,
    // and without a decoder for plain ones, lines in chunks of 10 bytes take half of the time.
    if (this.#length === 0) this.#forget()
  }

  /** Delivers the line that ends here: what was kept, and `start` to `end`. */
  #finish(bytes: Buffer, start: number, end: number, plain: boolean, sink: LineSink): void {
    if (this.#dropping) {
      this.#dropping = false
      return
    }
    if (this.#length + end - start > this.#maxLineLength) {
      this.#forget()
      sink.overflow()
      return
    }
    if (this.#length === 0) {
      sink.push(plain ? asciiSlice(bytes, start, end) : this.#text(bytes, start, end), end - start)
      return
    }
    this.#append(bytes, start, end)
    const length = this.#length
    const whole = this.#partial as Buffer
    this.#length = 0
    sink.push(plain ? asciiSlice(whole, 0, length) : this.#text(whole, 0, length), length)
  }

  #text(bytes: Buffer, start: number, end: number): string {
    const text = this.decode(bytes, start, end)
    return this.#sanitizes ? sanitize(text) : text
  }

  /** Keeps a part of a line that is unfinished: at the end of a chunk, or in front of what is taken out of it. */
  #keep(bytes: Buffer, start: number, end: number, sink: LineSink): void {
    if (start === end || this.#dropping) return
    if (this.#length + end - start > this.#maxLineLength) {
      this.#forget()
      this.#dropping = true
      sink.overflow()
      return
    }
    this.#append(bytes, start, end)
  }

  #append(bytes: Buffer, start: number, end: number): void {
    const needed = this.#length + end - start
    if (this.#partial === undefined || this.#partial.length < needed) {
      // Doubling, for peers that send byte by byte. `Slow` takes none of the shared pool, which an unfinished
      // line would keep in memory.
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * (this.#partial?.length ?? 32)))
      this.#partial?.copy(grown, 0, 0, this.#length)
      this.#partial = grown
    }
    copy(bytes, start, end, this.#partial, this.#length)
    this.#length = needed
  }

  /** Removes the last character of the unfinished line, or a bad byte at its end. */
  eraseCharacter(): void {
    const bytes = this.#partial
    if (bytes === undefined) return
    const characters = (size: number): number =>
      [...this.decode(bytes, this.#length - size, this.#length)].length
    // No character has more than four bytes; how many this one has, the character set says.
    let size = Math.min(4, this.#length)
    while (size > 1 && characters(size) > 1) size -= 1
    this.#length -= size
  }

  /** Removes the unfinished line. */
  eraseLine(): void {
    this.#forget()
    this.#dropping = false
  }

  #forget(): void {
    this.#partial = undefined
    this.#length = 0
    this.#plain = true
  }

  /** Whether no part of a next line has arrived. */
  get atRest(): boolean {
    return this.#length === 0 && !this.#dropping
  }

  /** All state that the next chunk depends on, for another process to continue with. */
  save(): SplitterState {
    return {
      bytes: this.#partial?.toString('base64', 0, this.#length) ?? '',
      afterCR: this.#afterCR,
      sawCR: this.sawCR,
      ...(this.sawLF && { sawLF: true }),
      dropping: this.#dropping,
    }
  }

  /** For a splitter that has read nothing yet. */
  restore(state: SplitterState): void {
    const bytes = Buffer.from(state.bytes, 'base64')
    if (bytes.length > 0) this.#append(bytes, 0, bytes.length)
    this.#plain = bytes.length === 0
    this.#afterCR = state.afterCR
    this.sawCR = state.sawCR
    this.sawLF = state.sawLF ?? false
    this.#dropping = state.dropping
  }
}

/**
 * The first byte from `i` on that is not printable ASCII, or `end`. A function of its own, since this loop is most of a line's
 * cost: inside `push` its speed changed by a factor of two with what the compiler inlined around it.
 */
function skipPlain(bytes: Buffer, i: number, end: number): number {
  while (i < end) {
    const byte = bytes[i] as number
    if (byte < SPACE || byte >= DEL) break
    i += 1
  }
  return i
}

/** What `Buffer.copy` does, whose checks take longer than copying a few bytes. */
function copy(from: Buffer, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > 64) from.copy(to, at, start, end)
  else for (let i = start; i < end; i += 1) to[at + i - start] = from[i] as number
}

/** The same memory as a Buffer. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** What `toString` calls after checking its arguments; for short lines the check is 8 % of a line's cost. */
function asciiSlice(bytes: Buffer, start: number, end: number): string {
  return (bytes as Buffer & { latin1Slice(start: number, end: number): string }).latin1Slice(start, end)
}
