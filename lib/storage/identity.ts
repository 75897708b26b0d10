/**
 * The objects of a kind that are in memory, never more than one for a key. Active objects are held here. Others are held
 * weakly, while the program holds them: so ten thousand objects of a listing do not stay, and yet a program never gets
 * two objects with one key.
 */
import type { Store } from './store.js'

export class IdentityMap<T extends Store> {
  readonly #onActivate: (object: Store) => void
  readonly #active = new Map<string, T>()
  readonly #known = new Map<string, WeakRef<T>>()
  readonly #collected = new FinalizationRegistry<{ key: string; ref: WeakRef<T> }>(({ key, ref }) => {
    if (this.#known.get(key) === ref) this.#known.delete(key)
  })

  /** @param onActivate is told of each object that becomes active. */
  constructor(onActivate: (object: Store) => void = () => {}) {
    this.#onActivate = onActivate
  }

  active(key: string): T | undefined {
    return this.#active.get(key)
  }

  /** Active or not. */
  inMemory(key: string): T | undefined {
    return this.#active.get(key) ?? this.#known.get(key)?.deref()
  }

  /** In the order of keys. */
  allActive(): T[] {
    return [...this.#active.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** Active or not. */
  allInMemory(): T[] {
    return [...this.#active.values(), ...[...this.#known.values()].flatMap((ref) => ref.deref() ?? [])]
  }

  isActive(object: T): boolean {
    return this.#active.get(object.key) === object
  }

  add(object: T, activate: boolean): void {
    const { key } = object
    if (this.#known.get(key)?.deref() !== object) {
      const ref = new WeakRef(object)
      this.#known.set(key, ref)
      this.#collected.register(object, { key, ref })
    }
    if (!activate || this.#active.get(key) === object) return
    this.#active.set(key, object)
    this.#onActivate(object)
  }

  /** Not active any more, but still known. */
  deactivate(object: T): void {
    if (this.isActive(object)) this.#active.delete(object.key)
  }

  /** Gone: its key is free for another. */
  remove(object: T): void {
    this.deactivate(object)
    if (this.#known.get(object.key)?.deref() === object) this.#known.delete(object.key)
  }
}
