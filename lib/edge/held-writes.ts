/**
 * What is sent to a peer that takes nothing at the moment. In a stream's own queue each piece costs some 300 bytes, however
 * few it holds: a megabyte of short lines would be seventy.
 *
 * Pieces are joined, and none is cut: whoever makes messages of what is written, as WebSockets do, cuts between them.
 */
/** Bytes that are joined at most: peers have limits for messages. */
const MOST = 64 * 1024
const FIRST_SIZE = 256

interface Chunk {
  bytes: Buffer
  length: number
}

export class HeldWrites {
  readonly #chunks: Chunk[] = []
  /** In bytes. */
  length = 0

  /** Adds a copy. */
  add(data: Uint8Array): void {
    const chunk = this.#chunkFor(data.length)
    chunk.bytes.set(data, chunk.length)
    chunk.length += data.length
    this.length += data.length
  }

  /** What is to be written now, in order. */
  *[Symbol.iterator](): IterableIterator<Buffer> {
    for (const { bytes, length } of this.#chunks) yield bytes.subarray(0, length)
  }

  #chunkFor(more: number): Chunk {
    const last = this.#chunks.at(-1)
    if (last === undefined || last.length + more > MOST) {
      const chunk = { bytes: Buffer.allocUnsafeSlow(Math.max(more, FIRST_SIZE)), length: 0 }
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
