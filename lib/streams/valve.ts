/**
 * One iteration over a source that can be ended from outside, even while the source is silent. All operators are made of
 * it.
 *
 * An async generator can't do this: its `return()` waits for the value that it is waiting for. So whoever waits here is
 * told at once, and a source that is in the middle of a `next()` is told to return, but not waited for.
 */
import { Deferred } from '../wait.js'
import { END, iteratorOf, quietly } from './stream.js'

export interface ValveOptions<T> {
  /** Called at the first `next()`. What it gives is called at the end, whichever way that comes. */
  readonly start?: (valve: Valve<T>) => (() => void) | undefined
  /** Called when a wait for an item begins. What it gives is called when that wait ends. */
  readonly wait?: (valve: Valve<T>) => () => void
}

interface Wait<T> {
  readonly result: Deferred<IteratorResult<T, undefined>>
  readonly release: (() => void) | undefined
}

export class Valve<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: AsyncIterator<T>
  readonly #options: ValveOptions<T>
  readonly #waits = new Set<Wait<T>>()
  #started = false
  #over = false
  #error: { readonly reason: unknown } | undefined
  #stop: (() => void) | undefined

  constructor(source: AsyncIterable<T>, options: ValveOptions<T> = {}) {
    this.#source = iteratorOf('A stream', source)
    this.#options = options
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#started && !this.#over) {
      this.#started = true
      const stop = this.#start()
      // It may have been closed while it started.
      if (this.#over) stop?.()
      else this.#stop = stop
    }
    if (this.#over) return this.#outcome()
    const wait: Wait<T> = { result: new Deferred(), release: this.#options.wait?.(this) }
    this.#waits.add(wait)
    this.#pull().then(
      (result) => {
        if (result.done) this.#finish()
        else this.#settle(wait, () => wait.result.resolve(result))
      },
      (reason) => {
        if (!this.#waits.has(wait)) return
        this.#error = { reason }
        this.#finish()
      },
    )
    return wait.result.promise
  }

  /** Ends the iteration from outside: whoever waits gets the error, where there is one, and the source returns. */
  close(error?: { readonly reason: unknown }): void {
    if (this.#over) return
    this.#error = error
    this.#finish()
    quietly(() => this.#source.return?.())
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    const isWaiting = this.#waits.size > 0
    if (isWaiting) this.close()
    if (this.#over) return END
    this.#finish()
    await this.#source.return?.()
    return END
  }

  async throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Where it can't be started, the source is not left open: whoever gets an error from `next()` does not call `return()`. */
  #start(): (() => void) | undefined {
    try {
      return this.#options.start?.(this)
    } catch (reason) {
      this.close({ reason })
      return undefined
    }
  }

  async #pull(): Promise<IteratorResult<T>> {
    return this.#source.next()
  }

  #settle(wait: Wait<T>, tell: () => void): void {
    if (!this.#waits.delete(wait)) return
    wait.release?.()
    tell()
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#stop?.()
    for (const wait of [...this.#waits]) {
      this.#settle(wait, () => {
        if (this.#error === undefined) wait.result.resolve(END)
        else {
          wait.result.reject(this.#error.reason)
          this.#error = undefined
        }
      })
    }
  }

  /** The error, once; the end after that. */
  #outcome(): IteratorResult<T, undefined> {
    const error = this.#error
    this.#error = undefined
    if (error !== undefined) throw error.reason
    return END
  }
}
