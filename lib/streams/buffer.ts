/**
 * A bounded buffer between something that pushes and one reader.
 *
 * The queue is it-pushable's. What it does not do is done here: it is unbounded, serves one `next()` at a time, and throws
 * away what it holds when it is ended with an error.
 */
import { pushable } from 'it-pushable'
import { InvalidOptionError } from '../errors.js'
import { BufferFullError } from './errors.js'
import { END } from './stream.js'

/**
 * What happens when a reader has not read and its buffer is full:
 *
 * - `wait`: whoever pushes waits until there is room.
 * - `drop-oldest`: the oldest item goes.
 * - `error`: the reader gets what is there, and then a `BufferFullError`.
 */
export type WhenFull = 'wait' | 'drop-oldest' | 'error'

export interface BufferOptions<T> {
  /** How many items it holds, from 1 on. */
  readonly limit: number
  readonly whenFull: WhenFull
  /** Called once when it takes no more items, for whichever reason. */
  readonly onClose?: () => void
  /** Called with each item that no reader will get. */
  readonly onDrop?: (item: T) => void
}

interface Waiting<T> {
  readonly item: T
  readonly admitted: () => void
}

const POLICIES: readonly unknown[] = ['wait', 'drop-oldest', 'error']

export class BoundedBuffer<T> implements AsyncIterableIterator<T, undefined> {
  readonly #options: BufferOptions<T>
  #limit: number
  readonly #items = pushable<{ readonly item: T }>({ objectMode: true })
  /** How many items are in the queue. */
  #count = 0
  /** A `next()` waits at the empty queue: the next item is for its reader, and never waits. */
  #hungry = false
  /** Items that wait for room, in the order in which they came. */
  #waiting: Waiting<T>[] = []
  /** The last `next()`: the queue serves one at a time. */
  #last: Promise<unknown> = Promise.resolve()
  /** How many `next()` have been given nothing yet. */
  #asking = 0
  #idle: (() => void)[] = []
  /** It takes no more items. */
  #closed = false
  /** What the reader gets after the last item. */
  #error: { readonly reason: unknown } | undefined

  /** @throws InvalidOptionError for a limit or a policy that is none. */
  constructor(options: BufferOptions<T>) {
    const { limit, whenFull } = options
    if (!(typeof limit === 'number' && limit >= 1))
      throw new InvalidOptionError('A stream', 'limit', limit, 'a number of items, at least 1')
    if (!POLICIES.includes(whenFull)) {
      throw new InvalidOptionError('A stream', 'whenFull', whenFull, "'wait', 'drop-oldest' or 'error'")
    }
    this.#options = options
    this.#limit = limit
  }

  /** Items that have not been read. */
  get size(): number {
    return this.#count + this.#waiting.length
  }

  /** Adds an item. Gives a promise where whoever pushes must wait: it resolves when there is room, or nobody reads. */
  push(item: T): Promise<void> | undefined {
    if (this.#closed) {
      this.#options.onDrop?.(item)
      return undefined
    }
    if (this.size < this.#limit) {
      this.force(item)
      return undefined
    }
    if (this.#options.whenFull === 'wait') {
      return new Promise((resolve) => this.#waiting.push({ item, admitted: resolve }))
    }
    if (this.#options.whenFull === 'drop-oldest') {
      this.#dropOldest()
      this.force(item)
      return undefined
    }
    this.#options.onDrop?.(item)
    this.end({ reason: new BufferFullError(this.#options.limit) })
    return undefined
  }

  /** Adds an item behind all others, beyond the limit, too. */
  force(item: T): void {
    if (this.#closed) this.#options.onDrop?.(item)
    else if (this.#waiting.length > 0) this.#waiting.push({ item, admitted: () => {} })
    else this.#add(item)
  }

  /** From now on nobody waits for room. */
  lift(): void {
    if (this.#options.whenFull !== 'wait') return
    this.#limit = Number.POSITIVE_INFINITY
    this.#admit()
  }

  /** Takes no more items. The reader gets what is there, and then the end or the error. */
  end(error?: { readonly reason: unknown }): void {
    if (this.#closed) return
    this.#error = error
    for (const { item, admitted } of this.#waiting.splice(0)) {
      this.#add(item)
      admitted()
    }
    this.#items.end()
    this.#close()
  }

  /** Ends at once; items that have not been read go. */
  abort(reason: unknown): void {
    this.#error = { reason }
    this.#discard()
    this.#close()
  }

  next(): Promise<IteratorResult<T, undefined>> {
    this.#asking += 1
    const result = this.#last.then(() => this.#take())
    this.#last = result.catch(() => {})
    if (this.size === 0) this.#tellIdle()
    return result
  }

  /** Resolves when the reader has dealt with all items, and asks for another one; or when it takes no more of them. */
  idle(): Promise<void> {
    if (this.#closed || (this.size === 0 && this.#asking > 0)) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#error = undefined
    this.#discard()
    this.#close()
    return END
  }

  async throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #take(): Promise<IteratorResult<T, undefined>> {
    const taken = this.#items.next()
    // Counted now, and not when the promise settles: until then others may push, and there is room.
    if (this.#count > 0) {
      this.#count -= 1
      this.#asking -= 1
      this.#admit()
    } else this.#hungry = true
    const { done, value } = await taken
    if (!done) return { done: false, value: value.item }
    const error = this.#error
    this.#error = undefined
    if (error !== undefined) throw error.reason
    return END
  }

  #add(item: T): void {
    if (this.#hungry) {
      this.#hungry = false
      this.#asking -= 1
    } else this.#count += 1
    this.#items.push({ item })
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#count < this.#limit) {
      const { item, admitted } = this.#waiting.shift() as Waiting<T>
      this.#add(item)
      admitted()
    }
  }

  /** Nobody waits for an item while there are some, so `next()` takes the oldest at once. */
  #dropOldest(): void {
    this.#count -= 1
    void this.#items.next().then(({ value }) => {
      if (value !== undefined) this.#options.onDrop?.(value.item)
    })
  }

  #discard(): void {
    const { onDrop } = this.#options
    const waiting = this.#waiting.splice(0)
    while (this.#count > 0) this.#dropOldest()
    void this.#items.return()
    for (const { item, admitted } of waiting) {
      admitted()
      onDrop?.(item)
    }
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#tellIdle()
    this.#options.onClose?.()
  }
}
