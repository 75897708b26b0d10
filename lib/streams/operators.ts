/**
 * Operators that end with their source, and end their source with them, even where it is silent. Those of ix of the same
 * names don't. Each takes its place in a pipe: `events(service, Receive).pipe(filter(...), timeout(60_000))`.
 */
import { type Clock, checkClock, systemClock } from '../clock.js'
import { checkNames, InvalidOptionError, TimeoutError } from '../errors.js'
import { checkMilliseconds, checkSignal } from '../wait.js'
import { onSettled } from './settled.js'
import { quietly, Stream } from './stream.js'
import { Valve } from './valve.js'

export type Operator<T> = (source: AsyncIterable<T>) => Stream<T>

/**
 * Rejects with the signal's reason as soon as it aborts.
 *
 * @throws InvalidOptionError for what is no signal.
 */
export function withAbort<T>(signal: AbortSignal): Operator<T> {
  checkSignal('withAbort()', signal)
  return (source) =>
    new Stream(
      () =>
        new Valve(source, {
          start: (valve) => onAbort(signal, () => valve.close({ reason: signal.reason })),
        }),
    )
}

/**
 * Ends as soon as `end` says so: a signal that aborts, a promise that resolves, an async iterable that gives its first
 * item. An iterable that ends without one changes nothing; an error of either is an error here.
 *
 * @throws InvalidOptionError for anything else.
 */
export function takeUntil<T>(end: AbortSignal | PromiseLike<unknown> | AsyncIterable<unknown>): Operator<T> {
  if (!isEnd(end)) {
    throw new InvalidOptionError('takeUntil()', 'end', end, 'a signal, a promise or an async iterable')
  }
  return (source) =>
    new Stream(
      () =>
        new Valve(source, {
          start: (valve) => {
            if (end instanceof AbortSignal) return onAbort(end, () => valve.close())
            if (Symbol.asyncIterator in end) return atFirst(end, valve)
            return onSettled(end, (failure) => valve.close(failure))
          },
        }),
    )
}

export interface TimeoutOptions {
  /** What time goes by; the system's unless said otherwise. */
  readonly clock?: Clock | undefined
}

/**
 * Rejects with a `TimeoutError` where an item takes longer than `ms` milliseconds to come, counted from when it is asked
 * for.
 *
 * @throws InvalidOptionError for anything but a number from 0 to Infinity.
 */
export function timeout<T>(ms: number, options: TimeoutOptions = {}): Operator<T> {
  checkNames('timeout()', options, ['clock'])
  const { clock = systemClock } = options
  checkMilliseconds('timeout()', 'ms', ms)
  checkClock('timeout()', clock)
  const late = () => ({ reason: new TimeoutError('Waiting for the next item of a stream', ms) })
  return (source) =>
    new Stream(
      () =>
        new Valve(source, {
          wait: (valve) => {
            const alarm = clock.setTimeout(() => valve.close(late()), ms)
            return () => clock.clearTimeout(alarm)
          },
        }),
    )
}

function isEnd(end: unknown): boolean {
  if (typeof end !== 'object' || end === null) return false
  return end instanceof AbortSignal || Symbol.asyncIterator in end || 'then' in end
}

/** Calls `fn` once the signal aborts, also where it has. Returns what takes that back. */
function onAbort(signal: AbortSignal, fn: () => void): () => void {
  if (signal.aborted) fn()
  else signal.addEventListener('abort', fn, { once: true })
  return () => signal.removeEventListener('abort', fn)
}

function atFirst<T>(end: AsyncIterable<unknown>, valve: Valve<T>): () => void {
  const iterator = end[Symbol.asyncIterator]()
  iterator.next().then(
    ({ done }) => {
      if (!done) valve.close()
    },
    (reason) => valve.close({ reason }),
  )
  return () => quietly(() => iterator.return?.())
}
