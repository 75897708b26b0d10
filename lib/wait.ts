/**
 * Waiting that can be given up: the options that every wait takes, and the helpers behind them.
 */
import { type Alarm, type Clock, systemClock } from './clock.js'
import { checkNames, InvalidOptionError } from './errors.js'

/** How long to wait. */
export interface WaitOptions {
  /** Ends the wait; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds, 0 to Infinity. Then the wait rejects with a `TimeoutError`. */
  readonly timeout?: number | undefined
}

/**
 * Checks a number of milliseconds that a program gave: 0 or more; Infinity is for ever.
 *
 * @throws InvalidOptionError for anything else, text with digits included.
 */
export function checkMilliseconds(where: string, name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value
  throw new InvalidOptionError(where, name, value, 'a number of milliseconds, from 0 to Infinity')
}

const WAIT_OPTIONS = ['signal', 'timeout']

/** @throws InvalidOptionError for what are no options, and for options that there are not: without them a wait may take for ever. */
export function checkWaitOptions(where: string, options: unknown): void {
  if (options === null) return
  if (typeof options !== 'object') {
    throw new InvalidOptionError(where, 'options', options, 'an object such as { timeout: 60_000 }')
  }
  checkNames(where, options as object, WAIT_OPTIONS)
}

/** @throws InvalidOptionError for what can't abort. */
export function checkSignal(where: string, signal: unknown): void {
  if (typeof (signal as AbortSignal | null)?.addEventListener === 'function') return
  throw new InvalidOptionError(where, 'signal', signal, 'an AbortSignal')
}

/**
 * The same promise, which nobody needs to look at. A program may start a wait, do something else and come back later, or
 * never: what a peer does or does not do meanwhile must not end the process as an unhandled rejection.
 */
export function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** A promise with its ends in hand, which nobody needs to look at. */
export class Deferred<T = void> {
  resolve!: (value: T) => void
  reject!: (reason: unknown) => void
  readonly promise = quietly(
    new Promise<T>((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    }),
  )
}

/** Settles as `promise` does, or rejects with the signal's reason, whichever comes first. */
export function abortable<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  const result = Promise.resolve(promise)
  if (signal === undefined) return result
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Resolves with true when `done` does, or with false after `ms` milliseconds; rejects if it rejects before that. */
export async function within(clock: Clock, ms: number, done: Promise<unknown>): Promise<boolean> {
  let alarm: Alarm
  const late = new Promise<boolean>((resolve) => {
    alarm = clock.setTimeout(() => resolve(false), ms)
  })
  return Promise.race([done.then(() => true), late]).finally(() => clock.clearTimeout(alarm))
}

/**
 * Waits until `isSo`, but no longer than `ms`.
 *
 * @param clock the system's unless said otherwise: a test's clock stands still as long as the test waits for a restart.
 */
export async function until(isSo: () => boolean, ms: number, clock: Clock = systemClock): Promise<void> {
  let late = clock.now() + ms
  while (!isSo() && clock.now() < late) {
    // It looks again in real time, since what it waits for is done in real time.
    await new Promise<void>((resolve) => systemClock.setTimeout(resolve, 2))
    // A clock that is set back by an hour must not make it an hour longer.
    late = Math.min(late, clock.now() + ms)
  }
}
