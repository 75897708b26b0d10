/** Somebody who waits for a client's line, and what for. */
import type { Conversation } from '../conversation/conversation.js'
import { quietly } from '../wait.js'

export interface Waiter<T> {
  readonly promise: Promise<T>
  /** Who may take the wait back: see `Inbox.withdraw`. */
  readonly owner: object | undefined
  /** The conversation that asks, and the number of its question. */
  readonly asked: AskedQuestion | undefined
  resolve(item: T): void
  reject(reason: unknown): void
  /** Takes back the alarm and the abort listener, where there are any. */
  release?(): void
}

export interface AskedQuestion {
  readonly conversation: Conversation
  readonly number: number
}

/** What a wait is for. */
export interface Question {
  /** See `Asked`. */
  readonly kind: string
  /** What the client was shown. */
  readonly message?: unknown
}

export const LINE: Question = { kind: 'line' }

/** Characters of what a client was shown that are remembered. */
const HINT = 60

export function hintOf({ message }: Question): string | undefined {
  return message === undefined ? undefined : String(message).slice(0, HINT)
}

export function newWaiter<T>(owner: object | undefined, asked: AskedQuestion | undefined): Waiter<T> {
  let resolve!: (item: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, owner, asked, resolve, reject }
}

/** Ends a wait without a line. Nobody needs to look at it. */
export function refuse(
  { promise, reject }: Pick<Waiter<unknown>, 'promise' | 'reject'>,
  reason: unknown,
): void {
  quietly(promise)
  reject(reason)
}
