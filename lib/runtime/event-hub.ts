/**
 * The part of a service that programs listen to: handlers bound to classes of events, and events triggered at them.
 */
import { HandlerError } from '../events/catalogue.js'
import { InvalidEventClassError, InvalidEventError } from '../events/errors.js'
import { Event, type EventClass, handlerOf, isEventClass } from '../events/event.js'
import { hasGone } from '../events/settle.js'
import type { HandlerOf } from '../events/typing.js'
import { type Channel, createLog, type Log } from '../log/index.js'
import { Dispatcher, type Rerun } from './dispatcher.js'

const NO_ARGUMENTS: readonly unknown[] = []

export abstract class EventHub<State, Data extends string | Uint8Array> {
  readonly #dispatcher = new Dispatcher()

  #log: Log = createLog({ log: false })
  #eventLog: Channel = this.#log.channel('event')

  /** Logs by channel: `service.log.channel('quests').info('...')`. */
  get log(): Log {
    return this.#log
  }

  protected logTo(log: Log): void {
    this.#log = log
    this.#eventLog = log.channel('event')
  }

  /**
   * Binds a handler to a class of events and its subclasses (contract rules 2 to 4).
   *
   * With a handler, returns a function that removes it. Without one, returns a function that takes it, so that it also
   * serves as a class decorator: `@service.listen(events.Connect) class Login extends Handler { ... }`.
   *
   * @throws InvalidEventClassError, InvalidHandlerError
   */
  listen<C extends EventClass>(eventClass: C, handler: HandlerOf<C, State, Data>): () => void
  listen<C extends EventClass>(
    eventClass: C,
  ): <H extends HandlerOf<C, State, Data>>(handler: H, context?: unknown) => H
  listen(eventClass: unknown, ...handler: [] | [unknown]): unknown {
    if (handler.length > 0) return this.#dispatcher.listen(eventClass, handler[0])
    if (!isEventClass(eventClass)) throw new InvalidEventClassError(eventClass)
    return (decorated: unknown) => {
      this.#dispatcher.listen(eventClass, decorated)
      return decorated
    }
  }

  /**
   * Runs an event's handlers, one after another. `args` are passed on to them.
   *
   * @returns the event, when they are done. Errors of handlers do not reject it: see `events.HandlerError`.
   */
  async trigger<E extends Event>(event: E, ...args: readonly unknown[]): Promise<E> {
    if (!(event instanceof Event)) throw new InvalidEventError(event)
    // A handler may trigger the event that it handles, and is still the one that fails when it throws after that.
    const rerun: Rerun | undefined = handlerOf(event) === undefined ? undefined : { handler: undefined }
    try {
      await this.dispatch(event, args, rerun)
    } catch (error) {
      await this.handlerFailed(event, error, rerun?.handler)
    }
    return event
  }

  /** Runs an event's handlers, and passes on what they throw: see `Dispatcher`. */
  protected dispatch(event: Event, args = NO_ARGUMENTS, rerun?: Rerun): PromiseLike<unknown> | undefined {
    event.service = this as never
    if (this.#eventLog.enabled) this.#eventLog.info(describe(event))
    return this.#dispatcher.dispatch(event, args, rerun)
  }

  /** Contract rule 6. */
  protected handlerFailed(
    event: Event,
    error: unknown,
    handler: unknown = handlerOf(event),
  ): PromiseLike<unknown> | undefined {
    if (hasGone(error, event)) return undefined
    this.log.channel('service').error(`A handler of ${describe(event)} failed`, { error })
    // Whatever a handler of HandlerError throws is logged, and that is all: else it could go on for ever.
    if (event instanceof HandlerError) return undefined
    return this.trigger(new HandlerError({ event, handler, error }))
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
