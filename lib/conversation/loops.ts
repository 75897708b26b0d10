/** Loops that run in a conversation, the outermost first: what each may forget with its rounds, and what not. */
import { currentContext } from './context.js'
import type { Answer, Withdrawn } from './journal.js'

/** Where a loop stands in its conversation's journal. */
export interface LoopPlace {
  readonly number: number
  /** Bytes before its first round, and answers. */
  readonly mark: number
  readonly answers: number
  /** What another process has left. */
  readonly known: { readonly state: unknown } | undefined
  /** It has come to its end there. */
  readonly over: boolean
  /** What was asked before it and answered since. */
  readonly kept: (Answer | Withdrawn)[]
  /** Work beside it asks as well: its rounds are not forgotten any more. */
  accompanied: boolean
}

export class Loops {
  readonly #running: LoopPlace[] = []

  enter(place: LoopPlace): void {
    this.#running.push(place)
  }

  leave(place: LoopPlace): void {
    this.#running.splice(this.#running.indexOf(place), 1)
  }

  /** What was asked before a loop, and answered while it runs, is not forgotten with its rounds. */
  keep(record: Answer | Withdrawn): void {
    for (const place of this.#running) if (record[1] < place.number) place.kept.push(record)
  }

  /** Somebody asks. Where that is work beside a loop, it stands among the rounds, which can't be forgotten without it. */
  noticeAsker(): void {
    if (this.#running.length === 0) return
    const context = currentContext()
    for (const place of this.#running) if (!context?.isIn(place)) place.accompanied = true
  }
}
