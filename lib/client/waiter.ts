/** Somebody who waits for a client's line, and what for. */
import { isInStep } from '../conversation/context.js'
import type { Conversation } from '../conversation/conversation.js'
import { quietly } from '../wait.js'

/** What a wait for a line comes to: `R`, most often the line itself. */
export interface Outcome<T, R> {
  /** @throws what the wait rejects with. */
  line(item: T): R
  /** No line comes to it, and why. @throws what the wait rejects with. */
  none(reason: unknown): R
}

/** The line, or a rejection with the reason. */
export const LINE_ITSELF: Outcome<unknown, never> = {
  line: (item) => item as never,
  none: (reason) => {
    throw reason
  },
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

/**
 * One wait. Its promise is the one that the program awaits: with thousands of clients in conversation, each promise more
 * that lives from one line to the next is time for the collector.
 */
export class Waiter<T, R = unknown> {
  readonly promise: Promise<R>
  /** Who may take the wait back: see `Inbox.withdraw`. */
  readonly owner: object | undefined
  /** The conversation that asks, and the number of its question. */
  readonly asked: AskedQuestion | undefined
  /** It is asked for in a step of another client's, which asks again where another process goes on. */
  readonly returns: boolean
  /** Takes back the alarm and the abort listener, where there are any. */
  release: (() => void) | undefined
  readonly #outcome: Outcome<T, unknown>
  #resolve!: (result: unknown) => void
  #reject!: (reason: unknown) => void

  constructor(outcome: Outcome<T, R>, owner?: object, asked?: AskedQuestion) {
    this.promise = new Promise<R>((resolve, reject) => {
      this.#resolve = resolve as (result: unknown) => void
      this.#reject = reject
    })
    this.#outcome = outcome
    this.owner = owner
    this.asked = asked
    this.returns = asked === undefined && isInStep()
  }

  /** Ends the wait with a line. */
  serve(item: T): void {
    try {
      this.#resolve(this.#outcome.line(item))
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Ends the wait without a line. */
  refuse(reason: unknown): void {
    try {
      this.#resolve(this.#outcome.none(reason))
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Nobody needs to look at it. */
  #fail(error: unknown): void {
    quietly(this.promise)
    this.#reject(error)
  }
}

/** A wait whose line is there when it begins. */
export async function served<T, R>(outcome: Outcome<T, R>, item: T): Promise<R> {
  return outcome.line(item)
}

/** A wait to which no line can come. Nobody needs to look at it. */
export function refused<T, R>(outcome: Outcome<T, R>, reason: unknown): Promise<R> {
  return quietly((async () => outcome.none(reason))())
}
