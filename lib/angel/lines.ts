/**
 * How the two processes, and those who ask one, cut a stream of bytes into messages: a line each, ended by LF. A line
 * that is damaged or too long costs that one line: the next LF is where sense begins again.
 *
 * Bytes stay bytes: most of what passes through the angel is not for it to read.
 */

const LF = 0x0a

export interface LineHandler {
  /** A whole line without its LF. The bytes are valid during the call only. */
  line(bytes: Buffer): void
  /** A line grew longer than the limit; it is dropped whole. */
  tooLong(): void
}

export class LineReader {
  readonly #maxLength: number
  readonly #handler: LineHandler
  /** The line so far, as it came in pieces. */
  #pieces: Buffer[] = []
  #length = 0
  #dropping = false

  /** @param maxLength bytes of a line, without its LF. */
  constructor(maxLength: number, handler: LineHandler) {
    this.#maxLength = maxLength
    this.#handler = handler
  }

  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.#keep(chunk.subarray(start, end))
      start = end + 1
      this.#finish()
    }
    // A copy, since what is read next may come in the same memory.
    if (start < chunk.length) this.#keep(Buffer.from(chunk.subarray(start)))
  }

  #keep(piece: Buffer): void {
    if (this.#dropping) return
    this.#length += piece.length
    if (this.#length > this.#maxLength) {
      this.#forget()
      this.#dropping = true
      this.#handler.tooLong()
      return
    }
    this.#pieces.push(piece)
  }

  #finish(): void {
    const pieces = this.#pieces
    const dropped = this.#dropping
    this.#forget()
    this.#dropping = false
    if (!dropped) this.#handler.line(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces))
  }

  #forget(): void {
    this.#pieces = []
    this.#length = 0
  }
}
