/**
 * Brings a handler to the place where another process has left it: it runs anew, and what it asks is answered from the
 * journal, in the order in which the answers came then, each when the one before has had all its effect.
 *
 * What must stay true: where the handler does something else than the journal says, that is found and told, and never
 * covered up.
 */
import { type Alarm, type Clock, systemClock } from '../clock.js'
import type { Answer, Asked, JournalRecord, Question, SavedJournal, Value, Withdrawn } from './journal.js'

/** How long a handler may take at least for something that is not in the journal, in milliseconds; at most twice that. */
const STALL = 2_000

/** Where a handler has left the way of its journal. */
export interface Divergence {
  /** The number of the question, from 0 on. */
  readonly question: number
  /** What it asked there; undefined where it asked nothing. */
  readonly asked?: string | undefined
  /** What was asked there before; undefined where nothing was. */
  readonly recorded?: string | undefined
  /** In words, as the end of a sentence. */
  readonly reason: string
}

/** What another process has left of a loop. */
export interface SavedLoop {
  /** Where its rounds begin, in bytes of the journal. */
  readonly mark: number
  readonly state: string | undefined
  readonly over: boolean
  /** What was asked before it and answered since. */
  readonly kept: readonly (Answer | Withdrawn)[]
}

type Outcome = Divergence | undefined

const settled = Promise.resolve()
/** Those that are to take their next step once no microtask is left, as in the executor: together, since that is cheaper. */
let stepping: Replay[] = []

function soon(replay: Replay): void {
  if (stepping.push(replay) > 1) return
  settled.then(() =>
    process.nextTick(() => {
      const replays = stepping
      stepping = []
      for (const replay of replays) replay.step()
    }),
  )
}

export class Replay {
  readonly saved: SavedJournal
  readonly #questions = new Map<number, Question>()
  readonly #values = new Map<number, Value>()
  /** The states of loops, as they were left. */
  readonly #states = new Map<number, string>()
  readonly #answers: Answer[] = []
  readonly #answered = new Set<number>()
  /** Questions that the handler itself has taken back. */
  readonly #withdrawn = new Set<number>()
  /** How many of the answers have been given. */
  #position = 0
  /** Who waits for an answer. */
  readonly #takers = new Map<number, (answer: Answer | undefined) => void>()
  readonly #missing: Set<number>
  readonly #clock: Clock
  #stall: Alarm
  /** Something has happened since the alarm was set. */
  #moved = false
  #stepping = false
  #over = false
  /**
   * The handler has ended, or asked for more than it did: so it has come farther than the process before. What it awaited
   * there is at hand at once by now.
   */
  beyond = false
  readonly #holdsLast: boolean
  #resolve!: (outcome: Outcome) => void
  /** Resolves when the journal is used up, or with where the handler has left its way. */
  readonly outcome = new Promise<Outcome>((resolve) => {
    this.#resolve = resolve
  })

  /**
   * @param clock whose time a handler may take for what is not in the journal.
   * @param holdsLast the last answer is given by `release`: what comes of it is done, and not only repeated.
   */
  constructor(saved: SavedJournal, clock: Clock = systemClock, holdsLast = false) {
    this.saved = saved
    this.#clock = clock
    this.#holdsLast = holdsLast
    for (const record of saved.records) this.#read(record)
    this.#missing = new Set(this.#questions.keys())
  }

  /** The handler runs. */
  begin(): void {
    this.#progress()
    // One that has asked nothing yet is where it was when it has run as far as it can.
    this.#soon()
  }

  #read(record: JournalRecord): void {
    const [type, number] = record
    if (type === '?') this.#questions.set(number, record)
    else if (type === 'value') this.#values.set(number, record)
    else if (type === 'withdrawn') this.#withdrawn.add(number)
    else if (type === 'state') this.#states.set(number, record[2])
    else {
      this.#answers.push(record)
      this.#answered.add(number)
    }
  }

  /** How many answers it had. */
  get answers(): number {
    return this.#answers.length
  }

  /** How many of them have been given by now. */
  get given(): number {
    return this.#position
  }

  /** How many questions had no answer. */
  get open(): number {
    return this.#questions.size - this.#answers.length - this.#withdrawn.size
  }

  /** When waiting for the answer to a question ends, in milliseconds since the epoch. */
  deadlineOf(number: number): number | undefined {
    return this.#questions.get(number)?.[4] ?? undefined
  }

  /** Whether the question was asked before. */
  has(number: number): boolean {
    return this.#questions.has(number)
  }

  /** Whether the question's answer is in the journal. */
  isAnswered(number: number): boolean {
    return this.#answered.has(number)
  }

  /** The handler asks. @returns whether it is a question that it has asked before. */
  asked(number: number, { kind, hint }: Asked): boolean {
    const recorded = this.#questions.get(number)
    if (recorded === undefined) {
      if (this.#values.has(number) || !this.#isUsedUp) {
        this.#diverges(number, kind, 'it asks for more than it did')
      } else this.#goesBeyond()
      return false
    }
    if (recorded[2] !== kind) this.#diverges(number, kind, 'it asks for something else')
    else if (this.#isMoved(number, hint)) this.#diverges(number, kind, 'it asks in another order', hint)
    this.#missing.delete(number)
    this.#progress()
    this.#soon()
    return true
  }

  /** The answer to a question; undefined, when the replay is over, where there is none. */
  answerTo(number: number): Promise<Answer | undefined> {
    return new Promise((resolve) => this.take(number, resolve))
  }

  /** @param taker gets the answer when its time comes, and undefined at the end of the replay where there is none. */
  take(number: number, taker: (answer: Answer | undefined) => void): void {
    this.#takers.set(number, taker)
    this.#soon()
  }

  /** Who waited for an answer does not any more. */
  leave(number: number): void {
    this.#takers.delete(number)
  }

  valueOf(number: number, kind: string): number | undefined {
    const recorded = this.#values.get(number)
    if (recorded === undefined) {
      if (this.#questions.has(number)) this.#diverges(number, kind, 'it asks for something else')
      return undefined
    }
    if (recorded[2] !== kind) this.#diverges(number, kind, 'it asks for something else')
    return recorded[3]
  }

  loopAt(number: number): SavedLoop | undefined {
    if (this.#questions.get(number)?.[2] !== 'loop') return undefined
    const { records } = this.saved
    const since = records.slice(records.findIndex((record) => record[0] === '?' && record[1] === number))
    return {
      mark: this.#endOf(number),
      state: this.#states.get(number),
      over: this.isAnswered(number),
      kept: since.filter((record) => record[1] < number) as (Answer | Withdrawn)[],
    }
  }

  /** Bytes of the journal up to the end of a question. */
  #endOf(number: number): number {
    const { headLength, records } = this.saved
    let length = headLength
    for (const record of records) {
      length += Buffer.byteLength(JSON.stringify(record)) + 1
      if (record[0] === '?' && record[1] === number) break
    }
    return length
  }

  /** The handler has ended. */
  handlerEnded(error?: unknown): void {
    const why = error === undefined ? 'it ends' : `it fails (${String(error)})`
    if (this.#isUsedUp) this.#goesBeyond()
    else this.#diverges(this.#place, undefined, why)
  }

  #goesBeyond(): void {
    if (!this.#over) this.beyond = true
    this.#finish(undefined)
  }

  /** Something other than the handler itself makes a replay impossible. */
  fail(reason: string): void {
    this.#diverges(this.#place, undefined, reason)
  }

  /** All of it is live: who has no answer gets one from the client. */
  release(): void {
    const takers = [...this.#takers]
    this.#takers.clear()
    const last = this.#answers[this.#position]
    for (const [number, taker] of takers) taker(number === last?.[1] ? last : undefined)
  }

  /** Everything that was asked has been asked again, and every answer given. */
  get #isUsedUp(): boolean {
    return this.#position === this.#answers.length && this.#missing.size === 0
  }

  /** The question at which it stands. */
  get #place(): number {
    const next = this.#answers[this.#position]?.[1]
    return Math.min(next ?? Infinity, ...this.#missing, this.#questions.size)
  }

  /** Its words are those of another question that was asked before, and of no third one: the order has changed. */
  #isMoved(number: number, hint: string | undefined): boolean {
    if (hint === undefined || this.#questions.get(number)?.[3] === hint) return false
    let found = 0
    for (const question of this.#questions.values()) if (question[3] === hint) found += 1
    return found === 1
  }

  #soon(): void {
    if (this.#stepping || this.#over) return
    this.#stepping = true
    soon(this)
  }

  /** Gives the next answer, if it is waited for. */
  step(): void {
    this.#stepping = false
    if (this.#over) return
    if (this.#isUsedUp) this.#finish(undefined)
    const answer = this.#answers[this.#position]
    if (answer === undefined) return
    const taker = this.#takers.get(answer[1])
    // It has not come so far: what it awaits is not in the journal, and `asked` or `take` will be called.
    if (taker === undefined) return
    if (this.#holdsLast && this.#position === this.#answers.length - 1) {
      this.#finish(undefined)
      return
    }
    this.#takers.delete(answer[1])
    this.#position += 1
    this.#progress()
    taker(answer)
    this.#soon()
  }

  /** One alarm for many answers: to set it anew for each would cost more than the answer. */
  #progress(): void {
    this.#moved = true
    if (this.#stall === undefined && !this.#over) this.#watch()
  }

  #watch(): void {
    this.#moved = false
    const look = (): void => {
      if (this.#moved) this.#watch()
      else this.#diverges(this.#place, undefined, `it asks for nothing, and has not ended, for ${STALL} ms`)
    }
    this.#stall = this.#clock.setTimeout(look, STALL, { keepAlive: false })
  }

  #diverges(question: number, asked: string | undefined, reason: string, hint?: string): void {
    const recorded = this.#questions.get(question) ?? this.#values.get(question)
    const words = recorded?.[0] === '?' ? recorded[3] : undefined
    this.#finish({
      question,
      asked: asked && describe(asked, hint),
      recorded: recorded && describe(recorded[2], words),
      reason,
    })
  }

  #finish(outcome: Outcome): void {
    if (this.#over) return
    this.#over = true
    this.#clock.clearTimeout(this.#stall)
    this.#resolve(outcome)
  }
}

/** `input "Name: "`. @param hint null where the journal has none, but something behind it. */
function describe(kind: string, hint: string | null | undefined): string {
  return hint == null ? kind : `${kind} ${JSON.stringify(hint)}`
}
