/**
 * The manager of one kind: makes, finds and deletes its objects.
 *
 * An object is *active* from `create`, `load` or `loadYaml` until `release` or `delete`, or until the service stops. Active objects stay in memory,
 * come through a restart of the process with their session fields and unsaved changes, and what they hold in memory
 * counts, not what is on disk. Any other object is read from disk when it is asked for, and forgotten when the program
 * lets go of it: changes to it that were not saved are then lost. Active or not, one key is one object in memory.
 */
import { checkObject, InvalidOptionError } from '../errors.js'
import type { WaitOptions } from './backend.js'
import type { Data, Given } from './field.js'
import { parseKey } from './key.js'
import { peekEach } from './listing.js'
import { loadYaml } from './load-yaml.js'
import { checkOptions } from './options.js'
import type { Finder, LoadOptions, Reference } from './reference.js'
import type { Repository } from './repository.js'
import { type FieldsOf, Store, type StoreClass } from './store.js'

/** Nothing need be given when every field has a default. */
type CreateArguments<T> =
  Partial<Given<FieldsOf<T>>> extends Given<FieldsOf<T>>
    ? [values?: Given<FieldsOf<T>>, options?: WaitOptions]
    : [values: Given<FieldsOf<T>>, options?: WaitOptions]

const OF_FIELDS = "an object of fields, such as { name: 'Ann' }"

/** Extend it to add your own queries: `class Users extends Manager<User> { ... }`, `stores.manager(User, Users)`. */
export class Manager<T extends Store> implements Finder<T> {
  readonly storeClass: StoreClass<T>
  readonly #repository: Repository<T>

  /** Called by `stores.manager`. */
  constructor(repository: Repository<T>) {
    this.#repository = repository
    // `stores.ts` says that it is there: this file cannot, without the two importing each other.
    Object.assign(this, { stores: repository.host.stores })
    this.storeClass = repository.storeClass
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
    return this.#repository.objects.active(this.#parse(key))
  }

  /**
   * The object, active or saved, and active from now on; undefined when there is none.
   *
   * @param options.activate false to only look: it is then forgotten when the program lets go of it.
   * @throws UnreadableError when what is saved cannot be read; damaged text has then been set aside.
   */
  async load(key: string, options: LoadOptions = {}): Promise<T | undefined> {
    checkOptions('load()', options, ['signal'], ['activate'])
    const { activate = true, signal } = options
    return this.#repository.load(this.#parse(key), activate, signal)
  }

  /**
   * Makes a new object, active and not saved yet. The fields hold what is given, or else their defaults.
   *
   * @throws ExistsError when there is one, active or saved.
   * @throws UnreadableError when there is one that cannot be read: its key is not free before a person has mended or removed it.
   * @throws InvalidValueError for a value that its schema refuses, or a field without a default that is not given.
   */
  async create(key: string, ...[values, options]: CreateArguments<T>): Promise<T> {
    // A list would be taken for an object without a field, and its items for nothing.
    if (Array.isArray(values)) throw new InvalidOptionError('create()', 'values', values, OF_FIELDS)
    if (values !== undefined && values !== null) checkObject('create()', 'values', values, OF_FIELDS)
    if (options !== undefined) checkOptions('create()', options)
    return this.#repository.create(this.#parse(key), (values ?? {}) as Data, options?.signal)
  }

  /** Points at an object, whether there is one or not. */
  ref(key: string): Reference<T> {
    return this.#repository.ref(this.#parse(key))
  }

  /**
   * The object is not active any more, and its session fields go back to their defaults. One that was never saved ends
   * for good. Does nothing to an object that is not active.
   */
  release(object: T): void {
    if (!(object instanceof Store))
      throw new InvalidOptionError('release()', 'object', object, 'a stored object')
    this.#repository.release(object)
  }

  /** Deletes an object, loaded or not: what is saved, and its life in memory. Not an error when there is none. */
  async delete(target: T | string, options: WaitOptions = {}): Promise<void> {
    checkOptions('delete()', options)
    if (typeof target === 'string') return this.#repository.delete(this.#parse(target), options)
    if (!(target instanceof Store))
      throw new InvalidOptionError('delete()', 'target', target, 'a stored object, or its key')
    return target.delete(options)
  }

  /** All active objects, by key. */
  active(): T[] {
    return this.#repository.objects.allActive()
  }

  /** The keys of all saved objects, sorted. Opens none of them. */
  async keys(options: WaitOptions = {}): Promise<string[]> {
    checkOptions('keys()', options)
    return this.#repository.texts.keys(options)
  }

  /**
   * All saved objects, by key. Those that are not active are read a few at a time and not made active; those that
   * cannot be read are reported to `stores.onUnreadable` and left out.
   *
   * @throws BackendError when the back end can list nothing: it is not the objects that are wrong then.
   */
  async *saved(options: WaitOptions = {}): AsyncGenerator<T, void, undefined> {
    yield* this.#each(await this.keys(options), options.signal)
  }

  /** All objects, active or saved, by key: see `saved`. */
  async *all(options: WaitOptions = {}): AsyncGenerator<T, void, undefined> {
    const keys = new Set(await this.keys(options))
    for (const { key } of this.active()) keys.add(key)
    yield* this.#each([...keys].sort(), options.signal)
  }

  #each(keys: readonly string[], signal: AbortSignal | undefined): AsyncGenerator<T, void, undefined> {
    const { texts } = this.#repository
    return peekEach(this, keys, signal, (failures) => texts.reportNotRead(failures, { signal }))
  }

  /**
   * Makes objects of the documents of a YAML file: each a mapping of fields, with the object's key under `key`, and
   * perhaps its kind under `store`. They are active and not saved. Where there is an object of that key, active or
   * saved, the fields that the document names are set on it and the others stay. A file that holds objects of several
   * kinds is for `stores.loadYaml`.
   *
   * @returns the objects, in the order of the file.
   * @throws YamlError naming every problem by file, document and line; then nothing has changed.
   */
  async loadYaml(path: string, options: WaitOptions = {}): Promise<T[]> {
    checkOptions('loadYaml()', options)
    const own = this.#repository
    return loadYaml(path, [own], { own, signal: options.signal }, this.stores)
  }

  #parse(key: string): string {
    return parseKey(key, `key of ${this.kind}`)
  }
}
