/**
 * A service's events: handlers bound to classes of events, and events triggered at them. Sessions dispatch theirs here
 * directly.
 */

import { isRepeated } from '../conversation/context.js'
import { InvalidOptionError } from '../errors.js'
import { Client as ClientEvent, HandlerError } from '../events/catalogue.js'
import { InvalidEventClassError, InvalidEventError, InvalidHandlerError } from '../events/errors.js'
import { Event, type EventClass, handlerOf, isEventClass } from '../events/event.js'
import { hasGone } from '../events/settle.js'
import type { HandlerOf } from '../events/typing.js'
import { type Channel, createLog, type Log } from '../log/index.js'
import { EventTallies, type Flights } from '../observability/tallies.js'
import { Dispatcher, type HandlerName, type HandlerRuns, type Rerun } from './dispatcher.js'
import type { SessionEvents } from './session-events.js'

const NO_ARGUMENTS: readonly unknown[] = []
const UNCOUNTED: Flights = { count: 0 }

export class EventHub<State, Data extends string | Uint8Array> implements SessionEvents {
  /** What events have as their `service`. */
  readonly #service: unknown
  readonly tallies = new EventTallies()
  readonly #dispatcher = new Dispatcher(this.tallies)
  /** What `listen` returned without a handler, until it is used, and for which events. */
  readonly #undecorated = new Map<unknown, EventClass>()
  /** What is left of it after that is told of at once. */
  #isChecked = false

  #log: Log = createLog({ log: false })
  #eventLog: Channel = this.#log.channel('event')

  constructor(service: unknown) {
    this.#service = service
  }

  /** Logs nothing before it is set. */
  get log(): Log {
    return this.#log
  }

  set log(log: Log) {
    this.#log = log
    this.#eventLog = log.channel('event')
  }

  /** See `Service.listen`. */
  listen<C extends EventClass>(eventClass: C, handler: HandlerOf<C, State, Data>): () => void
  listen<C extends EventClass>(
    eventClass: C,
  ): <H extends HandlerOf<C, State, Data>>(handler: H, context?: unknown) => H
  listen(eventClass: unknown, ...handler: [] | [unknown]): unknown {
    if (handler.length > 0) return this.#dispatcher.listen(eventClass, handler[0])
    if (!isEventClass(eventClass)) throw new InvalidEventClassError(eventClass)
    const decorator = (decorated: unknown): unknown => {
      this.#dispatcher.listen(eventClass, decorated)
      this.#undecorated.delete(decorator)
      return decorated
    }
    this.#undecorated.set(decorator, eventClass)
    // When the class that it stands before is defined.
    if (this.#isChecked) queueMicrotask(() => this.#checkLate(decorator, eventClass))
    return decorator
  }

  /** @throws InvalidHandlerError where `listen` was given no handler, and what it returned was not used. */
  checkDecorators(): void {
    for (const { name } of this.#undecorated.values()) throw new InvalidHandlerError(undefined, name)
    this.#isChecked = true
  }

  #checkLate(decorator: unknown, { name }: EventClass): void {
    if (!this.#undecorated.has(decorator)) return
    this.log.channel('service').warn(new InvalidHandlerError(undefined, name).message)
  }

  /** See `Service.trigger`. */
  async trigger<E extends Event>(event: E, ...args: readonly unknown[]): Promise<E> {
    if (!(event instanceof Event)) throw new InvalidEventError(event)
    // It would fail in the handlers, one by one.
    if (event instanceof ClientEvent && !event.client)
      throw new InvalidOptionError(
        `trigger(${event.constructor.name})`,
        'client',
        event.client,
        'its client: new SomeEvent({ client, ... })',
      )
    // A handler may trigger the event that it handles, and is still the one that fails when it throws after that.
    const rerun: Rerun | undefined = handlerOf(event) === undefined ? undefined : { handler: undefined }
    // One that a replayed handler triggers again may never end, if that leaves the way of its journal.
    const flights = isRepeated() ? UNCOUNTED : this.flights(event.constructor as EventClass)
    flights.count += 1
    try {
      await this.dispatch(event, args, rerun)
      flights.count -= 1
    } catch (error) {
      flights.count -= 1
      await this.failed(event, error, rerun?.handler)
    }
    return event
  }

  /** Runs an event's handlers, and passes on what they throw: see `Dispatcher`. */
  dispatch(
    event: Event,
    args = NO_ARGUMENTS,
    rerun?: Rerun,
    runs?: HandlerRuns,
  ): PromiseLike<unknown> | undefined {
    event.service = this.#service as never
    if (this.#eventLog.enabled && !isRepeated()) this.#eventLog.info(describe(event))
    return this.#dispatcher.dispatch(event, args, rerun, runs)
  }

  /** See `Dispatcher.flights`. */
  flights(eventClass: EventClass): Flights {
    return this.#dispatcher.flights(eventClass)
  }

  /** See `Dispatcher.find`. */
  find(eventClass: EventClass, handler: HandlerName): number | undefined {
    return this.#dispatcher.find(eventClass, handler)
  }

  /** Contract rule 6. */
  failed(
    event: Event,
    error: unknown,
    handler: unknown = handlerOf(event),
  ): PromiseLike<unknown> | undefined {
    if (hasGone(error, event) || isCaught(event, error) || isRepeated()) return undefined
    this.log.channel('service').error(`A handler of ${describe(event)} failed`, { error })
    // Whatever a handler of HandlerError throws is logged, and that is all: else it could go on for ever.
    if (event instanceof HandlerError) return undefined
    return this.trigger(new HandlerError({ event, handler, error }))
  }
}

/** Whether the event deals with the error itself; its own code may fail, and must not hide what went wrong first. */
function isCaught(event: Event, error: unknown): boolean {
  try {
    return event.caught(error)
  } catch {
    return false
  }
}

/** An event's text for logs; a program's own `toString` may fail, and must not take the event with it. */
function describe(event: Event): string {
  try {
    return String(event)
  } catch {
    return event.constructor.name
  }
}
