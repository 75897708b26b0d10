/**
 * The objects of one kind that are in memory, and everything that happens to them between memory and disk. All of it
 * goes through one lane a key, in the order asked for: so two saves end as the later one, two loads give one object,
 * and no save comes after a delete.
 */

import { abortable } from '../wait.js'
import type { WaitOptions } from './backend.js'
import { DeletedError, ExistsError, NotSavedError, UnreadableError } from './errors.js'
import { type Data, describeProblem } from './field.js'
import { IdentityMap } from './identity.js'
import { invalid, type ReadRecord, reading, readRecord, writeRecord, writeSession } from './record.js'
import { Reference, resolveWith } from './reference.js'
import { SavedRecords } from './saved.js'
import type { ObjectSnapshot } from './snapshot.js'
import { type Keeper, type Store, type StoreClass, stateOf } from './store.js'
import type { Stores } from './stores.js'
import { Lanes } from './wait.js'

/** Keys given to these methods are parsed already. */
export class LiveObjects<T extends Store> implements Keeper {
  readonly stores: Stores
  readonly storeClass: StoreClass<T>
  readonly saved: SavedRecords
  readonly #identity = new IdentityMap<T>()
  readonly #lanes = new Lanes()
  /** Snapshots that this version of the class cannot read, and why. */
  readonly #refused = new Map<string, { snapshot: ObjectSnapshot; error: UnreadableError }>()

  constructor(stores: Stores, storeClass: StoreClass<T>) {
    this.stores = stores
    this.storeClass = storeClass
    this.saved = new SavedRecords(stores, storeClass)
  }

  active(key: string): T | undefined {
    return this.#identity.active(key)
  }

  allActive(): T[] {
    return this.#identity.allActive()
  }

  ref(key: string): Reference<T> {
    // `manager` rather than this: a program's own manager may have a say in how its objects are found.
    return new Reference<T>(this.stores.manager(this.storeClass), key)
  }

  /** Resolves when no operation is under way. */
  idle(): Promise<void> {
    return this.#lanes.idle()
  }

  load(key: string, activate: boolean, signal?: AbortSignal): Promise<T | undefined> {
    return this.#lanes.run(
      key,
      async () => {
        const before = this.#identity.inMemory(key)
        // Somebody still works on it: what is saved must not undo that.
        if (!before) this.#assertReadable(key)
        const keep = before && (this.#identity.isActive(before) || this.#isChanged(before))
        const object = keep ? before : await this.#read(key, before, signal)
        if (object) this.#identity.add(object, activate)
        return object
      },
      signal,
    )
  }

  async #read(key: string, before: T | undefined, signal: AbortSignal | undefined): Promise<T | undefined> {
    const record = await this.saved.read(key, { signal })
    // A snapshot may have been restored, or the object changed, while the disk was read.
    const object = this.#identity.inMemory(key) ?? before
    if (object && (this.#identity.isActive(object) || this.#isChanged(object))) return object
    if (!record) return undefined
    return reading(this.storeClass, key, () =>
      object ? this.#refresh(object, record) : this.#make(key, this.#withSession(record.values), record),
    )
  }

  create(key: string, values: Data, signal?: AbortSignal): Promise<T> {
    return this.#lanes.run(
      key,
      async () => {
        if (!this.active(key)) this.#assertReadable(key)
        const isSaved = !this.active(key) && (await this.saved.exists(key, { signal }))
        if (isSaved || this.active(key)) {
          throw new ExistsError(
            `There is a ${this.storeClass.kind} "${key}" already. Load it, or choose another key.`,
          )
        }
        const object = this.#make(key, this.#complete(key, values))
        // Checks what was given: writing it down is what a schema can refuse.
        writeRecord(this.storeClass, object, {})
        writeSession(this.storeClass, object)
        this.#replace(object)
        return object
      },
      signal,
    )
  }

  /** Sets fields on the object of this key that is in memory, or makes one; then it is active. Never waits. */
  place(key: string, values: Data): T {
    const object = this.inMemory(key)
    if (object) {
      this.#identity.add(Object.assign(object, values), true)
      return object
    }
    const made = this.#make(key, this.#complete(key, values))
    this.#replace(made)
    return made
  }

  /** Active or not. */
  inMemory(key: string): T | undefined {
    return this.#identity.inMemory(key)
  }

  async save(object: T, { signal }: WaitOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    this.#assertAlive(object)
    const state = stateOf(object)
    const text = writeRecord(this.storeClass, object, state.unknown)
    if (!this.storeClass.permanent) {
      this.stores.reportSave(object)
      return
    }
    if (state.next) state.next.text = text
    else state.next = this.#queueWrite(object, text)
    await abortable(state.next.done, signal)
  }

  #queueWrite(object: T, text: string): { text: string; done: Promise<void> } {
    const state = stateOf(object)
    state.saving++
    const next = { text, done: Promise.resolve() }
    next.done = this.#lanes
      .run(object.key, async () => {
        state.next = undefined
        this.#assertAlive(object)
        await this.saved.write(object.key, next.text)
        state.saved = next.text
        this.stores.reportSave(object)
      })
      .finally(() => {
        state.saving--
      })
    return next
  }

  reload(object: T, { signal }: WaitOptions = {}): Promise<void> {
    return this.#lanes.run(
      object.key,
      async () => {
        this.#assertAlive(object)
        if (!this.storeClass.permanent) return
        const record = await this.saved.read(object.key, { signal })
        if (!record)
          throw new NotSavedError(
            `${this.#name(object.key)} is not saved, so it cannot be loaded. Save it first.`,
          )
        reading(this.storeClass, object.key, () => this.#refresh(object, record))
      },
      signal,
    )
  }

  /** @param object left out for whatever has the key, loaded or not. */
  delete(key: string, { signal }: WaitOptions = {}, object?: T): Promise<void> {
    return this.#lanes.run(
      key,
      async () => {
        // One that was deleted before may have a successor under its key.
        if (object && stateOf(object).deleted) return
        await this.saved.remove(key)
        this.#refused.delete(key)
        const gone = this.#identity.inMemory(key)
        if (gone) this.#end(gone)
        this.stores.reportDelete(this.storeClass.kind, key)
      },
      signal,
    )
  }

  release(object: T): void {
    if (!this.#identity.isActive(object)) return
    const state = stateOf(object)
    if (state.saved === undefined && state.saving === 0) {
      this.#end(object)
      return
    }
    this.#identity.deactivate(object)
    Object.assign(object, this.#withSession({}))
  }

  snapshot(object: T): ObjectSnapshot {
    const { unknown, saved } = stateOf(object)
    const text = writeRecord(this.storeClass, object, unknown)
    return {
      kind: this.storeClass.kind,
      key: object.key,
      text,
      session: writeSession(this.storeClass, object),
      ...(saved === text ? {} : { saved: saved ?? null }),
    }
  }

  /** What the class cannot read any more, or not yet. */
  refused(): ObjectSnapshot[] {
    return [...this.#refused.values()].map(({ snapshot }) => ({ ...snapshot, refused: true }))
  }

  /**
   * @throws UnreadableError when this version of the class cannot read it. It is then kept for one that can, and nobody can
   *   load or create an object of its key meanwhile: there would be two of them later.
   */
  restore(snapshot: ObjectSnapshot): void {
    const { kind, key } = snapshot
    try {
      this.#restore(snapshot)
      this.#refused.delete(key)
    } catch (cause) {
      const error = new UnreadableError(
        kind,
        key,
        `This version cannot read ${kind}/${key}: ${(cause as Error)?.message ?? cause}. It is left out, and kept, with its unsaved changes, for a version that can read it.`,
        { cause },
      )
      // Of two, the one that was active last.
      if (!snapshot.refused || !this.#refused.has(key)) this.#refused.set(key, { snapshot, error })
      throw error
    }
  }

  #restore({ key, text, session, saved }: ObjectSnapshot): void {
    const { definition } = this.storeClass
    const record = readRecord(this.storeClass, key, text, this.stores)
    if ('damage' in record) throw new Error(record.damage)
    const decoded = resolveWith(this.stores, () => {
      const given = definition.decode(definition.session, JSON.parse(session))
      return given.value ? definition.complete(definition.session, given.value) : given
    })
    if (!decoded.value) throw new Error(decoded.problems.map(describeProblem).join('; '))
    const values = { ...record.values, ...decoded.value }
    const object = this.inMemory(key) ?? this.#make(key, values)
    Object.assign(object, values)
    const state = stateOf(object)
    state.unknown = record.unknown
    state.saved = saved === undefined ? text : (saved ?? undefined)
    this.#identity.add(object, true)
  }

  #assertReadable(key: string): void {
    const refused = this.#refused.get(key)
    if (refused) throw refused.error
  }

  #name(key: string): string {
    return `${this.storeClass.kind}/${key}`
  }

  #assertAlive(object: T): void {
    if (!stateOf(object).deleted) return
    throw new DeletedError(
      `${this.#name(object.key)} was deleted, or released before it was ever saved. Create or load one anew.`,
    )
  }

  /** @param record what it was read from; undefined for one that is not saved. */
  #make(key: string, values: Data, record?: ReadRecord): T {
    const object = new this.storeClass({
      keeper: this,
      key,
      values,
      unknown: record?.unknown ?? {},
      saved: undefined,
      deleted: false,
      next: undefined,
      saving: 0,
    })
    // Again, because a subclass may have a property of the same name with a value of its own.
    Object.assign(object, values)
    if (record) this.#markSaved(object)
    return object
  }

  /** Takes the key over. An earlier object that nobody can find any more must never be saved over this one. */
  #replace(object: T): void {
    const forgotten = this.inMemory(object.key)
    if (forgotten) this.#end(forgotten)
    this.#identity.add(object, true)
  }

  #end(object: T): void {
    stateOf(object).deleted = true
    this.#identity.remove(object)
  }

  #refresh(object: T, { values, unknown }: ReadRecord): T {
    Object.assign(object, values)
    stateOf(object).unknown = unknown
    this.#markSaved(object)
    return object
  }

  #markSaved(object: T): void {
    // As this class would write it, which need not be how a person did.
    stateOf(object).saved = this.#textOf(object) ?? ''
  }

  #isChanged(object: T): boolean {
    return this.#textOf(object) !== stateOf(object).saved
  }

  #textOf(object: T): string | undefined {
    try {
      return writeRecord(this.storeClass, object, stateOf(object).unknown)
    } catch {
      return undefined
    }
  }

  #withSession(values: Data): Data {
    const { definition } = this.storeClass
    const session = resolveWith(this.stores, () => definition.complete(definition.session, {}))
    return { ...values, ...session.value }
  }

  #complete(key: string, values: Data): Data {
    const { definition } = this.storeClass
    const stray = Object.keys(values).filter((name) => !definition.names.includes(name))
    if (stray.length > 0) {
      throw invalid(
        this.#name(key),
        stray.map((name) => ({ path: [name], message: 'there is no such field' })),
      )
    }
    const outcome = resolveWith(this.stores, () => definition.complete(definition.names, values))
    if (!outcome.value) throw invalid(this.#name(key), outcome.problems)
    return outcome.value
  }
}
