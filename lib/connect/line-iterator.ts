/** Lines as an async iterator. */
import { ClientDisconnectedError } from '../client/errors.js'

/** One iteration over lines; leaving it takes back the waits that it has begun (contract rule 11). */
export class LineIterator<Data> implements AsyncIterableIterator<Data, undefined> {
  readonly #next: (signal: AbortSignal) => Promise<Data>
  readonly #left = new AbortController()

  constructor(next: (signal: AbortSignal) => Promise<Data>) {
    this.#next = next
  }

  async next(): Promise<IteratorResult<Data, undefined>> {
    const { signal } = this.#left
    try {
      return { done: false, value: await this.#next(signal) }
    } catch (error) {
      if (signal.aborted || error instanceof ClientDisconnectedError) return { done: true, value: undefined }
      throw error
    }
  }

  async return(): Promise<IteratorResult<Data, undefined>> {
    this.#left.abort()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<Data, undefined>> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
