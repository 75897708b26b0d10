/**
 * Handlers that wait for a client's next item, first come, first served (contract rules 10 to 12). Each of them may wait no
 * longer than a timeout or a signal lets it, and may be a wait that a journal answers.
 */
import type { Alarm, Clock } from '../clock.js'
import { errorOf, recordOf } from '../conversation/errors.js'
import type { Answer, LineAnswer } from '../conversation/journal.js'
import { TimeoutError } from '../errors.js'
import type { WaitOptions } from '../wait.js'
import type { AskedQuestion, Waiter } from './waiter.js'

/** What they need of the inbox for whose items they wait. */
export interface WaitersHost {
  readonly clock: Clock
  /** An item is there, and the first of them is about to get it. */
  readonly available: boolean
  /** The client is another process's, and so is the time of its waits. */
  readonly abandoned: boolean
  /** They may be served from now on. */
  wake(): void
  /** What waits end in when no item will come. */
  disconnected(): Error
  /** Whose items they are, for messages. */
  toString(): string
}

/** What a wait that was taken back rejects with. Only its owner sees it. */
export const WITHDRAWN = Symbol('withdrawn')

export class Waiters<T> {
  readonly #host: WaitersHost
  readonly #all: Waiter<T>[] = []

  constructor(host: WaitersHost) {
    this.#host = host
  }

  get waiting(): boolean {
    return this.#all.length > 0
  }

  /** Somebody among them waits in vain where another process goes on, and the client may stand behind a prompt. */
  get prompting(): boolean {
    return this.#all.some(({ returns }) => !returns)
  }

  add(waiter: Waiter<T>, signal: AbortSignal | undefined, timeout: number | undefined): void {
    if (signal !== undefined || timeout !== undefined) this.#bound(waiter, signal, timeout)
    this.#all.push(waiter)
    this.#host.wake()
  }

  /** A wait of a conversation that is replayed: the journal answers it, or, when that is used up, the client. */
  replay(
    waiter: Waiter<T>,
    { conversation, number }: AskedQuestion,
    signal: AbortSignal | undefined,
    timeout: number | undefined,
  ): void {
    const replay = conversation.replay as NonNullable<typeof conversation.replay>
    this.#all.push(waiter)
    const due = replay.deadlineOf(number)
    replay.take(number, (answer) => {
      if (answer !== undefined) {
        this.#remove(waiter)
        this.#settle(waiter, answer, { signal, timeout })
      } else if (signal?.aborted) this.#giveUp(waiter, signal.reason, 'abort')
      else {
        // Never longer than was asked for: the clock may have been set back.
        const most = timeout ?? Number.POSITIVE_INFINITY
        const left = due === undefined ? timeout : Math.min(most, Math.max(0, due - this.#host.clock.now()))
        if (signal !== undefined || left !== undefined) this.#bound(waiter, signal, left, timeout)
        this.#host.wake()
      }
    })
  }

  /** Gives the first of them an item; there must be one. @param hidden it was typed hidden. */
  serve(item: T, hidden: boolean): void {
    const waiter = this.#all.shift() as Waiter<T>
    waiter.release?.()
    waiter.asked?.conversation.line(waiter.asked.number, item as string | Uint8Array, hidden)
    waiter.serve(item)
  }

  /** Tells all of them that no item will come. */
  end(): void {
    for (const waiter of this.#all.splice(0)) {
      waiter.release?.()
      waiter.asked?.conversation.answer(['end', waiter.asked.number])
      waiter.refuse(this.#host.disconnected())
    }
  }

  /** They will wait for ever: their handler is run anew. */
  forget(): void {
    for (const waiter of this.#all.splice(0)) waiter.release?.()
  }

  /** Takes back the waits of `owner`: each rejects with `WITHDRAWN`, and its item goes to whoever comes next. */
  withdraw(owner: object): void {
    for (const waiter of this.#all.filter((waiter) => waiter.owner === owner)) {
      this.#giveUp(waiter, WITHDRAWN, 'withdrawn')
    }
  }

  /** Gives a wait what it was given in another process. */
  #settle(waiter: Waiter<T>, answer: Answer, { signal, timeout }: WaitOptions): void {
    switch (answer[0]) {
      case 'timeout':
        waiter.refuse(this.#lateFor(timeout))
        break
      case 'abort':
        waiter.refuse(signal?.aborted ? signal.reason : errorOf(answer[2]))
        break
      case 'end':
        waiter.refuse(this.#host.disconnected())
        break
      default:
        waiter.serve((waiter.asked as AskedQuestion).conversation.itemOf(answer as LineAnswer) as T)
    }
  }

  /**
   * Gives a wait its ends. Whichever comes first leaves the item, when it comes, to the next waiter.
   *
   * @param asked how long the program said that it would wait, where some of that has passed in another process.
   */
  #bound(
    waiter: Waiter<T>,
    signal: AbortSignal | undefined,
    timeout: number | undefined,
    asked = timeout,
  ): void {
    // A handler that was at work when its client went: it waits for ever, and must not keep the process running for that.
    if (this.#host.abandoned) return
    const { clock } = this.#host
    const onAbort = (): void => this.#giveUp(waiter, signal?.reason, 'abort')
    signal?.addEventListener('abort', onAbort, { once: true })
    let alarm: Alarm
    const onLate = (): void => {
      // Its item is there, and its turn is about to come: the process was busy for longer than it wanted to wait.
      if (this.#host.available && this.#all[0] === waiter) alarm = clock.setTimeout(onLate, 1)
      else this.#giveUp(waiter, this.#lateFor(asked), 'timeout')
    }
    if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) {
      alarm = clock.setTimeout(onLate, timeout)
    }
    waiter.release = () => {
      signal?.removeEventListener('abort', onAbort)
      clock.clearTimeout(alarm)
    }
  }

  #giveUp(waiter: Waiter<T>, reason: unknown, type: 'abort' | 'timeout' | 'withdrawn'): void {
    waiter.release?.()
    const { asked } = waiter
    if (type === 'withdrawn') asked?.conversation.withdraw(asked.number)
    else if (type === 'timeout') asked?.conversation.answer(['timeout', asked.number])
    else asked?.conversation.answer(['abort', asked.number, recordOf(reason)])
    this.#remove(waiter)
    waiter.refuse(reason)
  }

  #remove(waiter: Waiter<T>): void {
    this.#all.splice(this.#all.indexOf(waiter), 1)
  }

  #lateFor(timeout: number | undefined): TimeoutError {
    return new TimeoutError(`Waiting for a line of ${this.#host}`, timeout ?? 0)
  }
}
