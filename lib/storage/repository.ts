/**
 * All objects of one kind, in memory and saved. Everything that happens to them between the two goes through one queue a
 * key, in the order asked for. So two saves end as the later one, two loads give one object, and no save comes after a
 * delete.
 *
 * An object is `new`, `saved` or `ended` (`Life` in `store.ts`), and beside that active or not (`identity.ts`).
 */
import { abortable } from '../wait.js'
import type { WaitOptions } from './backend.js'
import { KeyedQueue } from './concurrency.js'
import { DeletedError, ExistsError, NotSavedError } from './errors.js'
import type { Data } from './field.js'
import { IdentityMap } from './identity.js'
import {
  completeFields,
  type ReadRecord,
  reading,
  readRecord,
  readSession,
  writeRecord,
  writeSession,
} from './record.js'
import { Reference } from './reference.js'
import { type RepositoryHost, SavedTexts } from './saved-texts.js'
import type { ObjectSnapshot } from './snapshot.js'
import { type Keeper, type Store, type StoreClass, stateOf } from './store.js'

/** Keys given to these methods are parsed already. */
export class Repository<T extends Store> implements Keeper {
  readonly storeClass: StoreClass<T>
  readonly host: RepositoryHost
  readonly objects: IdentityMap<T>
  readonly texts: SavedTexts
  readonly #kind: string
  readonly #queue = new KeyedQueue()

  constructor(storeClass: StoreClass<T>, host: RepositoryHost) {
    this.storeClass = storeClass
    this.host = host
    this.objects = new IdentityMap<T>((object) => host.activated(object))
    this.#kind = storeClass.kind
    this.texts = new SavedTexts(storeClass, host)
  }

  ref(key: string): Reference<T> {
    // The manager rather than this: a program's own manager may have a say in how its objects are found.
    return new Reference<T>(this.host.stores.manager(this.storeClass) as never, key)
  }

  get isIdle(): boolean {
    return this.#queue.isIdle
  }

  /** Resolves when no operation is under way. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  // --- From what is saved

  load(key: string, activate: boolean, signal?: AbortSignal): Promise<T | undefined> {
    return this.#queue.run(
      key,
      async () => {
        if (!this.objects.inMemory(key)) this.texts.assertNotHeld(key)
        const object = this.#inUse(key) ?? (await this.texts.watch(key, () => this.#read(key, signal)))
        if (object) this.objects.add(object, activate)
        return object
      },
      signal,
    )
  }

  async #read(key: string, signal: AbortSignal | undefined): Promise<T | undefined> {
    const record = await this.#readRecord(key, signal)
    // A snapshot may have been restored, or the object changed, while the disk was read.
    const inUse = this.#inUse(key)
    if (inUse || !record) return inUse
    return reading(this.storeClass, key, () => {
      const object = this.objects.inMemory(key) ?? this.#make(key, this.#withSession(record.values))
      return this.#refresh(object, record)
    })
  }

  /** @throws NotSavedError, UnreadableError */
  reload(object: T, { signal }: WaitOptions = {}): Promise<void> {
    const { key } = object
    return this.#queue.run(
      key,
      async () => {
        this.#assertAlive(object)
        if (!this.storeClass.permanent) return
        await this.texts.watch(key, async () => {
          const record = await this.#readRecord(key, signal)
          if (!record)
            throw new NotSavedError(
              `${this.#kind}/${key} is not saved, so it cannot be loaded. Save it first.`,
            )
          reading(this.storeClass, key, () => this.#refresh(object, record))
        })
      },
      signal,
    )
  }

  async #readRecord(key: string, signal: AbortSignal | undefined): Promise<ReadRecord | undefined> {
    const text = await this.texts.read(key, { signal })
    if (text === undefined) return undefined
    const record = reading(this.storeClass, key, () =>
      readRecord(this.storeClass, key, text, this.host.stores),
    )
    if ('damage' in record) throw await this.texts.setAside(key, record.damage)
    return record
  }

  // --- New objects

  create(key: string, values: Data, signal?: AbortSignal): Promise<T> {
    return this.#queue.run(
      key,
      async () => {
        if (!this.objects.active(key)) this.texts.assertNotHeld(key)
        const isTaken = this.objects.active(key) || (await this.texts.read(key, { signal })) !== undefined
        // It may have been restored meanwhile.
        if (isTaken || this.objects.active(key)) {
          throw new ExistsError(`There is a ${this.#kind} "${key}" already. Load it, or choose another key.`)
        }
        const object = this.#makeNew(key, values)
        // Checks what was given: writing it down is what a schema can refuse.
        writeRecord(this.storeClass, object, {})
        writeSession(this.storeClass, object)
        return this.#replace(object)
      },
      signal,
    )
  }

  /** Sets fields on the object of this key that is in memory, or makes one; then it is active. Never waits. */
  place(key: string, values: Data): T {
    const object = this.objects.inMemory(key)
    if (!object) return this.#replace(this.#makeNew(key, values))
    this.objects.add(Object.assign(object, values), true)
    return object
  }

  // --- To what is saved

  async save(object: T, { signal }: WaitOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    this.#assertAlive(object)
    const state = stateOf(object)
    const text = writeRecord(this.storeClass, object, state.unknown)
    if (!this.storeClass.permanent) return this.host.saved(object)
    if (state.next) state.next.text = text
    else state.next = this.#queueWrite(object, text)
    await abortable(state.next.done, signal)
  }

  #queueWrite(object: T, text: string): { text: string; done: Promise<void> } {
    const state = stateOf(object)
    const next = { text, done: Promise.resolve() }
    state.writes++
    next.done = this.#queue
      .run(object.key, async () => {
        if (state.next === next) state.next = undefined
        this.#assertAlive(object)
        await this.texts.write(object.key, next.text)
        state.life = 'saved'
        state.saved = next.text
        this.host.saved(object)
      })
      .finally(() => {
        state.writes--
      })
    return next
  }

  /** @param object left out for whatever has the key, loaded or not. */
  delete(key: string, { signal }: WaitOptions = {}, object?: T): Promise<void> {
    const target = object ?? this.objects.inMemory(key)
    // A save that is asked for from here on comes after this, so it joins none that stands before.
    if (target) stateOf(target).next = undefined
    return this.#queue.run(
      key,
      async () => {
        // One that was deleted before may have a successor under its key.
        if (object && stateOf(object).life === 'ended') return
        await this.texts.remove(key)
        const gone = this.objects.inMemory(key)
        if (gone) this.#end(gone)
        this.host.deleted(this.#kind, key)
      },
      signal,
    )
  }

  release(object: T): void {
    if (!this.objects.isActive(object)) return
    const { life, writes } = stateOf(object)
    if (life === 'new' && writes === 0) this.#end(object)
    else {
      this.objects.deactivate(object)
      Object.assign(object, this.#withSession({}))
    }
    // Until it is written, the angel's copy is all that a crash would leave of it.
    if (writes === 0) this.host.released(object)
  }

  // --- Restarts

  /** @throws whatever the class throws when the object is written. */
  snapshot(object: T): ObjectSnapshot {
    const { unknown, life, saved } = stateOf(object)
    const text = writeRecord(this.storeClass, object, unknown)
    return {
      kind: this.#kind,
      key: object.key,
      text,
      session: writeSession(this.storeClass, object),
      ...(life === 'saved' && saved === text ? {} : { saved: life === 'saved' ? saved : null }),
    }
  }

  /**
   * A snapshot that this version of the class cannot read is reported, and held for one that can.
   *
   * @param back the process goes on after all. Then an active object stays as it is here, in place of such a snapshot.
   */
  restore(snapshot: ObjectSnapshot, back = false): void {
    try {
      this.#restore(snapshot)
      this.texts.letGo(snapshot.key)
    } catch (error) {
      const object = back ? this.objects.active(snapshot.key) : undefined
      if (object === undefined) this.host.unreadable(this.texts.hold(snapshot, error))
      else this.texts.passOver(snapshot, error, stateOf(object).saved)
    }
  }

  /**
   * Reads active objects again that another process may have saved or deleted since they were read here. What this process has
   * changed in one stays, where nothing else was saved meanwhile.
   *
   * @param isRestored whether a snapshot, which counts for more, had the object of this key.
   * @param failed is told of those that can't be read; they stay as they are.
   */
  async catchUp(isRestored: (key: string) => boolean, failed: (error: Error) => void): Promise<void> {
    if (!this.storeClass.permanent) return
    const readAgain = (object: T): Promise<void> => this.#readAgain(object).catch(failed)
    await Promise.all(this.#others(isRestored).map(readAgain))
  }

  /**
   * Forgets active objects that another process has released or deleted meanwhile; what is not saved of them counts no longer.
   *
   * @param isRestored whether a snapshot had the object of this key.
   */
  letGo(isRestored: (key: string) => boolean): void {
    for (const object of this.#others(isRestored)) {
      stateOf(object).saved = this.#textOf(object) ?? ''
      this.release(object)
    }
  }

  #others(isRestored: (key: string) => boolean): T[] {
    return this.objects.allActive().filter(({ key }) => !isRestored(key))
  }

  #readAgain(object: T): Promise<void> {
    const { key } = object
    const state = stateOf(object)
    return this.#queue.run(key, async () => {
      if (state.life !== 'saved') return
      const record = await this.texts.watch(key, () => this.#readRecord(key, undefined))
      if (record === undefined) {
        this.#end(object)
        this.host.deleted(this.#kind, key)
        return
      }
      const { saved } = state
      const { key: _, ...values } = object as Data
      reading(this.storeClass, key, () => this.#refresh(object, record))
      if (state.saved === saved) Object.assign(object, values)
    })
  }

  #restore({ key, text, session, saved }: ObjectSnapshot): void {
    const record = readRecord(this.storeClass, key, text, this.host.stores)
    if ('damage' in record) throw new Error(record.damage)
    const values = { ...record.values, ...readSession(this.storeClass, session, this.host.stores) }
    const object = this.objects.inMemory(key) ?? this.#make(key, values)
    Object.assign(object, values)
    const state = stateOf(object)
    state.unknown = record.unknown
    state.life = saved === null ? 'new' : 'saved'
    state.saved = saved ?? text
    this.objects.add(object, true)
  }

  /** The back end is closed: objects end, since the next one may hold others under their keys. */
  forget(): void {
    for (const object of this.objects.allInMemory()) this.#end(object)
    this.texts.forget()
  }

  // --- Objects in memory

  #make(key: string, values: Data): T {
    const object = new this.storeClass({ keeper: this, key, values })
    // Again, because a subclass may have a property of the same name with a value of its own.
    return Object.assign(object, values)
  }

  #refresh(object: T, { values, unknown }: ReadRecord): T {
    Object.assign(object, values)
    const state = stateOf(object)
    state.unknown = unknown
    // As this class would write it, which need not be how a person did.
    state.life = 'saved'
    state.saved = this.#textOf(object) ?? ''
    return object
  }

  #makeNew(key: string, values: Data): T {
    return this.#make(key, completeFields(this.storeClass, key, values, this.host.stores))
  }

  /** Takes the key over. An earlier object that nobody can find any more must never be saved over this one. */
  #replace(object: T): T {
    const forgotten = this.objects.inMemory(object.key)
    if (forgotten) this.#end(forgotten)
    this.objects.add(object, true)
    return object
  }

  #end(object: T): void {
    stateOf(object).life = 'ended'
    this.objects.remove(object)
  }

  #assertAlive(object: T): void {
    if (stateOf(object).life !== 'ended') return
    // Throws where that is why it has ended.
    void this.host.backend
    throw new DeletedError(
      `${this.#kind}/${object.key} was deleted, released before it was ever saved, or storage was closed since. Create it or load it again.`,
    )
  }

  /** The object in memory, unless what is saved counts for more: somebody works on it, and reading must not undo that. */
  #inUse(key: string): T | undefined {
    const object = this.objects.inMemory(key)
    if (!object || this.objects.isActive(object)) return object
    const { life, saved } = stateOf(object)
    const isChanged = life === 'new' || this.#textOf(object) !== saved
    return isChanged ? object : undefined
  }

  /** Undefined for an object that cannot be written. */
  #textOf(object: T): string | undefined {
    try {
      return writeRecord(this.storeClass, object, stateOf(object).unknown)
    } catch {
      return undefined
    }
  }

  #withSession(values: Data): Data {
    return { ...values, ...readSession(this.storeClass, '{}', this.host.stores) }
  }
}
