/**
 * All the storage of one service: a manager for each kind, the back end they share, and the snapshot that carries
 * active objects through a restart.
 *
 * ```ts
 * const stores = new Stores()
 * const users = stores.manager(User)
 * await stores.open('file:data')
 * const ann = (await users.load('ann')) ?? (await users.create('ann'))
 * ```
 */
import { InvalidOptionError } from '../errors.js'
import type { Backend, WaitOptions } from './backend.js'
import { openBackend } from './backends/open.js'
import { DefinitionError, NotOpenError, type UnreadableError } from './errors.js'
import { isKey } from './key.js'
import { Listeners } from './listeners.js'
import { loadYaml } from './load-yaml.js'
import { Manager } from './manager.js'
import { checkBackend, checkOptions } from './options.js'
import type { Resolver } from './reference.js'
import { Repository } from './repository.js'
import type { RepositoryHost } from './saved-texts.js'
import type { ObjectSnapshot, StoresSnapshot } from './snapshot.js'
import { Store, type StoreClass } from './store.js'

export interface OpenOptions extends WaitOptions {
  /** The directory for settings that name none; `data` unless said otherwise. */
  storePath?: string | undefined
}

declare module './manager.js' {
  interface Manager<T extends Store> {
    /** The stores that this manager belongs to. */
    readonly stores: Stores
  }
}

export class Stores implements Resolver {
  #backend: Backend | undefined
  /** By kind, as the next one. */
  readonly #managers = new Map<string, Manager<Store>>()
  readonly #repositories = new Map<string, Repository<Store>>()
  /** Restored before the program has asked for their manager. */
  readonly #unclaimed = new Map<string, ObjectSnapshot[]>()
  readonly #onSave = new Listeners<[object: Store]>()
  readonly #onActivate = new Listeners<[object: Store]>()
  readonly #onKeep = new Listeners<[object: Store]>()
  readonly #onRelease = new Listeners<[object: Store]>()
  readonly #onDelete = new Listeners<[kind: string, key: string]>()
  readonly #onUnreadable = new Listeners<[error: UnreadableError]>()

  readonly #host: RepositoryHost = this.#repositoryHost()

  /** @throws NotOpenError before `open` and after `close`. */
  get backend(): Backend {
    if (this.#backend) return this.#backend
    throw new NotOpenError('No storage is open. Start the service first, or call stores.open().')
  }

  /**
   * The manager of a class, always the same one. Can be asked for before `open`.
   *
   * @param ManagerClass your own subclass; name it in the first call for this class at the latest.
   * @throws InvalidOptionError for what is no class of stored objects, or of managers.
   * @throws DefinitionError when another class has the same kind, or the manager has been made as another class.
   */
  manager<T extends Store>(storeClass: StoreClass<T>): Manager<T>
  manager<T extends Store, M extends Manager<T>>(
    storeClass: StoreClass<T>,
    ManagerClass: new (repository: Repository<T>) => M,
  ): M
  manager(
    storeClass: StoreClass,
    ManagerClass?: new (repository: Repository<Store>) => Manager<Store>,
  ): Manager<Store> {
    if (!isStoreClass(storeClass)) {
      const expected = 'a class that extends what Store.define() gives'
      throw new InvalidOptionError('manager()', 'storeClass', storeClass, expected)
    }
    if (ManagerClass !== undefined && !(ManagerClass?.prototype instanceof Manager))
      throw new InvalidOptionError('manager()', 'ManagerClass', ManagerClass, 'a class that extends Manager')
    const { kind } = storeClass
    if (!kind) throw new DefinitionError(`${storeClass.name} has no kind. Extend what Store.define() gives.`)
    const manager = this.#managers.get(kind)
    if (!manager) return this.#addKind(storeClass, ManagerClass ?? Manager)
    if (manager.storeClass !== storeClass) {
      throw new DefinitionError(
        `Two classes have the kind ${kind}: ${manager.storeClass.name} and ${storeClass.name}. Give one of them another kind.`,
      )
    }
    if (ManagerClass && !(manager instanceof ManagerClass)) {
      throw new DefinitionError(
        `The manager of ${kind} has already been made, with another class. Call stores.manager() with ${ManagerClass.name} before anything else asks for it.`,
      )
    }
    return manager
  }

  #addKind(
    storeClass: StoreClass,
    ManagerClass: new (repository: Repository<Store>) => Manager<Store>,
  ): Manager<Store> {
    const repository = new Repository(storeClass, this.#host)
    const manager = new ManagerClass(repository)
    this.#managers.set(storeClass.kind, manager)
    this.#repositories.set(storeClass.kind, repository)
    const unclaimed = this.#unclaimed.get(storeClass.kind) ?? []
    this.#unclaimed.delete(storeClass.kind)
    for (const object of unclaimed) repository.restore(object)
    return manager
  }

  #repositoryHost(): RepositoryHost {
    const stores = this
    return {
      stores,
      get backend() {
        return stores.backend
      },
      saved: (object) => this.#onSave.notify(object),
      activated: (object) => this.#onActivate.notify(object),
      released: (object) => this.#onRelease.notify(object),
      deleted: (kind, key) => this.#onDelete.notify(kind, key),
      unreadable: (error) => {
        if (this.#onUnreadable.empty) process.emitWarning(error)
        else this.#onUnreadable.notify(error)
      },
    }
  }

  /**
   * Opens a back end: `file` (the default), `file:DIRECTORY`, `memory`, `sqlite`, `sqlite:FILE`, `redis://HOST:PORT`, or
   * your own.
   *
   * @throws BackendSettingError for any other setting, and for a back end whose packages are not installed.
   * @throws BackendError when it cannot be reached.
   */
  async open(setting: string | Backend = 'file', options: OpenOptions = {}): Promise<void> {
    if (this.#backend) throw new DefinitionError('Storage is open already. Close it first.')
    checkOptions('open()', options, ['storePath', 'signal'])
    if (typeof setting !== 'string') checkBackend('open()', 'setting', setting)
    this.#backend = typeof setting === 'string' ? await openBackend(setting, options) : setting
  }

  /**
   * Waits for operations that are running, and closes the back end. It does not save anything. Objects in memory end: what
   * is opened next may hold others under their keys.
   */
  async close(): Promise<void> {
    await this.#idle()
    for (const repository of this.#repositories.values()) repository.forget()
    this.#unclaimed.clear()
    await this.#closeBackend()
  }

  /** Like `close`, but objects in memory stay: `open` may follow, where another process has not taken over after all. */
  async suspend(): Promise<void> {
    await this.#idle()
    await this.#closeBackend()
  }

  /** All at once: while one kind is waited for, something may begin in another. */
  async #idle(): Promise<void> {
    const repositories = [...this.#repositories.values()]
    while (repositories.some(({ isIdle }) => !isIdle)) {
      await Promise.all(repositories.map((repository) => repository.idle()))
    }
  }

  async #closeBackend(): Promise<void> {
    const backend = this.#backend
    this.#backend = undefined
    await backend?.close()
  }

  /**
   * Makes objects of the documents of a YAML file, each of which names its kind under `store`, as `manager.loadYaml` does
   * for one kind:
   *
   * ```yaml
   * store: room
   * key: hall
   * title: The hall
   * ---
   * store: user
   * key: ann
   * ```
   *
   * @returns the objects, in the order of the file.
   * @throws YamlError naming every problem by file, document and line; then nothing has changed.
   */
  async loadYaml(path: string, options: WaitOptions = {}): Promise<Store[]> {
    checkOptions('loadYaml()', options)
    return loadYaml(path, [...this.#repositories.values()], { signal: options.signal }, this)
  }

  /** Called after every save, when the text is safe. Returns a function that removes the listener. */
  onSave(listener: (object: Store) => void): () => void {
    return this.#onSave.add(listener)
  }

  /** Called when an object becomes active: it is created, loaded or restored. Returns a function that removes the listener. */
  onActivate(listener: (object: Store) => void): () => void {
    return this.#onActivate.add(listener)
  }

  /**
   * Has what an active object holds at the end of this turn outlive a crash of the process, under an angel, without writing
   * it to disk. It goes with what is written to clients in the same turn, so whoever is told of a change never finds it
   * undone. Otherwise changes since the last `save` are as old as the last snapshot after a crash.
   */
  keep(object: Store): void {
    if (!(object instanceof Store))
      throw new InvalidOptionError('keep()', 'object', object, 'a stored object')
    this.#onKeep.notify(object)
  }

  /** Called by `keep`. Returns a function that removes the listener. */
  onKeep(listener: (object: Store) => void): () => void {
    return this.#onKeep.add(listener)
  }

  /** Called when an object is active no longer, and nothing of it is being saved. Returns a function that removes the listener. */
  onRelease(listener: (object: Store) => void): () => void {
    return this.#onRelease.add(listener)
  }

  /** Called after every delete. Returns a function that removes the listener. */
  onDelete(listener: (kind: string, key: string) => void): () => void {
    return this.#onDelete.add(listener)
  }

  /**
   * Called once for every saved object that cannot be read, with an error that says why and where it is. Without a
   * listener the error becomes a warning of the process. Returns a function that removes the listener.
   */
  onUnreadable(listener: (error: UnreadableError) => void): () => void {
    return this.#onUnreadable.add(listener)
  }

  /**
   * All active objects as plain JSON data, with their session fields and unsaved changes, as of this moment.
   *
   * @throws InvalidValueError when a field holds what its schema refuses.
   */
  snapshot(): StoresSnapshot {
    const invalid = (error: Error): never => {
      throw error
    }
    return { objects: [...this.snapshots(invalid)] }
  }

  /**
   * The same one by one, so that other work can be done in between.
   *
   * @param invalid gets the objects that cannot be written, because their schema refuses a value or throws. They are left out.
   */
  *snapshots(invalid: (error: Error, object: Store) => void): Generator<ObjectSnapshot, void, undefined> {
    for (const repository of [...this.#repositories.values()]) {
      for (const object of repository.objects.allActive()) {
        // It may have been deleted or released while others were looked at.
        if (repository.objects.active(object.key) !== object) continue
        try {
          yield repository.snapshot(object)
        } catch (error) {
          invalid(error as Error, object)
        }
      }
      yield* repository.texts.held()
    }
    for (const objects of this.#unclaimed.values()) yield* objects
  }

  /** One active object, for a snapshot that is kept up to date with `onSave` and `onDelete`. */
  snapshotOf(object: Store): ObjectSnapshot {
    if (!(object instanceof Store))
      throw new InvalidOptionError('snapshotOf()', 'object', object, 'a stored object')
    const { kind } = object.constructor as unknown as StoreClass
    const repository = this.#repositories.get(kind)
    if (repository?.objects.inMemory(object.key) === object) return repository.snapshot(object)
    throw new DefinitionError(`${kind}/${object.key} is not an object of these stores, or was deleted.`)
  }

  /**
   * Makes the objects of a snapshot active again, at once and without the disk. Objects of a kind whose manager has not
   * been asked for yet wait for that. One that its class cannot read is reported to `onUnreadable` and kept for a version
   * that can: it is part of later snapshots, and its key can't be loaded or created meanwhile.
   *
   * @param options `back`: this process had let go, and goes on after all. An active object whose snapshot it cannot read
   * stays as it is then.
   */
  restore({ objects }: StoresSnapshot, { back = false }: { readonly back?: boolean } = {}): void {
    // Those that were active count for more than those that were only kept: so they come last.
    const inOrder = [...objects].sort((a, b) => Number(b.refused ?? false) - Number(a.refused ?? false))
    for (const object of inOrder) {
      const repository = this.#repositories.get(object.kind)
      if (repository) repository.restore(object, back)
      else this.#unclaimed.set(object.kind, [...(this.#unclaimed.get(object.kind) ?? []), object])
    }
  }

  /**
   * After `restore`, in a process that follows another one: active objects that were in no snapshot are read again, since the
   * other may have saved or deleted them after they were read here. Those that are no longer saved end.
   *
   * @param names of the objects that were restored, such as `user/ann`.
   * @param failed is told of objects that can't be read; they stay as they are.
   */
  async catchUp(names: ReadonlySet<string>, failed: (error: Error) => void): Promise<void> {
    for (const [kind, repository] of this.#repositories) {
      await repository.catchUp((key) => names.has(`${kind}/${key}`), failed)
    }
  }

  /**
   * After `restore`, in a process that goes on after all: objects that another process has released or deleted meanwhile are
   * not active any more, and what was not saved of them is forgotten.
   */
  letGo(names: ReadonlySet<string>): void {
    for (const [kind, repository] of this.#repositories) {
      repository.letGo((key) => names.has(`${kind}/${key}`))
    }
  }

  /**
   * The object of this name (`user/ann`), active, in memory or saved; it does not become active. Undefined when there is none.
   *
   * @throws UnreadableError
   */
  async load(name: string, options: WaitOptions = {}): Promise<Store | undefined> {
    if (typeof name !== 'string')
      throw new InvalidOptionError('load()', 'name', name, "the name of an object, such as 'user/ann'")
    checkOptions('load()', options)
    const place = this.#placeOf(name)
    return place?.repository.load(place.key, false, options.signal)
  }

  /**
   * For `JSON.parse` of data in which stored objects and references were written by `JSON.stringify`: gives the object that
   * is in memory (undefined when it is not) and the reference again. Use it after `restore`, and `load` for those that are
   * only saved.
   */
  readonly revive = (_key: string, value: unknown): unknown => {
    const { $object, $ref } = Object(value) as { $object?: unknown; $ref?: unknown }
    const name = $object ?? $ref
    if (typeof name !== 'string' || Object.keys(value as object).length !== 1) return value
    const place = this.#placeOf(name)
    // Not ours: a program's own data may have such a property.
    if (place === undefined) return value
    const { repository, key } = place
    return $object === undefined ? repository.ref(key) : repository.objects.inMemory(key)
  }

  /** Where the object of this name belongs; undefined for what names none. */
  #placeOf(name: string): { repository: Repository<Store>; key: string } | undefined {
    const [kind = '', key = ''] = name.split('/')
    const repository = this.#repositories.get(kind)
    return repository !== undefined && isKey(key) ? { repository, key } : undefined
  }
}

function isStoreClass(value: unknown): boolean {
  return typeof value === 'function' && (value === Store || value.prototype instanceof Store)
}
