/**
 * What happens in a service, as an object that handlers share (contract rule 1).
 */

/**
 * What every event carries besides its own properties. It is filled by declaration merging: `service.ts` adds `service`, so
 * that this room need not import it; and a program adds what its handlers leave for later ones (contract rule 1):
 *
 * ```ts
 * declare module 'mara-ts' {
 *   interface EventContext { receivedAt?: Date }
 *   interface ClientEventContext { user: User }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface EventContext {}

/** Notes which handler of an event runs now: for the rooms that dispatch events, and not for programs. */
export let handledBy: (event: BaseEvent, handler: unknown) => void
/** The handler that runs now, or ran last: for the same rooms. */
export let handlerOf: (event: BaseEvent) => unknown

// biome-ignore lint/correctness/noUnusedVariables: merged with the class below
interface BaseEvent extends EventContext {}

/**
 * The class behind `Event`; it is exported as `Event` below with a constructor type that also names the properties.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the merged interface has only what `trigger` sets
class BaseEvent {
  static {
    handledBy = (event, handler) => {
      event.#handler = handler
    }
    handlerOf = (event) => event.#handler
  }

  /** Text for logs, where the class has no `toString()` of its own; the class name unless a subclass says otherwise. */
  static readonly description?: string

  #stopped = false
  #handler: unknown

  /** @param properties become the event's own properties; handlers may change them for later handlers. */
  constructor(properties?: object) {
    if (properties !== undefined) Object.assign(this, properties)
  }

  /** Keeps the event from the handlers that come after the one that runs now. */
  stop(): void {
    this.#stopped = true
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /**
   * Told of what one of the event's handlers threw, before that is logged and raised as `HandlerError`. Override it in
   * events whose handlers may throw on purpose: if it gives true, nothing more happens.
   */
  caught(error: unknown): boolean {
    void error
    return false
  }

  toString(): string {
    const eventClass = this.constructor as typeof BaseEvent
    return eventClass.description ?? eventClass.name
  }
}

/** Any event, whatever its properties. */
export type Event<Properties extends object = object> = BaseEvent & Properties

/**
 * The root of all events. A program's own event names its properties once:
 *
 * ```ts
 * class Shout extends Event<{ client: Client; text: string }> {}
 * await service.trigger(new Shout({ client, text: 'Hey!' }))
 * ```
 *
 * A subclass that lists its properties as class fields must `declare` them: a plain field would overwrite what the
 * constructor has just set.
 */
export const Event: {
  readonly prototype: BaseEvent
  readonly description?: string
  new <Properties extends object = object>(
    ...properties: object extends Properties ? [properties?: Properties] : [properties: Properties]
  ): Event<Properties>
} = BaseEvent as never

/** A class of events, abstract or not: what `listen` takes. */
export type EventClass<E extends BaseEvent = BaseEvent> = abstract new (...args: never[]) => E

/** Whether `value` is `Event` or a class that extends it. */
export function isEventClass(value: unknown): value is EventClass {
  return typeof value === 'function' && (value === BaseEvent || value.prototype instanceof BaseEvent)
}
