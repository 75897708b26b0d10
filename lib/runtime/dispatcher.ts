/**
 * Which handlers an event gets, and their running one after another (contract rules 2 to 6).
 */
import { InvalidEventClassError, InvalidHandlerError } from '../events/errors.js'
import { type Event, type EventClass, isEventClass } from '../events/event.js'
import { freshHandler, Handler, isHandlerClass, runHandler } from '../events/handler.js'
import { settle } from '../events/settle.js'

/** One call of `listen`. */
interface Binding {
  readonly eventClass: EventClass
  /** What the program registered. */
  readonly handler: unknown
  /** Starts it on an event; gives what is left to await, if anything. */
  readonly start: (event: Event, args: readonly unknown[]) => PromiseLike<unknown> | undefined
}

/** Told of every handler that throws; what it returns is awaited before the trigger ends. */
export type OnHandlerError = (
  event: Event,
  handler: unknown,
  error: unknown,
) => PromiseLike<unknown> | undefined

export class Dispatcher {
  readonly #onError: OnHandlerError
  /** In the order of binding. Replaced, never changed: a list that is being run stays as it was (rule 5). */
  #bindings: readonly Binding[] = []
  /** The bindings of one class of events, worked out when its first event comes. */
  #lists = new WeakMap<object, readonly Binding[]>()

  constructor(onError: OnHandlerError) {
    this.#onError = onError
  }

  /**
   * Binds a handler to a class of events and its subclasses.
   *
   * @returns a function that removes this binding.
   * @throws InvalidEventClassError, InvalidHandlerError
   */
  listen(eventClass: unknown, handler: unknown): () => void {
    if (!isEventClass(eventClass)) throw new InvalidEventClassError(eventClass)
    const binding: Binding = { eventClass, handler, start: starter(handler, eventClass) }
    this.#change([...this.#bindings, binding])
    return () => {
      if (this.#bindings.includes(binding)) this.#change(this.#bindings.filter((other) => other !== binding))
    }
  }

  /**
   * Runs the event's handlers, each to its end.
   *
   * @returns undefined where none had anything to await; a promise otherwise. Neither throws: errors of handlers go to
   * `onError`.
   */
  dispatch(event: Event, args: readonly unknown[]): PromiseLike<unknown> | undefined {
    const bindings = this.#listFor(event.constructor as EventClass)
    for (let i = 0; i < bindings.length; i++) {
      if (event.stopped) return undefined
      const binding = bindings[i] as Binding
      let pending: PromiseLike<unknown> | undefined
      try {
        pending = binding.start(event, args)
      } catch (error) {
        return this.#onError(event, binding.handler, error)
      }
      if (pending !== undefined) return this.#continue(event, args, bindings, i, pending)
    }
    return undefined
  }

  /** The rest of a dispatch, from the first handler that had something to await. */
  async #continue(
    event: Event,
    args: readonly unknown[],
    bindings: readonly Binding[],
    position: number,
    pending: PromiseLike<unknown>,
  ): Promise<void> {
    let binding = bindings[position] as Binding
    try {
      await pending
      for (let i = position + 1; i < bindings.length && !event.stopped; i++) {
        binding = bindings[i] as Binding
        const more = binding.start(event, args)
        if (more !== undefined) await more
      }
    } catch (error) {
      await this.#onError(event, binding.handler, error)
    }
  }

  #listFor(eventClass: EventClass): readonly Binding[] {
    let list = this.#lists.get(eventClass)
    if (list === undefined) {
      list = this.#bindings.filter(
        (binding) =>
          binding.eventClass === eventClass ||
          binding.eventClass.prototype.isPrototypeOf(eventClass.prototype),
      )
      this.#lists.set(eventClass, list)
    }
    return list
  }

  #change(bindings: readonly Binding[]): void {
    this.#bindings = bindings
    this.#lists = new WeakMap()
  }
}

/** How a handler of its kind is started (rule 3). */
function starter(handler: unknown, eventClass: EventClass): Binding['start'] {
  if (isHandlerClass(handler)) return (event, args) => runHandler(new handler(), event, args)
  if (handler instanceof Handler) return (event, args) => runHandler(freshHandler(handler), event, args)
  if (typeof handler !== 'function' || isClass(handler)) {
    throw new InvalidHandlerError(handler, eventClass.name)
  }
  return (event, args) => settle(handler(event, ...args), event)
}

/** A class can't be called, so one that is no Handler would only fail when the first event comes. */
function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value))
}
