/**
 * The manager of one kind: makes, finds and deletes its objects.
 *
 * An object is *active* from `create`, `load` or `loadYaml` until `release` or `delete`. Active objects stay in memory,
 * come through a restart of the process with their session fields and unsaved changes, and what they hold in memory
 * counts, not what is on disk. Any other object is read from disk when it is asked for, and forgotten when the program
 * lets go of it: changes to it that were not saved are then lost. Active or not, one key is one object in memory.
 */

import { abortable } from '../wait.js'
import type { WaitOptions } from './backend.js'
import { UnreadableError, YamlError } from './errors.js'
import type { Data, Given } from './field.js'
import { parseKey } from './key.js'
import type { LiveObjects } from './live.js'
import { type Finder, type LoadOptions, type Reference, resolveWith } from './reference.js'
import { type FieldsOf, type Store, type StoreClass, stateOf } from './store.js'
import type { Stores } from './stores.js'
import { readYaml } from './yaml.js'

/** Objects that a listing reads ahead. */
const BATCH = 32

/** Nothing need be given when every field has a default. */
export type CreateArguments<T> =
  Partial<Given<FieldsOf<T>>> extends Given<FieldsOf<T>>
    ? [values?: Given<FieldsOf<T>>, options?: WaitOptions]
    : [values: Given<FieldsOf<T>>, options?: WaitOptions]

/** Extend it for questions of one's own: `class Users extends Manager<User> { ... }`, `stores.manager(User, Users)`. */
export class Manager<T extends Store> implements Finder<T> {
  readonly stores: Stores
  readonly storeClass: StoreClass<T>
  readonly #live: LiveObjects<T>

  /** Called by `stores.manager`. */
  constructor(live: LiveObjects<T>) {
    this.#live = live
    this.stores = live.stores
    this.storeClass = live.storeClass
  }

  get kind(): string {
    return this.storeClass.kind
  }

  /**
   * The active object, else undefined.
   *
   * @throws InvalidKeyError here as everywhere that takes a key; the case of letters does not matter.
   */
  get(key: string): T | undefined {
    return this.#live.active(this.#parse(key))
  }

  /**
   * The object, active or saved, and active from now on; undefined when there is none.
   *
   * @param options.activate false to only look: it is then forgotten when the program lets go of it.
   * @throws UnreadableError when what is saved cannot be used; a damaged file has then been set aside.
   */
  async load(key: string, { activate = true, signal }: LoadOptions = {}): Promise<T | undefined> {
    return this.#live.load(this.#parse(key), activate, signal)
  }

  /**
   * Makes a new object, active and not saved yet. The fields hold what is given, or else their defaults.
   *
   * @throws ExistsError when there is one, active or saved.
   * @throws DamagedError when there was one that is damaged: its key is not free before a person has seen to it.
   * @throws InvalidValueError for a value that its schema refuses, or a field without a default that is not given.
   */
  async create(key: string, ...[values, options]: CreateArguments<T>): Promise<T> {
    return this.#live.create(this.#parse(key), (values ?? {}) as Data, options?.signal)
  }

  /** Points at an object, whether there is one or not. */
  ref(key: string): Reference<T> {
    return this.#live.ref(this.#parse(key))
  }

  /**
   * The object is not active any more, and its session fields go back to their defaults. One that was never saved ends
   * for good. Does nothing to an object that is not active.
   */
  release(object: T): void {
    this.#live.release(object)
  }

  /** Deletes an object, loaded or not: what is saved, and its life in memory. Not an error when there is none. */
  async delete(target: T | string, options: WaitOptions = {}): Promise<void> {
    if (typeof target === 'string') return this.#live.delete(this.#parse(target), options)
    return target.delete(options)
  }

  /** All active objects, by key. */
  active(): T[] {
    return this.#live.allActive()
  }

  /** The keys of all saved objects, sorted. Opens none of them. */
  keys(options: WaitOptions = {}): Promise<string[]> {
    return this.#live.saved.list(options)
  }

  /**
   * All saved objects, by key. Those that are not active are read a few at a time and not made active; those that
   * cannot be read are reported to `stores.onUnreadable` and left out.
   */
  async *saved({ signal }: WaitOptions = {}): AsyncGenerator<T, void, undefined> {
    yield* this.#each(await this.keys({ signal }), signal)
  }

  /** All objects, active or saved, by key: see `saved`. */
  async *all({ signal }: WaitOptions = {}): AsyncGenerator<T, void, undefined> {
    const keys = new Set(await this.keys({ signal }))
    for (const { key } of this.active()) keys.add(key)
    yield* this.#each([...keys].sort(), signal)
  }

  /**
   * Makes objects of the documents of a YAML file: each a mapping of fields, with the object's key under `key`. They
   * are active and not saved. Where there is an object of that key, active or saved, the fields that the document
   * names are set on it and the others stay.
   *
   * @returns the objects, in the order of the file.
   * @throws YamlError naming every problem by file, document and line; then nothing has changed.
   */
  async loadYaml(path: string, { signal }: WaitOptions = {}): Promise<T[]> {
    const documents = await readYaml(path, this.storeClass, this.stores, signal)
    // Holds on to those that are not active until they are.
    const found = new Map<string, T>()
    for await (const object of this.#each(
      documents.map(({ key }) => key),
      signal,
    ))
      found.set(object.key, object)
    // From here on nothing waits, so that all objects change at one moment.
    const { definition } = this.storeClass
    const isThere = (key: string) => this.#live.inMemory(key) !== undefined
    const problems = documents
      .filter(({ key }) => !isThere(key))
      .flatMap(({ given, document, line }) => {
        const outcome = resolveWith(this.stores, () => definition.complete(definition.names, given))
        return (outcome.problems ?? []).map(({ path: [field] }) => ({
          document,
          line,
          message: `the field ${String(field)} has no default and is missing`,
        }))
      })
    if (problems.length > 0) throw new YamlError(path, problems)
    return documents.map(({ key, given }) => this.#live.place(key, given))
  }

  async *#each(keys: readonly string[], signal: AbortSignal | undefined): AsyncGenerator<T, void, undefined> {
    for (let i = 0; i < keys.length; i += BATCH) {
      signal?.throwIfAborted()
      const batch = Promise.all(keys.slice(i, i + BATCH).map((key) => this.#peek(key)))
      for (const object of await abortable(batch, signal)) {
        if (object && !stateOf(object).deleted) yield object
      }
    }
  }

  async #peek(key: string): Promise<T | undefined> {
    try {
      return await this.load(key, { activate: false })
    } catch (error) {
      // It has been reported where it was found.
      if (error instanceof UnreadableError) return undefined
      throw error
    }
  }

  #parse(key: string): string {
    return parseKey(key, `key of ${this.kind}`)
  }
}
