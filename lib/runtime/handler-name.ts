/** What handlers are called: by the dispatcher, which finds them by it, and in messages. */

/** A function's own name, which may be empty; that of an object's class. */
export function nameOfHandler(handler: unknown): string {
  return typeof handler === 'function' ? handler.name : Object(handler).constructor.name
}

/** For messages. */
export function shownName(name: string): string {
  return name || '(without a name)'
}
