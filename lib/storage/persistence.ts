/**
 * Storage as a running service and a restart see it: objects in memory are texts with names, which one process leaves
 * and the next one takes. Neither knows what is in them.
 */
import type { Store, StoreClass } from './store.js'
import type { OpenOptions, Stores } from './stores.js'

export interface PersistedEntry {
  /** The same for one object always. */
  readonly name: string
  /** One line of JSON; undefined when the object is gone, or cannot be written. */
  readonly text?: string
  /** Why it cannot be written: what was left of it before still counts. */
  readonly problem?: Error
}

export interface Persistence {
  open(setting: string, options: OpenOptions): Promise<void>
  /** Objects in memory end. */
  close(): Promise<void>
  /** Objects in memory stay: this process may go on after all. */
  suspend(): Promise<void>
  /** Every object in memory. Nothing is written down before it is asked for, so other work may be done in between. */
  entries(): Iterable<PersistedEntry>
  /** Calls back at once when an object is saved or deleted. Returns a function that removes the listener. */
  onChange(listener: (entry: PersistedEntry) => void): () => void
  /**
   * Calls back when an object becomes active or is active no longer, or a program wants it kept as it is. Its fields may be
   * set right after that, so it is for the listener to say when it is written down. Returns a function that removes the
   * listener.
   */
  onActivate(listener: (write: () => PersistedEntry) => void): () => void
  /** Takes the texts that another process left. @param back this process had let go, and goes on after all. */
  restore(texts: Iterable<string>, back: boolean): void
  /**
   * After `restore`, in a process that follows another one: reads again what that may have saved or deleted since.
   *
   * @param names of the entries that were restored.
   * @param failed is told of objects that can't be read.
   */
  catchUp(names: ReadonlySet<string>, failed: (error: Error) => void): Promise<void>
  /** After `restore`, in a process that goes on after all: forgets what the other one has let go. @param names as above. */
  letGo(names: ReadonlySet<string>): void
  /**
   * Brings an object into memory that another process has named. It is not active, and is forgotten when nobody holds it.
   *
   * @returns undefined where there is none.
   */
  load(name: string): Promise<unknown>
  /** For `JSON.parse` of data in which stored objects and references were written by `JSON.stringify`. */
  readonly revive: (key: string, value: unknown) => unknown
}

/** Behind the name of one that is only held for another version: it may have the key of an active one. */
const HELD = '/refused'

/** The objects of these entries. No key has a slash in it. */
function objectsOf(names: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(Array.from(names, (name) => (name.endsWith(HELD) ? name.slice(0, -HELD.length) : name)))
}

export function persistenceOf(stores: Stores): Persistence {
  const entryOf = (object: Store): PersistedEntry => {
    const name = String(object.ref)
    // Another one than `object` where that was deleted, and its key given to that one.
    const active = stores.manager(object.constructor as unknown as StoreClass).get(object.key)
    if (active === undefined) return { name }
    try {
      return { name, text: JSON.stringify(stores.snapshotOf(active)) }
    } catch (problem) {
      return { name, problem: problem as Error }
    }
  }
  return {
    open: (setting, options) => stores.open(setting, options),
    close: () => stores.close(),
    suspend: () => stores.suspend(),
    *entries() {
      const problems: PersistedEntry[] = []
      const invalid = (problem: Error, { ref }: Store) => problems.push({ name: String(ref), problem })
      for (const snapshot of stores.snapshots(invalid)) {
        const { kind, key, refused } = snapshot
        yield { name: `${kind}/${key}${refused ? HELD : ''}`, text: JSON.stringify(snapshot) }
      }
      yield* problems
    },
    onChange(listener) {
      return all(
        stores.onSave((object) => listener(entryOf(object))),
        stores.onDelete((kind, key) => listener({ name: `${kind}/${key}` })),
      )
    },
    onActivate(listener) {
      const tell = (object: Store): void => listener(() => entryOf(object))
      return all(stores.onActivate(tell), stores.onRelease(tell), stores.onKeep(tell))
    },
    restore: (texts, back) =>
      stores.restore({ objects: Array.from(texts, (text) => JSON.parse(text)) }, { back }),
    catchUp: (names, failed) => stores.catchUp(objectsOf(names), failed),
    letGo: (names) => stores.letGo(objectsOf(names)),
    load: (name) => stores.load(name),
    revive: stores.revive,
  }
}

function all(...removers: readonly (() => void)[]): () => void {
  return () => {
    for (const remove of removers) remove()
  }
}
