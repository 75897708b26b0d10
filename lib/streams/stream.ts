/** The shape of everything that this room gives: ix's operators can be piped onto it. */
import { AsyncIterableX } from 'ix/asynciterable/asynciterablex'
import { InvalidOptionError } from '../errors.js'

/** @throws InvalidOptionError for what is no async iterable. */
export function iteratorOf<T>(where: string, source: AsyncIterable<T>): AsyncIterator<T> {
  if (typeof (source as AsyncIterable<T> | null | undefined)?.[Symbol.asyncIterator] !== 'function') {
    throw new InvalidOptionError(where, 'source', source, 'an async iterable')
  }
  return source[Symbol.asyncIterator]()
}

/** A stream that begins anew with each iteration. */
export class Stream<T> extends AsyncIterableX<T> {
  readonly #open: () => AsyncIterator<T, undefined>

  constructor(open: () => AsyncIterator<T, undefined>) {
    super()
    this.#open = open
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return this.#open()
  }
}

export const END = { done: true, value: undefined } as const

/** Runs something whose failure matters to nobody any more. */
export function quietly(fn: () => unknown): void {
  try {
    Promise.resolve(fn()).catch(() => {})
  } catch {
    // As above.
  }
}
