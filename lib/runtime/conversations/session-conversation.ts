/**
 * The conversations of one client, one after another. The dispatcher tells it which handler runs; it keeps the journal, and
 * runs a handler of another process again.
 */
import { type AnyClient, channelOf } from '../../client/client.js'
import type { Flushable } from '../../client/scheduler.js'
import { isFollowed, isFollowing, runIn } from '../../conversation/context.js'
import { Conversation, type ConversationHost } from '../../conversation/conversation.js'
import { isLedElsewhere } from '../../conversation/elsewhere.js'
import { StepError } from '../../conversation/errors.js'
import { itemOf, Journal, readJournal, takeBack, upToLastAnswer } from '../../conversation/journal.js'
import { type Divergence, Replay } from '../../conversation/replay.js'
import type { Sealer } from '../../conversation/seal.js'
import { Connect } from '../../events/catalogue.js'
import type { Event, EventClass } from '../../events/event.js'
import type { Handler, HandlerPlace, StepWatch } from '../../events/handler.js'
import { Deferred } from '../../wait.js'
import type { HandlerName, HandlerRuns } from '../dispatcher.js'
import type { DivergenceReport } from '../edge-port.js'
import { shownName } from '../handler-name.js'
import { decodePlain, encodePlain } from '../plain-data.js'
import type { ResumedEvent } from '../progress.js'
import type { SessionEvents } from '../session-events.js'
import { assignInPlace } from './in-place.js'
import { eventOf, type Head, type HeadHost, type Place, placeNow, propertiesOf } from './journal-head.js'

export interface ConversationsHost extends HeadHost {
  readonly settings: { readonly maxJournal: number; readonly maxJournalBytes: number }
  readonly executor: { flushLater(flushable: Flushable): void }
  readonly events: SessionEvents & { find(eventClass: EventClass, handler: HandlerName): number | undefined }
  /** No other process follows: what conversations begin with is not written down. */
  readonly dry?: boolean
  /** There is something new of the client's to send to the edge. */
  touch(client: AnyClient): void
}

/** A handler of another process that is being brought to where it was. */
export interface Replayed {
  /** For its session; undefined where it could not even begin. */
  readonly resumed: ResumedEvent | undefined
  /** Resolves with where it has left its way, if it has. */
  readonly outcome: Promise<DivergenceReport | undefined>
  /** Everything that was recorded has happened: what it does now is done when it is released. */
  catchUp(): void
  /**
   * Where it has come farther than the process before, it is run once more, and only up to its last answer: what comes after
   * that is done when it is released. Undefined where it has not, or where that can't be.
   */
  retry(): Replayed | undefined
  /** It never goes on, and its journal is of no use. Nobody is told, its own clean-up neither. */
  drop(): void
}

/** What a handler would go on with, had it not been given its last line. */
export interface TakenBack {
  readonly journal: string
  readonly data: string | Uint8Array
}

export class SessionConversation implements ConversationHost, HandlerRuns, Flushable, StepWatch {
  readonly replayed = undefined
  readonly journal: Journal
  readonly #client: AnyClient
  readonly #host: ConversationsHost
  /** Of the handler that runs, as all that follows. */
  #event: Event | undefined
  #handler: (() => HandlerName) | undefined
  #properties: string | undefined
  #state = ''
  #place: Place | undefined
  #current: Conversation | undefined
  /** A run of the same handler that the current one has taken the place of: what it has begun goes on. */
  #former: Conversation | undefined
  /** For the journal of another process. */
  #replay: Replay | undefined
  #dirty = false
  #onWritten: (() => void)[] | undefined
  first = 0
  /** For a handler that is replayed: where it begins. */
  place: HandlerPlace | undefined

  /** @param length bytes of the journal that another process has left. */
  constructor(client: AnyClient, host: ConversationsHost, length: number) {
    this.#client = client
    this.#host = host
    this.journal = new Journal(length)
  }

  begin(event: Event): this {
    this.#event = event
    this.first = 0
    this.place = undefined
    return this
  }

  end(): void {
    this.#current?.end()
    this.#current = undefined
    this.#former = undefined
    // An idle client keeps neither its last line, which may be long, or a secret, nor a copy of its state.
    this.#event = undefined
    this.#handler = undefined
    this.#state = ''
    this.#properties = undefined
    this.#place = undefined
    channelOf(this.#client).inbox.conversation = undefined
  }

  /** Whether the handler that runs has begun this work, which it will begin again if it is replayed or begins again. */
  hasBegun(work: object): boolean {
    return work === this.#current || work === this.#former
  }

  // --- From the dispatcher

  run(
    event: Event,
    handler: () => HandlerName,
    position: number,
    start: (watch?: StepWatch) => PromiseLike<unknown> | undefined,
  ): PromiseLike<unknown> | undefined {
    this.#current?.end()
    this.#handler = handler
    this.place = undefined
    this.#place = undefined
    if (!this.#host.dry) {
      this.#state = this.#stateNow()
      this.#properties = position === 0 ? undefined : propertiesOf(event, this.#host)
    }
    const conversation = new Conversation(this)
    this.#current = conversation
    channelOf(this.#client).inbox.conversation = conversation
    const isKnown = isFollowing() || isFollowed()
    const pending = isKnown ? runIn(conversation.context, () => start(this)) : start(this)
    // Those before it are not run again, even if it asks nothing.
    if (pending !== undefined && position > 0) conversation.begin()
    return pending
  }

  // --- From a handler with steps

  make<T>(handler: () => T): T {
    return this.#current === undefined ? handler() : this.#current.make(handler)
  }

  stepDone(handler: Handler, fresh: Readonly<Record<string, unknown>>): void {
    this.place = undefined
    if (this.#host.dry || this.#event === undefined) return
    const place = placeNow(handler, fresh, this.#host)
    if (place === undefined) return
    this.#place = place
    this.#state = this.#stateNow()
    this.#properties = propertiesOf(this.#event, this.#host)
    this.#current?.endStep()
  }

  // --- For the conversation

  get settings(): ConversationsHost['settings'] {
    return this.#host.settings
  }

  get sealer(): Sealer {
    return this.#host.sealer
  }

  get ledElsewhere(): boolean {
    return isLedElsewhere(this.#client)
  }

  head(): Head {
    return {
      event: this.#event instanceof Connect ? 'connect' : 'receive',
      handler: this.#handler?.() as HandlerName,
      again: (this.#event as Connect).again,
      state: this.#state,
      ...(this.#properties && { properties: this.#properties }),
      ...(this.#place && { place: this.#place }),
    }
  }

  changed(): void {
    if (this.#dirty) return
    this.#dirty = true
    // Not before what was written has been handed over, so that an answer and its effect are in one turn.
    this.#host.executor.flushLater(this)
  }

  written(): Promise<void> {
    this.changed()
    return new Promise((resolve) => {
      this.#onWritten ??= []
      this.#onWritten.push(resolve)
    })
  }

  flush(): void {
    this.#dirty = false
    this.#host.touch(this.#client)
    // What a process does that has let the client go, the one after it does, too.
    if (channelOf(this.#client).inbox.abandoned) return
    // Whoever waits goes on when the turn has been sent, since it is sent before any promise is looked at.
    const resolves = this.#onWritten ?? []
    this.#onWritten = undefined
    for (const resolve of resolves) resolve()
  }

  tooLong(): void {
    if (this.#handler === undefined) return
    const handler = `the handler ${shownName(this.#handler().name)} of ${(this.#event as Event).constructor.name}`
    const { maxJournal, maxJournalBytes } = this.#host.settings
    this.#host.warn(
      `A conversation with ${handler} has become longer than the settings maxJournal (${maxJournal} answers) and ` +
        `maxJournalBytes (${maxJournalBytes}) allow. It is begun again if the process is replaced. Use loop() of ` +
        'mara-ts/conversation for what has no end, or raise the settings.',
    )
  }

  encode(what: string, value: unknown): string {
    let problem: string | undefined
    const text = encodePlain(value, this.#host.names, (place, why) => {
      problem ??= `${place === '' ? '' : ` (${place})`}: ${why}`
    })
    if (problem !== undefined) throw new StepError(`${what} can't be restored as it is${problem}.`)
    return text
  }

  decode(text: string): unknown {
    return decodePlain(text, this.#host.names)
  }

  // --- From another process

  /** Reads a journal, ahead of `replay`. */
  read(text: string, holdsLast = false): Replay {
    const replay = new Replay(readJournal(text), undefined, holdsLast)
    this.#replay = replay
    return replay
  }

  /** Takes the last line out of the journal, with all that came of it; undefined where there is none. */
  takeBack(text: string): TakenBack | undefined {
    const before = takeBack(text)
    if (before === undefined) return undefined
    this.journal.cut(Buffer.byteLength(before.text))
    this.#replay = undefined
    return { journal: before.text, data: itemOf(before.answer, this.sealer.unseal) }
  }

  replay(
    text: string,
    savedState: string,
    data: string | Uint8Array | undefined,
    holdsLast = false,
  ): Replayed {
    const client = this.#client
    const replay = this.#replay ?? this.read(text, holdsLast)
    this.#replay = undefined
    const { saved } = replay
    const head = saved.head as Head
    // Nothing was asked, so nothing tells what of it was done: it begins again, and what it does is done.
    const isAnew = saved.records.length === 0
    const again = head.again || (isAnew && head.place === undefined)
    const event = eventOf(head, client, data, again, this.#host.names)
    const position = this.#host.events.find(event.constructor as EventClass, head.handler)
    if (position === undefined)
      throw new Error(`there is no handler ${shownName(head.handler.name)} any more`)
    const fields =
      head.place && (this.decode(this.sealer.unseal(head.place.sealed)) as Record<string, unknown>)
    this.begin(event)
    this.first = position
    this.place = head.place && { ...head.place, fields: fields ?? {} }
    this.#handler = () => head.handler
    this.#state = head.state
    this.#properties = head.properties
    this.#place = head.place
    if (!isAnew) client.state = this.decode(head.state)

    const conversation = new Conversation(this, replay)
    this.#current = conversation
    const { inbox } = channelOf(client)
    inbox.conversation = conversation
    const begun = new Deferred()
    if (!isAnew) begun.resolve()
    const released = new Deferred()
    const ended = begun.promise.then(() =>
      this.#start(event, conversation, () => {
        replay.handlerEnded()
        return released.promise
      }),
    )
    ended.then(
      () => replay.handlerEnded(),
      (error) => replay.handlerEnded(error),
    )
    replay.begin()
    const release = (): void => {
      conversation.goOn()
      conversation.context.unmute()
      replay.release()
      begun.resolve()
      released.resolve()
    }
    return {
      resumed: { event, ended, release },
      outcome: replay.outcome.then((divergence) => divergence && this.#tell(divergence, head, event)),
      catchUp: () => {
        assignInPlace(client, 'state', this.decode(savedState))
        conversation.context.voice = 'held'
      },
      retry: () => {
        const before = replay.beyond ? upToLastAnswer(text) : undefined
        if (before === undefined) return undefined
        inbox.forgetWaiters()
        conversation.abandon()
        this.#former = conversation
        this.journal.cut(Buffer.byteLength(before))
        return this.replay(before, savedState, data, true)
      },
      drop: () => {
        client.state = this.decode(savedState)
        inbox.forgetWaiters()
        this.end()
        this.#former = conversation
      },
    }
  }

  /**
   * The handler that was cut short, and those that come after it.
   *
   * @param done is called when it has ended. Those after it begin when what it gives resolves: they are not brought back, and
   * do nothing as long as its journal may be needed once more.
   */
  #start(
    event: Event,
    conversation: Conversation,
    done: () => Promise<void>,
  ): PromiseLike<unknown> | undefined {
    const runs: HandlerRuns = {
      replayed: this.first,
      first: this.first,
      run: (handled, handler, position, start) =>
        position === this.first
          ? runIn(conversation.context, () => start(this))
          : done().then(() => this.run(handled, handler, position, start)),
    }
    return this.#host.events.dispatch(event, undefined, undefined, runs)
  }

  #tell(divergence: Divergence, { handler }: Head, event: Event): DivergenceReport {
    const { name } = event.constructor
    return { ...divergence, client: String(this.#client), event: name, handler: handler.name }
  }

  #stateNow(): string {
    return encodePlain(this.#client.state, this.#host.names, () => {})
  }
}
