/** Refusals of this room: each is a mistake in a program, found where it was made. */
import { MaraError, shown } from '../errors.js'

/** A short picture of a wrong value, for messages. */
function show(value: unknown): string {
  if (typeof value === 'function') {
    return value.name === '' ? 'a nameless function' : `the function or class ${value.name}`
  }
  return typeof value === 'string' ? `'${shown(value)}'` : shown(value)
}

/** `listen` got something that is no event class. */
export class InvalidEventClassError extends MaraError {
  readonly code = 'MARA_INVALID_EVENT_CLASS'

  constructor(value: unknown) {
    super(
      `listen() takes an event class first, but got ${show(value)}; pass events.Event or a class that extends it.`,
    )
  }
}

/** `trigger` got something that is no event. */
export class InvalidEventError extends MaraError {
  readonly code = 'MARA_INVALID_EVENT'

  constructor(value: unknown) {
    super(
      `trigger() takes an instance of an event class, but got ${show(value)}; pass new SomeEvent({ ... }).`,
    )
  }
}

/** `listen` got something that can handle no event (contract rule 3). */
export class InvalidHandlerError extends MaraError {
  readonly code = 'MARA_INVALID_HANDLER'

  /** @param given undefined where none was, and no class was decorated either. */
  constructor(given: { readonly handler: unknown } | undefined, eventName: string) {
    const got =
      given === undefined
        ? 'got no handler, and the decorator that it gave for that stands before no class'
        : `got ${show(given.handler)} as its handler`
    super(
      `listen(${eventName}, ...) ${got}; pass a function, a generator function, ` +
        'a class that extends Handler, an instance of one, or a function that makes one.',
    )
  }
}

/** `listen` got a `Handler` class, or an instance of one, that can't be made anew for each event (contract rule 9). */
export class NotConstructibleError extends MaraError {
  readonly code = 'MARA_NOT_CONSTRUCTIBLE'

  constructor(className: string, eventName: string, reason: string) {
    super(
      `listen(${eventName}, ...) makes a new ${className} for each event, but ${reason}; ` +
        `pass a function that makes one: listen(${eventName}, () => new ${className}(...)).`,
    )
  }
}

/** A generator handler yielded for a line in an event that has no client to give one (contract rule 3). */
export class NoClientError extends MaraError {
  readonly code = 'MARA_NO_CLIENT'

  constructor(eventName: string) {
    super(
      `A handler of ${eventName} used yield to get the client's next line, but this event has no client; ` +
        'only events with a client property can give lines.',
    )
  }
}
