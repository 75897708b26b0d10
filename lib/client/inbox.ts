/**
 * What a client has sent and nobody has read yet, and whoever waits for more (contract rules 10 to 12).
 *
 * Every line that reaches a program passes here. Waiters are resumed by the executor, never from `push`, so that the
 * order between clients is the order of the run queue.
 */
import type { Clock } from '../clock.js'
import { isAnythingSilent } from '../conversation/context.js'
import { type Conversation, leavesItsReplay } from '../conversation/conversation.js'
import { recordOf } from '../conversation/errors.js'
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
import { Waiters, type WaitersHost } from './waiters.js'

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

export class Inbox<T extends string | Uint8Array> implements Task, WaitersHost {
  queued = false
  readonly #owner: InboxOwner
  readonly #unread: Unread<T>
  /** Whether the session's last item was typed hidden. */
  sessionHidden = false
  /** The handler's run to which waits belong, where it is written down. */
  conversation: Conversation | undefined
  #full = false
  /** Handlers that wait, first come, first served. */
  #waiters: Waiters<T> | undefined
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
    return this.#isAwaited && !this.#isAtEnd
  }

  /** The same, and its wait ends with the process: the user may stand behind a prompt. */
  get prompting(): boolean {
    return this.awaited && this.#waiters?.prompting === true
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
    this.wake()
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
    this.wake()
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
        this.#allWaiters().replay(waiter, asked, signal, timeout)
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
    this.#allWaiters().add(waiter, signal, timeout)
    return waiter.promise
  }

  #mayTake(): boolean {
    return !this.#isAwaited && this.available && this.#owner.executor.grant(this)
  }

  #allWaiters(): Waiters<T> {
    this.#waiters ??= new Waiters(this)
    return this.#waiters
  }

  get #isAwaited(): boolean {
    return this.#waiters?.waiting === true
  }

  get clock(): Clock {
    return this.#owner.clock
  }

  disconnected(): Error {
    return this.#owner.disconnected()
  }

  toString(): string {
    return this.#owner.toString()
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

  /** Those who wait for an item will wait for ever: their handler is run anew. */
  forgetWaiters(): void {
    this.#waiters?.forget()
  }

  /** Takes back the waits of `owner`: see `Waiters.withdraw`. */
  withdraw(owner: object): void {
    this.#waiters?.withdraw(owner)
  }

  /** An item for the session's loop, if it may have one right now. */
  poll(): T | undefined {
    return !this.#draining && this.#mayTake() ? this.#shiftForSession() : undefined
  }

  /** The session takes the next item as soon as no handler wants it. */
  rest(session: SessionWaiter): void {
    this.#session = session
    this.wake()
    if (!this.#draining) return
    this.#owner.inboxDrained()
    this.close()
  }

  /** The executor's turn for this client. */
  run(): void {
    if (this.#abandoned) return
    if (!this.available) {
      if (this.#isAtEnd) this.#finish()
      return
    }
    if (this.#waiters?.waiting) {
      this.#owner.executor.grant(this)
      const item = this.#shift()
      this.#waiters.serve(item, this.#unread.lastHidden)
    } else if (this.#session !== undefined) {
      this.#owner.executor.grant(this)
      const session = this.#session
      this.#session = undefined
      session.take(this.#shiftForSession())
    }
    // The next waiter is resumed in a step of its own, after this one has run as far as it can.
    this.wake()
  }

  ran(): void {
    // Here and not while it runs: reading goes on at a point that does not depend on how a handler awaits (rule 18).
    if (this.#full) this.#checkRoom()
    this.#owner.inboxRan()
  }

  /** An item is there, and whoever waits may have it. */
  get available(): boolean {
    return this.#unread.count > 0 && !this.#held && !this.#frozen && this.conversation?.replay === undefined
  }

  /** Whoever waits may have become able to go on. */
  wake(): void {
    const wanted = this.#isAwaited || this.#session !== undefined
    if (wanted && (this.available || this.#isAtEnd)) this.#owner.executor.ready(this)
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
    this.#waiters?.end()
    this.#session?.take(undefined)
    this.#session = undefined
  }
}
