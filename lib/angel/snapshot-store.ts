/** What workers have said of their state for those who come after them: texts by key, which the angel hands on unread. */

/** Bytes in all. A service that runs away must not take the angel with it. */
const MAX_BYTES = 512 * 1024 * 1024

export class SnapshotStore {
  readonly #values = new Map<string, Buffer>()
  #bytes = 0

  get size(): number {
    return this.#values.size
  }

  [Symbol.iterator](): IterableIterator<[key: string, value: Buffer]> {
    return this.#values.entries()
  }

  /** @returns false where it would be too much: then nothing has changed. */
  set(key: string, value: Buffer): boolean {
    const grown = this.#bytes - (this.#values.get(key)?.length ?? 0) + value.length
    if (grown > MAX_BYTES) return false
    this.#bytes = grown
    this.#values.set(key, value)
    return true
  }

  delete(key: string): void {
    this.#bytes -= this.#values.get(key)?.length ?? 0
    this.#values.delete(key)
  }
}
