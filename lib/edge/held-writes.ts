/**
 * What is sent to a peer that takes nothing at the moment. In a stream's own queue each piece costs some 300 bytes, however
 * few it holds: a megabyte of short lines would be seventy.
 *
 * Pieces are joined, and none is cut: whoever makes messages of what is written, as WebSockets do, cuts between them.
 */
import { ByteWriter } from './bytes.js'

/** Bytes that are joined at most: peers have limits for messages. */
const MOST = 64 * 1024

export class HeldWrites {
  #parts: ByteWriter[] = []
  /** In bytes. */
  length = 0

  /** Adds a copy. */
  add(data: Uint8Array): void {
    let last = this.#parts.at(-1)
    if (last === undefined || last.length + data.length > MOST) {
      last = new ByteWriter()
      this.#parts.push(last)
    }
    last.raw(data)
    this.length += data.length
  }

  /** Hands over what is to be written now, in order. */
  take(): Buffer[] {
    const parts = this.#parts
    this.#parts = []
    this.length = 0
    return parts.map((part) => part.take())
  }
}
