/** Waits for a socket or a WebSocket that is being opened, for as long as it may take. */
import type { EventEmitter } from 'node:events'
import type { Clock } from '../clock.js'
import { TimeoutError } from '../errors.js'

export interface Opening {
  /** What reports an `error`, or the event below. */
  readonly emitter: EventEmitter
  readonly openEvent: string
  /** Where it leads, for messages. */
  readonly where: string
  readonly clock: Clock
  /** In milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
  /** The error for the one who connects. */
  explain(error: NodeJS.ErrnoException): Error
  /** It is not waited for any more: nothing of it may stay. */
  drop(): void
}

/** @throws what `explain` gives, TimeoutError, or the signal's reason; then it has been dropped. */
export function whenOpen(opening: Opening): Promise<void> {
  const { emitter, openEvent, where, clock, timeout, signal } = opening
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clock.clearTimeout(alarm)
      signal?.removeEventListener('abort', onAbort)
      emitter.off('error', onError)
    }
    const giveUp = (reason: unknown): void => {
      settle()
      opening.drop()
      reject(reason)
    }
    const onAbort = (): void => giveUp(signal?.reason)
    const onError = (error: NodeJS.ErrnoException): void => giveUp(opening.explain(error))
    const alarm = clock.setTimeout(() => giveUp(new TimeoutError(`Connecting to ${where}`, timeout)), timeout)
    signal?.addEventListener('abort', onAbort, { once: true })
    emitter.once('error', onError)
    emitter.once(openEvent, () => {
      settle()
      resolve()
    })
  })
}
