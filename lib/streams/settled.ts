/**
 * Waiting for a promise in a way that can be taken back. What `then` is given stays with the promise until it settles: for
 * the promise of a client's end that is as long as the client stays, however many pipes end before it.
 */

/** Why it rejected, in an object, since anything can be a reason; undefined where it resolved. */
export type Failure = { readonly reason: unknown } | undefined

type Listener = (failure: Failure) => void

const waiting = new WeakMap<PromiseLike<unknown>, Set<Listener>>()

/** Calls `listener` when the promise settles. Returns what takes that back. */
export function onSettled(promise: PromiseLike<unknown>, listener: Listener): () => void {
  const listeners = waiting.get(promise) ?? waitFor(promise)
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function waitFor(promise: PromiseLike<unknown>): Set<Listener> {
  const listeners = new Set<Listener>()
  const tell = (failure: Failure): void => {
    waiting.delete(promise)
    for (const listener of listeners) listener(failure)
  }
  waiting.set(promise, listeners)
  promise.then(
    () => tell(undefined),
    (reason) => tell({ reason }),
  )
  return listeners
}
