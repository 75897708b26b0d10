/** Several sources as one stream, in the order in which their items come. */
import { Deferred } from '../wait.js'
import { END, iteratorOf, quietly, Stream } from './stream.js'
import { Valve } from './valve.js'

/**
 * Items of all sources as they come. It ends when all of them have; an error of one ends all others. It takes at most one
 * item ahead from each source, and only when it is asked for the next.
 */
export function merge<T>(...sources: readonly AsyncIterable<T>[]): Stream<T> {
  return new Stream(() => new Valve({ [Symbol.asyncIterator]: () => new MergeIterator(sources) }))
}

class MergeIterator<T> implements AsyncIterator<T, undefined> {
  readonly #sources = new Set<AsyncIterator<T>>()
  /** Those that have been asked for an item and have not given it. */
  readonly #asked = new Set<AsyncIterator<T>>()
  readonly #items: T[] = []
  /** Whoever waits for an item, first come, first served. */
  readonly #waits: Deferred<IteratorResult<T, undefined>>[] = []
  #error: { readonly reason: unknown } | undefined

  constructor(sources: readonly AsyncIterable<T>[]) {
    try {
      for (const source of sources) this.#sources.add(iteratorOf('merge()', source))
    } catch (error) {
      // Those that have begun must not go on for nobody.
      this.#end()
      throw error
    }
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    const wait = new Deferred<IteratorResult<T, undefined>>()
    this.#waits.push(wait)
    this.#serve()
    if (this.#waits.length > 0) for (const source of [...this.#sources]) this.#ask(source)
    return wait.promise
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    await Promise.all(this.#end())
    return END
  }

  #ask(source: AsyncIterator<T>): void {
    if (this.#asked.has(source)) return
    this.#asked.add(source)
    next(source).then(
      (result) => {
        this.#asked.delete(source)
        if (result.done) this.#sources.delete(source)
        // Where it has ended meanwhile, nobody can be given the item.
        else if (this.#sources.has(source)) this.#items.push(result.value)
        this.#serve()
        // Whoever still waits does so for this source, too.
        if (this.#waits.length > 0 && this.#sources.has(source)) this.#ask(source)
      },
      (reason) => {
        this.#asked.delete(source)
        if (!this.#sources.delete(source)) return
        this.#error ??= { reason }
        this.#end()
        this.#serve()
      },
    )
  }

  /** Gives out what is there: items first, then the error, once, then the end. */
  #serve(): void {
    for (;;) {
      const [wait] = this.#waits
      if (wait === undefined) return
      if (this.#items.length > 0) wait.resolve({ done: false, value: this.#items.shift() as T })
      else if (this.#error !== undefined) {
        wait.reject(this.#error.reason)
        this.#error = undefined
      } else if (this.#sources.size === 0) wait.resolve(END)
      else return
      this.#waits.shift()
    }
  }

  /** Has all sources return; those that are silent are not waited for. Nobody needs to look at what it gives. */
  #end(): Promise<unknown>[] {
    const sources = [...this.#sources]
    this.#sources.clear()
    return sources.flatMap((source) => {
      const left = leave(source)
      return this.#asked.has(source) ? [] : left
    })
  }
}

/** Its failure is for whoever waits for it: where an error has ended the stream, nobody does. */
function leave(source: AsyncIterator<unknown>): Promise<unknown> {
  const left = (async () => source.return?.())()
  quietly(() => left)
  return left
}

async function next<T>(source: AsyncIterator<T>): Promise<IteratorResult<T>> {
  return source.next()
}
