/**
 * The whole program of one client.
 */
import { MAX_CLOSING } from '../client/channel.js'
import type { EndListener } from '../client/channel-init.js'
import { type AnyClient, channelOf } from '../client/client.js'
import type { SessionWaiter } from '../client/inbox.js'
import { runProgram } from '../client/scheduler.js'
import type { Alarm } from '../clock.js'
import { Context, isFollowed, runIn } from '../conversation/context.js'
import { Connect, Disconnect, Receive } from '../events/catalogue.js'
import { type Event, handlerOf } from '../events/event.js'
import { hasGone } from '../events/settle.js'
import type { Flights } from '../observability/tallies.js'
import { dismiss, type ServiceTexts } from '../texts.js'
import type { HandlerRuns } from './dispatcher.js'
import { isHandling, newProgress, type Progress } from './progress.js'
import { handle, type SessionEvents } from './session-events.js'

/** What a session needs besides its client. */
export interface SessionHost {
  readonly events: SessionEvents
  /** Writes down what the client's handlers are given, where they are to outlive the process. */
  readonly conversations?: SessionConversations | undefined
  /** Handlers of `Connect` run. */
  begun?(client: AnyClient): void
  /** `Connect` is done. */
  readonly connected?: ((client: AnyClient) => void) | undefined
  /** The client has no more lines; `Disconnect` is next. */
  leaving(client: AnyClient): void
  /** `Disconnect` is done. */
  over?(client: AnyClient): void
  /** Milliseconds that a handler may go on when its client has gone. */
  readonly drain: number
  readonly texts: ServiceTexts
  /** A handler was still running after that, and is not waited for. */
  leftBehind(event: Event, handler: unknown): void
}

/** See `Conversations`. */
export interface SessionConversations {
  /** The handlers of an event of the client's are about to run. */
  begin(client: AnyClient, event: Event): HandlerRuns
  /** They have run. */
  end(client: AnyClient): void
}

/**
 * Milliseconds, at least, that the lines of a client that has gone wait for a handler to ask for one of them. Longer than
 * `drain`, since lines that came are to be delivered, and a handler may have its hands full with the one before.
 */
const UNREAD_GRACE = 60_000

/**
 * From `Connect` to `Disconnect`. `Receive` gets each line that no handler has asked for.
 *
 * It reads as `for await (const line of client) await dispatch(new Receive({ client, data: line }))` would, but takes
 * lines that are there without waiting for them, and awaits only handlers that have something to await. Between lines
 * nothing of it is left but this object: what an async function keeps while it waits is 1 kB for each idle client, and
 * with thousands of them the collector copies it all the time.
 */
export class Session implements SessionWaiter, EndListener {
  readonly progress: Progress
  readonly #client: AnyClient
  readonly #host: SessionHost
  #alarm: Alarm
  /** `Disconnect` has been triggered. */
  #hasLeft = false
  #ended: Promise<void> | undefined
  #resolveEnded: (() => void) | undefined

  constructor(client: AnyClient, host: SessionHost, progress: Progress = newProgress()) {
    this.#client = client
    this.#host = host
    this.progress = progress
  }

  /** Resolves when `Disconnect` is done. */
  get ended(): Promise<void> {
    if (this.progress.at === 'over') return Promise.resolve()
    this.#ended ??= new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    return this.#ended
  }

  /** Its turn has come. */
  begin(): void {
    runProgram(() => {
      const { at, resumed } = this.progress
      if (at === 'new' || resumed?.event instanceof Connect) void this.#connect()
      else this.#connected()
      if (at === 'new') this.#host.begun?.(this.#client)
      // Handlers run already: where the peer has gone, their time begins.
      channelOf(this.#client).onEnd(this)
    })
  }

  /** A line that no handler wants, after `Inbox.rest`; undefined when there are no more. */
  take(line: string | Uint8Array | undefined): void {
    runProgram(() => {
      if (line === undefined) this.leave()
      else if (!this.#hasLeft) this.#serve(line)
    })
  }

  /** Goes on to `Disconnect` at once, whatever a handler is doing. */
  leave(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    channelOf(this.#client).clock.clearTimeout(this.#alarm)
    const { event } = this.progress
    if (isHandling(this.progress)) this.#host.leftBehind(event as Event, handlerOf(event as Event))
    this.#sayGoodbye()
  }

  /** What is unread is dropped where a handler takes too long to ask for it: its client is gone, and would stay for ever. */
  linesEnding(): void {
    const { clock, inbox } = channelOf(this.#client)
    const { taken } = inbox
    const look = (): void => {
      if (this.#hasLeft || inbox.finished || inbox.parked || inbox.abandoned) return
      if (isHandling(this.progress) && inbox.taken === taken) inbox.close()
      else this.linesEnding()
    }
    this.#alarm = clock.setTimeout(look, Math.max(this.#host.drain, UNREAD_GRACE), { keepAlive: false })
  }

  /** A handler that goes on for too long is left behind. It may await the close of its client, which takes its time. */
  linesEnded(): void {
    this.#endWithin(this.#host.drain + (channelOf(this.#client).closing ? MAX_CLOSING : 0))
  }

  closed(): void {
    this.#endWithin(this.#host.drain)
  }

  #endWithin(ms: number): void {
    const { clock } = channelOf(this.#client)
    clock.clearTimeout(this.#alarm)
    if (isHandling(this.progress)) this.#alarm = clock.setTimeout(() => this.leave(), ms)
  }

  /** Its time runs in another process, and so does what comes after it. */
  abandoned(): void {
    channelOf(this.#client).clock.clearTimeout(this.#alarm)
  }

  /** A client whose `Connect` fails is told, and closed (contract rule 6). */
  async #connect(): Promise<void> {
    const client = this.#client
    this.#advance('connect')
    const { resumed, again } = this.progress
    const event = this.#enter(resumed?.event ?? new Connect({ client, again }))
    const flights = this.#host.events.flights(Connect)
    flights.count += 1
    try {
      await this.#run(event)
      flights.count -= 1
    } catch (error) {
      flights.count -= 1
      if (!hasGone(error, event)) dismiss(client, this.#host.texts.failed)
      await this.#host.events.failed(event, error)
    }
    this.#host.conversations?.end(client)
    if (this.#hasLeft) return
    this.#host.connected?.(client)
    this.#connected()
  }

  /** `Connect` is done. */
  #connected(): void {
    const { data } = this.progress
    // Begins with the line that another process was handling when its time was up, however that was typed.
    channelOf(this.#client).inbox.sessionHidden = data !== undefined
    if (data === undefined) this.#goOn()
    else this.#serve(data)
  }

  /** Serves what is there, or rests until there is more. */
  #goOn(): void {
    const line = this.#nextLine()
    if (line !== undefined) this.#serve(line)
  }

  /** The next line; undefined where it will come by `take`. */
  #nextLine(): string | Uint8Array | undefined {
    this.progress.at = 'idle'
    this.progress.event = undefined
    // An idle client does not keep its last line: it may be long, or a secret.
    this.progress.data = undefined
    const { inbox } = channelOf(this.#client)
    const line = inbox.poll()
    if (line === undefined) inbox.rest(this)
    return line
  }

  /** A `Receive` for this line, and for those that follow it. */
  #serve(first: string | Uint8Array): void {
    const flights = this.#host.events.flights(Receive)
    const pending = this.#handle(first, flights)
    if (pending !== undefined) void this.#handleAfter(pending, flights)
  }

  /** The same, as far as no handler has anything to await. @returns what is left to await of the last line's. */
  #handle(first: string | Uint8Array, flights: Flights): PromiseLike<unknown> | undefined {
    for (let line: string | Uint8Array | undefined = first; line !== undefined; line = this.#nextLine()) {
      this.#advance('receive', line)
      const { resumed, again } = this.progress
      const { sessionHidden: hidden } = channelOf(this.#client).inbox
      const event = this.#enter(
        resumed?.event ?? new Receive({ client: this.#client, data: line, hidden, again }),
      )
      flights.count += 1
      let pending: PromiseLike<unknown> | undefined
      try {
        pending = this.#run(event)
      } catch (error) {
        pending = Promise.reject(error)
      }
      if (pending !== undefined) return pending
      flights.count -= 1
      if (!this.#received()) return undefined
    }
    return undefined
  }

  /**
   * All the lines that have come, each after the one before, in one async function: one for each line would be an eighth of
   * what a line costs.
   */
  async #handleAfter(first: PromiseLike<unknown>, flights: Flights): Promise<void> {
    for (let pending: PromiseLike<unknown> | undefined = first; pending !== undefined; ) {
      const { event } = this.progress
      try {
        await pending
        flights.count -= 1
      } catch (error) {
        flights.count -= 1
        await this.#host.events.failed(event as Event, error)
      }
      if (!this.#received()) return
      const line = this.#nextLine()
      pending = line === undefined ? undefined : this.#handle(line, flights)
    }
  }

  /** The handlers of a line have run. @returns whether it is still the session's turn. */
  #received(): boolean {
    this.#host.conversations?.end(this.#client)
    // They took too long after their client had gone: `Disconnect` has been triggered without them.
    return !this.#hasLeft
  }

  #advance(at: Progress['at'], data?: Progress['data']): void {
    const { progress } = this
    progress.at = at
    progress.data = data
    progress.count += 1
  }

  #enter(event: Event): Event {
    this.progress.again = false
    this.progress.event = event
    return event
  }

  /** Runs the handlers of a client's event, or goes on with them. */
  #run(event: Event): PromiseLike<unknown> | undefined {
    const { events, conversations } = this.#host
    const { resumed } = this.progress
    this.progress.resumed = undefined
    if (resumed !== undefined) {
      resumed.release()
      return resumed.ended
    }
    if (conversations === undefined) return isFollowed() ? this.#runFollowed(event) : events.dispatch(event)
    return events.dispatch(event, undefined, undefined, conversations.begin(this.#client, event))
  }

  /** In a function of its own: the closure costs each line an object. */
  #runFollowed(event: Event): PromiseLike<unknown> | undefined {
    return runIn(new Context(event), () => this.#host.events.dispatch(event))
  }

  #sayGoodbye(): void {
    this.#advance('disconnect')
    this.#host.leaving(this.#client)
    const running = handle(new Disconnect({ client: this.#client }), this.#host.events)
    if (running === undefined) this.#over()
    else void running.then(() => this.#over())
  }

  #over(): void {
    this.progress.at = 'over'
    channelOf(this.#client).close()
    this.#host.over?.(this.#client)
    this.#resolveEnded?.()
  }
}
