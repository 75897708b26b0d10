/**
 * What workers have left with the angel for those who come after them: texts by key, which it hands on unread. A client's
 * goes when its connection does.
 */

/** Bytes in all. A service that runs away must not take the angel with it. */
const MAX_KEPT = 512 * 1024 * 1024

export class Kept {
  readonly #values = new Map<string, Buffer>()
  #size = 0

  get size(): number {
    return this.#values.size
  }

  [Symbol.iterator](): IterableIterator<[key: string, value: Buffer]> {
    return this.#values.entries()
  }

  /** @returns false where it would be too much: then nothing has changed. */
  set(key: string, value: Buffer): boolean {
    const grown = this.#size - (this.#values.get(key)?.length ?? 0) + value.length
    if (grown > MAX_KEPT) return false
    this.#size = grown
    this.#values.set(key, value)
    return true
  }

  delete(key: string): void {
    this.#size -= this.#values.get(key)?.length ?? 0
    this.#values.delete(key)
  }
}
