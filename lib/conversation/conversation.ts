/**
 * One run of one handler for one client: what it asks and what it is given is written down, so that another process can
 * bring it to the same place by running it again.
 */
import { Context, currentContext, isFollowing, runIn } from './context.js'
import { errorOf, recordOf, StepError } from './errors.js'
import { type Answer, type Asked, itemOf, type Journal, type LineAnswer, lineAnswer } from './journal.js'
import { type LoopPlace, Loops } from './loops.js'
import type { Replay } from './replay.js'
import type { Sealer } from './seal.js'

/** What a conversation needs of the client's session. */
export interface ConversationHost {
  readonly journal: Journal
  readonly settings: { readonly maxJournal: number; readonly maxJournalBytes: number }
  /** See `isLedElsewhere`. */
  readonly ledElsewhere: boolean
  /** The first line of the journal, for a conversation that begins now, or has come to a checkpoint. */
  head(): object
  /** There is something new in the journal. */
  changed(): void
  /** Resolves when all that is in the journal has been sent to the edge. */
  written(): Promise<void>
  /** It has grown beyond its limits, and is given up. */
  tooLong(): void
  /** @throws StepError where the value can't be restored as it is. */
  encode(what: string, value: unknown): string
  decode(text: string): unknown
  /** For what was typed hidden. */
  readonly sealer: Sealer
}

/** What a step is told. */
export interface Attempt {
  /** A process before this one may have done all of it, or a part, and has not come to its end. */
  readonly again: boolean
}

export class Conversation {
  readonly #host: ConversationHost
  readonly context: Context
  /** It is being brought to where another process has left it. */
  #replay: Replay | undefined
  /** The number of the next question. */
  #next = 0
  /** Questions that have no answer yet. */
  #open = 0
  #answers = 0
  /** The journal has its first line. */
  #begun: boolean
  /** Bytes of that line: how large the state is that it begins with says nothing of how long it goes on. */
  #headLength: number
  #over = false
  /** Its handler, which goes on at a later step, is being made. */
  #making = false
  /** Mostly there are none. */
  #loops: Loops | undefined

  constructor(host: ConversationHost, replay?: Replay) {
    this.#host = host
    this.#replay = replay
    this.#begun = replay !== undefined
    this.#headLength = replay?.saved.headLength ?? 0
    this.context = new Context(this, replay === undefined ? 'live' : 'muted')
  }

  get replay(): Replay | undefined {
    return this.#replay
  }

  /** Everything that was recorded has been replayed: from now on things happen, and are written down. */
  goOn(): void {
    if (this.#replay === undefined) return
    this.#open += this.#replay.open
    this.#answers += this.#replay.answers
    this.#replay = undefined
  }

  /** What it is, and what it began with, is written down, though nothing has been asked yet. */
  begin(): void {
    if (!this.#begun && !this.#over) this.#begin()
  }

  /** Another run of the handler takes its place. */
  abandon(): void {
    this.#over = true
  }

  /** The handler has ended: what it has left running is no part of the conversation. */
  end(): void {
    if (this.#over) return
    this.#over = true
    if (this.#begun) this.#cut(0)
  }

  /**
   * Whether what is asked right now is asked by the conversation itself.
   *
   * @throws StepError inside a step.
   */
  get isAsking(): boolean {
    if (this.#host.ledElsewhere) return false
    const context = currentContext()
    if (context?.conversation === this) {
      if (context.step === undefined) return true
      throw new StepError(
        `The step '${context.step}' asks its own client for a line. A step is done as a whole, or again: ask before or after it.`,
      )
    }
    // Where only some are followed, since they were replayed not long ago, one that is live may be whoever has made way.
    const isKnown = context !== undefined && context.voice !== 'live'
    if (isFollowing() || isKnown) return false
    // Where nobody is followed, whoever asks for the client's lines is taken for its handler, until it is replayed.
    if (this.#replay === undefined) return true
    this.#replay.fail('its lines are asked for by work that was begun elsewhere, and not by the handler')
    return false
  }

  /** @returns the question's number; undefined where nothing is written down. */
  ask(asked: Asked): number | undefined {
    if (this.#over) return undefined
    const number = this.#next
    this.#next += 1
    this.#loops?.noticeAsker()
    if (this.#replay?.asked(number, asked)) return number
    this.#open += 1
    this.#write(['?', number, asked.kind, asked.hint, asked.deadline])
    return number
  }

  answer(answer: Answer): void {
    if (this.#over || this.#replay !== undefined) return
    this.#open -= 1
    this.#answers += 1
    this.#loops?.keep(answer)
    this.#write(answer)
  }

  /** The handler takes its question back. */
  withdraw(number: number): void {
    if (this.#over) return
    this.#replay?.leave(number)
    if (this.#replay?.has(number)) return
    this.#open -= 1
    this.#loops?.keep(['withdrawn', number])
    this.#write(['withdrawn', number])
  }

  /** A line was given, or a chunk. @param hidden it was typed hidden. */
  line(number: number, item: string | Uint8Array, hidden: boolean): void {
    this.answer(lineAnswer(number, item, hidden ? this.#host.sealer.seal : undefined))
  }

  /** The line or chunk of an answer. */
  itemOf(answer: LineAnswer): string | Uint8Array {
    return itemOf(answer, this.#host.sealer.unseal)
  }

  /** See `step`. */
  async step<T>(label: string, fn: (attempt: Attempt) => T | PromiseLike<T>): Promise<T> {
    const number = this.ask({ kind: `step: ${label}` })
    if (number === undefined) return fn({ again: false })
    // Another run of the handler will come here, and do it.
    if (this.#replay?.beyond) return new Promise(() => {})
    const again = this.#replay?.has(number) ?? false
    const known = this.#replay && (await this.#replay.answerTo(number))
    if (known?.[0] === 'done') return this.#host.decode(known[2]) as T
    if (known?.[0] === 'failed') throw errorOf(known[2])
    // Before anything is done: should the process die in the middle, the next one knows that it had begun.
    if (!again) await this.#host.written()
    let value: T
    try {
      value = await runIn(new Context(this, 'live', label), () => fn({ again }))
    } catch (error) {
      this.answer(['failed', number, recordOf(error)])
      throw error
    }
    let result: string
    try {
      result = this.#host.encode(`The result of the step '${label}'`, value)
    } catch (error) {
      // It was done, and is not to be done again.
      this.answer(['failed', number, recordOf(error)])
      throw error
    }
    this.answer(['done', number, result])
    return value
  }

  /** A number that is looked up at once, such as the time. */
  value(kind: string, look: () => number): number {
    if (this.#over || this.#making) return look()
    const number = this.#next
    this.#next += 1
    const known = this.#replay?.valueOf(number, kind)
    if (known !== undefined) return known
    const value = look()
    this.#write(['value', number, kind, value])
    return value
  }

  // --- Checkpoints

  /** Makes a handler that goes on at a later step: what its making looks up was asked before, and is in no journal any more. */
  make<T>(handler: () => T): T {
    this.#making = true
    try {
      return handler()
    } finally {
      this.#making = false
    }
  }

  /**
   * Begins a part of which only the last state is needed.
   *
   * @returns its number, where it begins, and its state where another process has left one.
   */
  async beginLoop(): Promise<LoopPlace | undefined> {
    const number = this.ask({ kind: 'loop' })
    if (number === undefined) return undefined
    const known = this.#replay?.loopAt(number)
    const place: LoopPlace = {
      number,
      mark: known?.mark ?? this.#host.journal.length,
      answers: this.#replay?.given ?? this.#answers,
      known: known?.state === undefined ? undefined : { state: this.#host.decode(known.state) },
      over: known?.over ?? false,
      kept: [...(known?.kept ?? [])],
      accompanied: false,
    }
    // One that has come to its end is answered in its place among the other answers.
    if (place.over) {
      await this.#replay?.answerTo(number)
      return place
    }
    this.#loops ??= new Loops()
    this.#loops.enter(place)
    return place
  }

  /** Runs a loop, so that its questions can be told from those that are asked beside it. */
  runLoop<T>(place: LoopPlace, fn: () => T): T {
    return runIn((currentContext() ?? this.context).within(place), fn)
  }

  /** It has ended in an error, which its rounds lead a replay to as well. */
  failLoop(place: LoopPlace): void {
    this.#loops?.leave(place)
    this.withdraw(place.number)
  }

  /** A round of a loop is done: nothing of it is needed again. */
  endRound(place: LoopPlace, state: unknown): void {
    if (this.#over || this.#replay !== undefined || !this.#mayForget(place)) return
    const { number, mark, answers, kept } = place
    const text = this.#host.encode('The state of a loop', state)
    this.#cut(mark)
    this.#next = number + 1
    this.#answers = answers + kept.filter(([type]) => type !== 'withdrawn').length
    for (const record of kept) this.#host.journal.add(record)
    this.#write(['state', number, text])
  }

  /** Whether nobody but the loop needs what came since it began. */
  #mayForget({ accompanied }: LoopPlace): boolean {
    // The loop's own question is open all the time. Another one is somebody's who waits beside it.
    return this.#open <= 1 && !accompanied
  }

  endLoop(place: LoopPlace, state: unknown): void {
    this.#loops?.leave(place)
    // If its rounds are still needed, they lead a replay to its end, too. It is no open question any more: a loop around it
    // can be cut again.
    if (!this.#mayForget(place)) {
      this.withdraw(place.number)
      return
    }
    this.endRound(place, state)
    this.answer(['done', place.number, this.#host.encode('The state of a loop', state)])
  }

  /** What was asked so far is not needed again: the host's `head` says where the handler stands. */
  endStep(): void {
    if (this.#over || this.#replay !== undefined || this.#open > 0) return
    if (this.#begun) this.#cut(0)
    this.#next = 0
    this.#answers = 0
    this.#begin()
  }

  #write(record: object): void {
    if (!this.#begun) this.#begin()
    const { journal, settings } = this.#host
    journal.add(record)
    this.#host.changed()
    const { maxJournal, maxJournalBytes } = settings
    if (this.#answers <= maxJournal && journal.length - this.#headLength <= maxJournalBytes) return
    this.end()
    this.#host.tooLong()
  }

  #begin(): void {
    this.#begun = true
    this.#host.journal.add(this.#host.head())
    this.#headLength = this.#host.journal.length
    this.#host.changed()
  }

  #cut(length: number): void {
    this.#host.journal.cut(length)
    this.#host.changed()
  }
}

/** The conversation that runs; none inside a step, whose result is written down as a whole. */
export function currentConversation(): Conversation | undefined {
  const { conversation, step } = currentContext() ?? {}
  return step === undefined && conversation instanceof Conversation ? conversation : undefined
}

/** Whether a conversation that is replayed asks what no journal can answer; that ends its replay. */
export function leavesItsReplay(): boolean {
  const context = currentContext()
  if (context?.voice !== 'muted') return false
  ;(context.conversation as Conversation).replay?.fail('it asks another client for a line outside of a step')
  return true
}
