/**
 * What is written to a peer that takes nothing at the moment. In a stream's own queue each piece costs 200 to 300 bytes,
 * however few it holds: a megabyte of short lines would be seventy.
 *
 * Pieces are joined, and none is cut: whoever makes messages of what is written, as WebSockets do, cuts between them.
 */
import { Buffer } from 'node:buffer'

/** Bytes that are joined at most: peers have limits for messages. */
const MOST = 64 * 1024
const FIRST_SIZE = 256

interface Chunk {
  bytes: Buffer
  length: number
  writes: number
}

export class HeldWrites {
  readonly #chunks: Chunk[] = []
  /** In bytes. */
  length = 0

  /**
   * Adds a copy.
   *
   * @param length of the data in bytes.
   */
  add(data: string | Uint8Array, length: number): void {
    const chunk = this.#chunkFor(length)
    if (typeof data === 'string') chunk.bytes.write(data, chunk.length, 'utf8')
    else chunk.bytes.set(data, chunk.length)
    chunk.length += length
    chunk.writes += 1
    this.length += length
  }

  /** What is to be written now, in order, and how many writes each of it was. */
  *[Symbol.iterator](): IterableIterator<{ readonly bytes: Buffer; readonly writes: number }> {
    for (const { bytes, length, writes } of this.#chunks) yield { bytes: bytes.subarray(0, length), writes }
  }

  #chunkFor(more: number): Chunk {
    const last = this.#chunks.at(-1)
    if (last === undefined || last.length + more > MOST) {
      const chunk = { bytes: Buffer.allocUnsafeSlow(Math.max(more, FIRST_SIZE)), length: 0, writes: 0 }
      this.#chunks.push(chunk)
      return chunk
    }
    const needed = last.length + more
    if (needed > last.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(MOST, Math.max(needed, 2 * last.bytes.length)))
      grown.set(last.bytes.subarray(0, last.length))
      last.bytes = grown
    }
    return last
  }
}
