/** Services for specs: quiet, on a port that the system picks, and stopped whatever happens. */
import type { Service, StartOptions } from 'mara-ts'

// biome-ignore lint/suspicious/noExplicitAny: any service will do
type AnyService = Service<any, any, any>

/** Starts a service for the time of `body`. */
export async function running<S extends AnyService>(
  service: S,
  body: (service: S) => Promise<void>,
  options: StartOptions = {},
): Promise<void> {
  await service.start({ port: 0, log: false, ...options })
  try {
    await body(service)
  } finally {
    await service.stop({ drain: 0 })
  }
}

/** A promise with its ends in hand. */
export function deferred<T = void>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: unknown) => void
} {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

/** Lets everything that is ready run: a full turn of the event loop, a few times. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** What a promise rejected with; an error where it did not. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection, but it was fulfilled')
}
