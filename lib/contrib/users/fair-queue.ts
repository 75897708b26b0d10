/**
 * Costly work, a few pieces at a time. Those who wait take turns by where they come from, so that whoever asks for much
 * keeps all others waiting for one turn at most.
 */

import { networkOf } from '../../index.js'

export interface QueueOptions {
  /** Those of one origin, such as an address or a network of IPv6, wait behind each other. */
  readonly from?: string | undefined
  /** Aborted while the work waits for its turn, it takes it out of the queue. Work that has begun goes on. */
  readonly signal?: AbortSignal | undefined
}

export class FairQueue {
  readonly #atOnce: number
  #running = 0
  /** Whoever waits, by origin. The first origin has the next turn, and is the last one after it. */
  readonly #waiting = new Map<string, Set<() => void>>()

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  /** @throws what the work throws; the signal's reason. */
  async run<R>(work: () => Promise<R>, { from = '', signal }: QueueOptions): Promise<R> {
    signal?.throwIfAborted()
    if (this.#running < this.#atOnce) this.#running += 1
    else await this.#turn(networkOf(from), signal)
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  #turn(from: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const others = this.#waiting.get(from) ?? new Set()
      const begin = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        others.delete(begin)
        if (others.size === 0) this.#waiting.delete(from)
        reject(signal?.reason)
      }
      this.#waiting.set(from, others.add(begin))
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** The place is handed on rather than freed, so that no newcomer slips in before those who wait. */
  #next(): void {
    const [first] = this.#waiting
    if (first === undefined) {
      this.#running -= 1
      return
    }
    const [from, others] = first
    const [begin] = others as Set<() => void>
    others.delete(begin as () => void)
    this.#waiting.delete(from)
    if (others.size > 0) this.#waiting.set(from, others)
    begin?.()
  }
}
