/**
 * Going through saved objects a few at a time, however many there are.
 */
import { abortable } from '../wait.js'
import { BackendError, UnreadableError } from './errors.js'
import type { Finder } from './reference.js'
import { type Store, stateOf } from './store.js'

/** Objects that are read ahead. */
const BATCH = 32

/**
 * The objects of these keys, in this order and without making them active. Those that cannot be read are left out.
 *
 * @param notRead gets those that the back end failed to read, which are left out unless it throws. Without it, such a
 *   failure ends the listing.
 */
export async function* peekEach<T extends Store>(
  finder: Finder<T>,
  keys: readonly string[],
  signal: AbortSignal | undefined,
  notRead?: (failures: ReadonlyMap<string, BackendError>) => Promise<void>,
): AsyncGenerator<T, void, undefined> {
  for (let i = 0; i < keys.length; i += BATCH) {
    signal?.throwIfAborted()
    const failures = new Map<string, BackendError>()
    const peek = (key: string) =>
      finder.load(key, { activate: false }).catch((error) => {
        // One that is unreadable has been reported already.
        if (error instanceof UnreadableError) return undefined
        if (!notRead || !(error instanceof BackendError)) throw error
        failures.set(key, error)
      })
    const batch = Promise.all(keys.slice(i, i + BATCH).map(peek))
    const objects = await abortable(batch, signal)
    if (failures.size > 0) await notRead?.(failures)
    for (const object of objects) {
      if (object && stateOf(object).life !== 'ended') yield object
    }
  }
}
