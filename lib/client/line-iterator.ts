/** `for await (const line of client)`. */
import type { Channel } from './channel.js'
import { ClientDisconnectedError } from './errors.js'
import { LINE, type Outcome } from './waiter.js'
import { WITHDRAWN } from './waiters.js'

/** One iteration over a client's lines. Ending it takes back the waits that it has begun (contract rule 11). */
export class LineIterator<Data extends string | Uint8Array>
  implements AsyncIterableIterator<Data, undefined>
{
  readonly #channel: Channel<Data>
  #done = false

  constructor(channel: Channel<Data>) {
    this.#channel = channel
  }

  next(): Promise<IteratorResult<Data, undefined>> {
    if (this.#done) return Promise.resolve(END)
    return this.#channel.inbox.next(
      undefined,
      this,
      LINE,
      RESULT as Outcome<Data, IteratorResult<Data, undefined>>,
    )
  }

  async return(): Promise<IteratorResult<Data, undefined>> {
    this.#done = true
    this.#channel.inbox.withdraw(this)
    return END
  }

  async throw(error: unknown): Promise<IteratorResult<Data, undefined>> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

const END = { done: true, value: undefined } as const

/** The promise that the loop awaits is the wait's own: one made from that would live from line to line beside it. */
const RESULT: Outcome<unknown, IteratorResult<unknown, undefined>> = {
  line: (value) => ({ done: false, value }),
  none(reason) {
    if (reason === WITHDRAWN || reason instanceof ClientDisconnectedError) return END
    throw reason
  },
}
