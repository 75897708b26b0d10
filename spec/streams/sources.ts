/** Sources of every temper, which tell how they were left. */

export type Kind = 'silent' | 'busy' | 'erroring' | 'endless' | 'late' | 'empty'

/** A source that counts. */
export interface Source extends AsyncIterable<number> {
  /** Items that were asked for and not given. */
  readonly waiting: number
  /** Iterations that were begun, and those that came to an end, by themselves or since they were told to. */
  readonly opened: number
  readonly ended: number
  /** Items that were given. */
  readonly given: number[]
  /** Gives one item to whoever waits. */
  give(): void
}

export const failure = new Error('the source fails')

/** How many items the busy one has, and the erroring one before its error. */
export const COUNT = 5

/**
 * @param kind `silent` never gives anything; `busy` gives some at once and ends; `erroring` gives some and fails;
 * `endless` never ends; `late` gives an item when it is told to; `empty` ends at once.
 */
export function source(kind: Kind): Source {
  const state = { waiting: 0, opened: 0, ended: 0, given: [] as number[] }
  const wakes: (() => void)[] = []
  return {
    get waiting() {
      return state.waiting
    },
    get opened() {
      return state.opened
    },
    get ended() {
      return state.ended
    },
    given: state.given,
    give() {
      wakes.shift()?.()
    },
    [Symbol.asyncIterator]() {
      state.opened += 1
      let count = 0
      let isOver = false
      const end = (): void => {
        if (!isOver) state.ended += 1
        isOver = true
      }
      const item = (): IteratorResult<number, undefined> => {
        count += 1
        state.given.push(count)
        return { done: false, value: count }
      }
      const held: (() => void)[] = []
      return {
        async next() {
          if (isOver) return { done: true, value: undefined }
          if (kind === 'erroring' && count === COUNT) {
            end()
            throw failure
          }
          if (kind === 'empty' || (kind === 'busy' && count === COUNT)) {
            end()
            return { done: true, value: undefined }
          }
          if (kind !== 'silent' && kind !== 'late') return item()
          state.waiting += 1
          return new Promise<IteratorResult<number, undefined>>((resolve) => {
            const settle = (result: () => IteratorResult<number, undefined>) => (): void => {
              state.waiting -= 1
              resolve(result())
            }
            if (kind === 'late') wakes.push(settle(item))
            held.push(settle(() => ({ done: true, value: undefined })))
          })
        },
        // Like a client's lines: it takes back waits that are under way.
        async return() {
          end()
          for (const withdraw of held.splice(0)) if (state.waiting > 0) withdraw()
          return { done: true, value: undefined }
        },
      }
    },
  }
}

/** An iterable that is an async generator: its `return()` waits for what it waits for. */
export function stubborn(): { iterable: AsyncIterable<number>; finished: () => boolean } {
  let isFinished = false
  async function* generate(): AsyncGenerator<number> {
    try {
      await new Promise(() => {})
      yield 1
    } finally {
      isFinished = true
    }
  }
  return { iterable: generate(), finished: () => isFinished }
}

/** Everything that an iteration gives, and what it ends in. */
export async function drain<T>(iterable: AsyncIterable<T>): Promise<{ items: T[]; error?: unknown }> {
  const items: T[] = []
  try {
    for await (const item of iterable) items.push(item)
  } catch (error) {
    return { items, error }
  }
  return { items }
}
