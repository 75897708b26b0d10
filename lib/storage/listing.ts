/**
 * Going through saved objects a few at a time, however many there are.
 */
import { abortable } from '../wait.js'
import { UnreadableError } from './errors.js'
import type { Finder } from './reference.js'
import { type Store, stateOf } from './store.js'

/** Objects that are read ahead. */
const BATCH = 32

/** The objects of these keys, in this order and without making them active. Those that cannot be read are left out. */
export async function* peekEach<T extends Store>(
  finder: Finder<T>,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  for (let i = 0; i < keys.length; i += BATCH) {
    signal?.throwIfAborted()
    const peek = (key: string) => finder.load(key, { activate: false }).catch(leaveOut)
    const batch = Promise.all(keys.slice(i, i + BATCH).map(peek))
    for (const object of await abortable(batch, signal)) {
      if (object && stateOf(object).life !== 'ended') yield object
    }
  }
}

/** For an object that cannot be read, which has been reported already. */
function leaveOut(error: unknown): undefined {
  if (!(error instanceof UnreadableError)) throw error
}
