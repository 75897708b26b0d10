/**
 * What a client has sent and nobody has read yet, and whoever waits for more (contract rules 10 to 12).
 *
 * Every line that reaches a program passes here. Waiters are resumed by the executor, never from `push`, so that the
 * order between clients is the order of the run queue.
 */
import type { Clock } from '../clock.js'
import { isAnythingSilent } from '../conversation/context.js'
import { type Conversation, leavesItsReplay } from '../conversation/conversation.js'
import { errorOf, recordOf } from '../conversation/errors.js'
import type { Answer } from '../conversation/journal.js'
import { TimeoutError } from '../errors.js'
import type { ClientLimit, Limits } from '../limits.js'
import { checkMilliseconds, checkSignal, type WaitOptions } from '../wait.js'
import type { Scheduler, Task } from './scheduler.js'
import { Unread } from './unread.js'
import {
  type AskedQuestion,
  hintOf,
  LINE,
  LINE_ITSELF,
  type Outcome,
  type Question,
  refused,
  served,
  Waiter,
} from './waiter.js'

/** What an inbox needs of the client that it belongs to. */
export interface InboxOwner {
  readonly executor: Scheduler
  readonly clock: Clock
  readonly limits: Limits
  /** More is unread than the limit allows: nothing more may be pushed until `inboxHasRoom`. */
  inboxFull(limit: ClientLimit): void
  inboxHasRoom(): void
  /** The executor has given a turn to whoever waited, who has come as far as possible. */
  inboxRan(): void
  /** No more will come, but not everything has been read. */
  inboxEnding(): void
  /** The last line has been read and no more will come. */
  inboxEnded(): void
  /** The session asks for more, and gets none: see `drain`. */
  inboxDrained(): void
  /** What waits end in when the last line has been read. */
  disconnected(): Error
  /** Who this is, for messages. */
  toString(): string
}

/** The session, which takes what no handler wants. */
export interface SessionWaiter {
  /** Returns at once, as `Task.run` does. @param item undefined when there are no more. */
  take(item: string | Uint8Array | undefined): void
}

export class Inbox<T extends string | Uint8Array> implements Task {
  queued = false
  readonly #owner: InboxOwner
  readonly #unread: Unread<T>
  /** Whether the session's last item was typed hidden. */
  sessionHidden = false
  /** The handler's run to which waits belong, where it is written down. */
  conversation: Conversation | undefined
  #full = false
  /** Handlers that wait, first come, first served. */
  readonly #waiters: Waiter<T>[] = []
  /** The session while it rests: served when no handler waits. */
  #session: SessionWaiter | undefined
  /** Lines are there but must wait, since the client's output is stuck. */
  #held = false
  /** Nothing is given out any more: the client moves to another process. */
  #frozen = false
  /** Whoever waits will wait for ever. */
  #abandoned = false
  #onDropped: ((item: string | Uint8Array) => void) | undefined
  #ended = false
  #finished = false
  /** The session gets no more items; handlers still do. */
  #draining = false

  constructor(owner: InboxOwner) {
    this.#owner = owner
    this.#unread = new Unread(owner.limits)
  }

  get unread(): number {
    return this.#unread.count
  }

  /** The same in bytes, as they came over the wire. */
  get unreadBytes(): number {
    return this.#unread.bytes
  }

  /** No more will come. */
  get ended(): boolean {
    return this.#ended
  }

  /** No more will come, and everything that came has been read. */
  get finished(): boolean {
    return this.#finished
  }

  /** How many items have been given out. */
  get taken(): number {
    return this.#unread.taken
  }

  /** Everything unread, oldest first. */
  snapshot(): T[] {
    return this.#unread.snapshot()
  }

  /** Another process's program was given the first of them; for an inbox that nobody has used yet. */
  drop(count: number): void {
    for (let i = 0; i < count && this.unread > 0; i++) this.#shift()
    this.#full = this.#unread.exceeded !== undefined
  }

  /** Drops the next item, whenever it comes. @param onDropped is told what it was. */
  dropNext(onDropped: (item: string | Uint8Array) => void): void {
    if (this.unread > 0) onDropped(this.#shift())
    else this.#onDropped = onDropped
  }

  /** Too much is unread. */
  get full(): boolean {
    return this.#full
  }

  /** A handler waits for an item, and one may come: it is not about to be told of the end. */
  get awaited(): boolean {
    return this.#waiters.length > 0 && !this.#isAtEnd
  }

  /** From now on nobody gets an item. */
  freeze(): void {
    this.#frozen = true
  }

  /** What is left of it is given out by another process: here nobody will hear of an end. */
  get parked(): boolean {
    return this.#frozen && !this.#isAtEnd
  }

  /** The client is another process's. */
  get abandoned(): boolean {
    return this.#abandoned
  }

  /** From now on nobody is told anything, not even of the end. */
  abandon(): void {
    this.#abandoned = true
    // Their time runs in another process.
    this.forgetWaiters()
  }

  /**
   * @param bytes how many bytes it was on the wire.
   * @param hidden its user may have typed it hidden.
   */
  push(item: T, bytes: number, hidden = false): void {
    if (this.#ended) return
    this.#unread.add(item, bytes, hidden)
    if (this.#onDropped !== undefined) {
      const onDropped = this.#onDropped
      this.#onDropped = undefined
      onDropped(this.#shift())
    }
    if (!this.#full) this.#checkFull()
    this.#wake()
  }

  /** No more will be pushed. Unread items are still delivered; whoever waits after them is told that this is the end. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#owner.executor.ready(this)
    if (this.unread > 0) this.#owner.inboxEnding()
  }

  /** Ends at once: unread items are dropped. */
  close(): void {
    this.#unread.clear()
    this.end()
    this.#owner.executor.ready(this)
  }

  /**
   * Has the session's loop end as soon as it asks again, while handlers go on getting items.
   *
   * @returns whether a handler is running: false where the session was waiting for its next item.
   */
  drain(): boolean {
    this.#draining = true
    return this.#session === undefined
  }

  /** Keeps unread items back until `release`. */
  hold(): void {
    this.#held = true
  }

  release(): void {
    this.#held = false
    this.#wake()
  }

  /**
   * The next item, for a handler. Nobody needs to look at the promise: a rejection that nobody handles is no error.
   *
   * @param owner may take the wait back by `withdraw`.
   * @param outcome what the promise settles with.
   */
  next<R = T>(
    options?: WaitOptions,
    owner?: object,
    question: Question = LINE,
    outcome: Outcome<T, R> = LINE_ITSELF as Outcome<unknown, never>,
  ): Promise<R> {
    const signal = options?.signal ?? undefined
    const timeout = options?.timeout
    let asked: AskedQuestion | undefined
    try {
      if (timeout !== undefined) checkMilliseconds('nextLine()', 'timeout', timeout)
      if (signal !== undefined) checkSignal('nextLine()', signal)
      if (this.conversation !== undefined) asked = this.#ask(this.conversation, question, timeout)
    } catch (error) {
      return refused(outcome, error)
    }
    if (isAnythingSilent()) {
      if (asked?.conversation.replay !== undefined) {
        const waiter = new Waiter(outcome, owner, asked)
        this.#replay(waiter, asked, signal, timeout)
        return waiter.promise
      }
      if (asked === undefined && leavesItsReplay()) return new Promise(() => {})
    }
    if (signal?.aborted) {
      if (asked !== undefined) asked.conversation.answer(['abort', asked.number, recordOf(signal.reason)])
      return refused(outcome, signal.reason)
    }
    if (this.#mayTake()) {
      const item = this.#shift()
      asked?.conversation.line(asked.number, item, this.#unread.lastHidden)
      return served(outcome, item)
    }
    const waiter = new Waiter(outcome, owner, asked)
    if (signal !== undefined || timeout !== undefined) this.#bound(waiter, signal, timeout)
    this.#waiters.push(waiter)
    this.#wake()
    return waiter.promise
  }

  /**
   * An item for a handler that may have one right now, and whose waits are not written down; with `next` that takes three
   * promises where this takes none.
   */
  take(): T | undefined {
    return this.conversation === undefined && !isAnythingSilent() && this.#mayTake()
      ? this.#shift()
      : undefined
  }

  #mayTake(): boolean {
    return this.#waiters.length === 0 && this.#available && this.#owner.executor.grant(this)
  }

  #ask(
    conversation: Conversation,
    question: Question,
    timeout: number | undefined,
  ): AskedQuestion | undefined {
    if (!conversation.isAsking) return undefined
    const isBounded = timeout !== undefined && timeout !== Number.POSITIVE_INFINITY
    const deadline = isBounded ? this.#owner.clock.now() + timeout : undefined
    const number = conversation.ask({ kind: question.kind, hint: hintOf(question), deadline })
    return number === undefined ? undefined : { conversation, number }
  }

  /** A wait of a conversation that is replayed: the journal answers it, or, when that is used up, the client. */
  #replay(
    waiter: Waiter<T>,
    { conversation, number }: AskedQuestion,
    signal: AbortSignal | undefined,
    timeout: number | undefined,
  ): void {
    const replay = conversation.replay as NonNullable<typeof conversation.replay>
    this.#waiters.push(waiter)
    const due = replay.deadlineOf(number)
    replay.take(number, (answer) => {
      if (answer !== undefined) {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        this.#settle(waiter, answer, signal, timeout)
      } else if (signal?.aborted) this.#giveUp(waiter, signal.reason, 'abort')
      else {
        const left = due === undefined ? timeout : Math.max(0, due - this.#owner.clock.now())
        if (signal !== undefined || left !== undefined) this.#bound(waiter, signal, left, timeout)
        this.#wake()
      }
    })
  }

  /** Gives a wait what it was given in another process. */
  #settle(
    waiter: Waiter<T>,
    answer: Answer,
    signal: AbortSignal | undefined,
    timeout: number | undefined,
  ): void {
    switch (answer[0]) {
      case 'timeout':
        waiter.refuse(this.#lateFor(timeout))
        break
      case 'abort':
        waiter.refuse(signal?.aborted ? signal.reason : errorOf(answer[2]))
        break
      case 'end':
        waiter.refuse(this.#owner.disconnected())
        break
      default:
        waiter.serve((waiter.asked as AskedQuestion).conversation.itemOf(answer) as T)
    }
  }

  /** Those who wait for an item will wait for ever: their handler is run anew. */
  forgetWaiters(): void {
    for (const waiter of this.#waiters.splice(0)) waiter.release?.()
  }

  /** Takes back the waits of `owner`: each rejects with `WITHDRAWN`, and its line goes to whoever comes next. */
  withdraw(owner: object): void {
    for (const waiter of this.#waiters.filter((waiter) => waiter.owner === owner)) {
      this.#giveUp(waiter, WITHDRAWN, 'withdrawn')
    }
  }

  /** An item for the session's loop, if it may have one right now. */
  poll(): T | undefined {
    return !this.#draining && this.#mayTake() ? this.#shiftForSession() : undefined
  }

  /** The session takes the next item as soon as no handler wants it. */
  rest(session: SessionWaiter): void {
    this.#session = session
    this.#wake()
    if (!this.#draining) return
    this.#owner.inboxDrained()
    this.close()
  }

  /** The executor's turn for this client. */
  run(): void {
    if (this.#abandoned) return
    if (!this.#available) {
      if (this.#isAtEnd) this.#finish()
      return
    }
    const waiter = this.#waiters.shift()
    if (waiter !== undefined) {
      this.#owner.executor.grant(this)
      waiter.release?.()
      const item = this.#shift()
      waiter.asked?.conversation.line(waiter.asked.number, item, this.#unread.lastHidden)
      waiter.serve(item)
    } else if (this.#session !== undefined) {
      this.#owner.executor.grant(this)
      const session = this.#session
      this.#session = undefined
      session.take(this.#shiftForSession())
    }
    // The next waiter is resumed in a step of its own, after this one has run as far as it can.
    this.#wake()
  }

  ran(): void {
    // Here and not while it runs: reading goes on at a point that does not depend on how a handler awaits (rule 18).
    if (this.#full) this.#checkRoom()
    this.#owner.inboxRan()
  }

  get #available(): boolean {
    return this.#unread.count > 0 && !this.#held && !this.#frozen && this.conversation?.replay === undefined
  }

  #wake(): void {
    const wanted = this.#waiters.length > 0 || this.#session !== undefined
    if (wanted && (this.#available || this.#isAtEnd)) this.#owner.executor.ready(this)
  }

  /** No item is left, none will come, and whoever waits may know. */
  get #isAtEnd(): boolean {
    return this.#ended && this.unread === 0 && this.conversation?.replay === undefined
  }

  /** Something unread was typed hidden. */
  get hasHidden(): boolean {
    return this.#unread.hasHidden
  }

  #shiftForSession(): T {
    const item = this.#shift()
    this.sessionHidden = this.#unread.lastHidden
    return item
  }

  #shift(): T {
    const item = this.#unread.take()
    if (this.#ended && this.#unread.count === 0) this.#owner.executor.ready(this)
    return item
  }

  #checkFull(): void {
    const limit = this.#unread.exceeded
    if (limit === undefined) return
    this.#full = true
    this.#owner.inboxFull(limit)
  }

  #checkRoom(): void {
    if (!this.#unread.hasRoom) return
    this.#full = false
    this.#owner.inboxHasRoom()
  }

  #finish(): void {
    if (!this.#finished) {
      this.#finished = true
      this.#owner.inboxEnded()
    }
    for (const waiter of this.#waiters.splice(0)) {
      waiter.release?.()
      waiter.asked?.conversation.answer(['end', waiter.asked.number])
      waiter.refuse(this.#owner.disconnected())
    }
    this.#session?.take(undefined)
    this.#session = undefined
  }

  #lateFor(timeout: number | undefined): TimeoutError {
    return new TimeoutError(`Waiting for a line of ${this.#owner}`, timeout ?? 0)
  }

  /**
   * Gives a wait its ends. Whichever comes first leaves the line, when it comes, to the next waiter.
   *
   * @param asked how long the program said that it would wait, where some of that has passed in another process.
   */
  #bound(
    waiter: Waiter<T>,
    signal: AbortSignal | undefined,
    timeout: number | undefined,
    asked = timeout,
  ): void {
    const { clock } = this.#owner
    const onAbort = (): void => this.#giveUp(waiter, signal?.reason, 'abort')
    signal?.addEventListener('abort', onAbort, { once: true })
    const onLate = (): void => {
      // Its line is there, and its turn is about to come: the process was busy for longer than it wanted to wait.
      if (this.#available && this.#waiters[0] === waiter) alarm = clock.setTimeout(onLate, 1)
      else this.#giveUp(waiter, this.#lateFor(asked), 'timeout')
    }
    const isBounded = timeout !== undefined && timeout !== Number.POSITIVE_INFINITY
    let alarm = isBounded ? clock.setTimeout(onLate, timeout) : undefined
    waiter.release = () => {
      signal?.removeEventListener('abort', onAbort)
      if (alarm !== undefined) clock.clearTimeout(alarm)
    }
  }

  #giveUp(waiter: Waiter<T>, reason: unknown, type: 'abort' | 'timeout' | 'withdrawn'): void {
    waiter.release?.()
    const { asked } = waiter
    if (type === 'withdrawn') asked?.conversation.withdraw(asked.number)
    else if (type === 'timeout') asked?.conversation.answer(['timeout', asked.number])
    else asked?.conversation.answer(['abort', asked.number, recordOf(reason)])
    this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
    waiter.refuse(reason)
  }
}

/** What a wait that was taken back rejects with. Only its owner sees it. */
export const WITHDRAWN = Symbol('withdrawn')
