/**
 * Tasks in order: one at a time for each key (`KeyedQueue`), and a bounded number at once (`Semaphore`). The first makes
 * the later save win; the second keeps storage from running out of file descriptors.
 */
import { abortable } from '../wait.js'

/** Runs the tasks of one key one after another, in the order they were asked for; different keys do not wait for each other. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** A task whose signal aborts before its turn is left out; one that has begun is finished, only not waited for. */
  run<R>(key: string, task: () => Promise<R>, signal?: AbortSignal): Promise<R> {
    const turn = (this.#tails.get(key) ?? Promise.resolve()).then(() => {
      signal?.throwIfAborted()
      return task()
    })
    const tail = turn.catch(() => {})
    this.#tails.set(key, tail)
    tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    })
    return abortable(turn, signal)
  }

  get isIdle(): boolean {
    return this.#tails.size === 0
  }

  /** Resolves when nothing is running or waiting any more. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values())
  }
}

/** Runs at most `max` tasks at once; the others wait, first come, first served. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(max: number) {
    this.#free = max
  }

  async run<R>(task: () => Promise<R>, signal?: AbortSignal): Promise<R> {
    signal?.throwIfAborted()
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      signal?.throwIfAborted()
      return await task()
    } finally {
      // The place is handed on rather than freed, so that a newcomer cannot slip in before one who waits.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
