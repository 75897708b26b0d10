/**
 * The classes that programs extend. A store class is a kind, its fields and methods of its own:
 *
 * ```ts
 * class User extends Store.define('user', {
 *   email: z.string().default(''),
 *   visits: z.number().default(0),
 *   friends: references<User>(() => User),
 *   here: session(z.boolean().default(false)),
 * }) {
 *   greet() { return `Hello, ${this.key}` }
 * }
 * ```
 *
 * Three lifetimes: a field is saved; a `session()` field lasts while the object is active and through a restart; a
 * plain class property lasts as long as the object is in this process's memory.
 */

import { checkObject } from '../errors.js'
import type { WaitOptions } from './backend.js'
import { DefinitionError } from './errors.js'
import { type Data, Definition, type Fields, type Values } from './field.js'
import { parseKey } from './key.js'
import { checkOptions } from './options.js'
import type { Reference } from './reference.js'

declare const FIELDS: unique symbol

/** What a stored object asks of its repository. */
export interface Keeper {
  save(object: Store, options?: WaitOptions): Promise<void>
  reload(object: Store, options?: WaitOptions): Promise<void>
  delete(key: string, options: WaitOptions | undefined, object?: Store): Promise<void>
  ref(key: string): Reference
}

/**
 * - `new`: never saved. To release it is to end it, unless its first write is under way.
 * - `saved`: something is saved, perhaps an older state than what is in memory.
 * - `ended`: deleted, released before it was ever saved, or its storage was closed. It can't be saved any more.
 */
type Life = 'new' | 'saved' | 'ended'

/** What an object is made of. Only repositories have it. */
interface StoreInit {
  readonly keeper: Keeper
  readonly key: string
  /** What the fields hold at first. */
  readonly values: Data
}

/** What a repository knows of an object beside its fields. */
class StoredState {
  /** What the file has beside the fields, and is written back with them: a newer version may need it. */
  unknown: Data = {}
  life: Life = 'new'
  /** The text last read or written, as this class would write it; of use while `life` is `saved`. */
  saved = ''
  /** The save that has not begun yet, which a further save joins. */
  next: { text: string; done: Promise<void> } | undefined
  /** How many writes have not settled yet. */
  writes = 0
}

/** For this room alone. */
export let stateOf: (object: Store) => StoredState

/** The root of all stored objects. Not extended itself: extend what `Store.define` gives. */
export class Store {
  /** Names the directory and the manager: one class a kind. */
  static readonly kind: string = ''
  static readonly fields: Fields = {}
  /** Raise it when the meaning of saved fields changes, and say in `migrate` how to get there. */
  static version = 1
  /** False for classes of which nothing is saved. */
  static readonly permanent: boolean = true
  static readonly definition: Definition = new Definition('', {}, true)

  /**
   * Brings data saved under an older version to this one's form, before it is checked. A field that was merely added
   * needs no migration: it gets its default.
   *
   * @param from the version it was saved under; what has none counts as 1.
   * @param data the saved fields, fields unknown to this class among them. What stays in it is written back.
   */
  static migrate(from: number, data: Data): Data {
    void from
    return data
  }

  /**
   * A class to extend, with these fields. Called on a class that has fields, it adds to them.
   *
   * @param kind valid as a key is, see `key.ts`; the directory's name in the default back end.
   * @throws DefinitionError for a field that would hide a member of its class, or is no schema.
   */
  static define<B extends AnyBase, const K extends string, F extends Fields>(
    this: B,
    kind: K,
    fields: F & { [N in keyof Store]?: never },
  ): DefinedClass<B, K, F> {
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass
    const Base = this as unknown as typeof Store
    const name = parseKey(kind, 'kind')
    checkObject('define()', 'fields', fields, 'an object of zod schemas, such as { name: z.string() }')
    for (const field of Object.keys(fields)) {
      if (field in Base.prototype || FORBIDDEN.has(field) || field.startsWith('$')) {
        throw new DefinitionError(
          `Field ${field} of ${name} would hide a member of its class. Choose another name.`,
        )
      }
    }
    const all: Fields = { ...Base.fields, ...fields }
    class Defined extends Base {
      static override readonly kind = name
      static override readonly fields = all
      static override readonly definition = new Definition(name, all, Base.permanent)
    }
    return Defined as unknown as DefinedClass<B, K, F>
  }

  static {
    stateOf = (object) => object.#state
  }

  readonly #state = new StoredState()
  readonly #keeper: Keeper
  /** In lower case, fixed, and part of no schema. */
  declare readonly key: string

  /** Called by managers: programs use `manager.create`. @throws DefinitionError where a program calls it. */
  constructor(init: StoreInit) {
    // In plain JavaScript nothing keeps a program from calling it, with anything or nothing.
    const { keeper, key, values } = init ?? {}
    if (keeper === undefined) {
      const { name } = new.target
      throw new DefinitionError(
        `new ${name}() is for managers: stores.manager(${name}).create(key) makes an object.`,
      )
    }
    this.#keeper = keeper
    Object.defineProperty(this, 'key', { value: key, enumerable: true })
    Object.assign(this, values)
  }

  /** Points at this object: `ann.friends.push(bob.ref)`. */
  get ref(): Reference<this> {
    return this.#keeper.ref(this.key) as Reference<this>
  }

  /**
   * Saves the fields as they are at this moment. Saves of one object reach the disk in order, the last one last;
   * several in a row may share one write. After the promise has resolved, what was saved survives a crash.
   *
   * @throws InvalidValueError naming the field that its schema refuses; nothing is written.
   * @throws BackendError naming the path; the object and what was saved before are untouched.
   * @throws DeletedError when the object has been deleted.
   */
  async save(options: WaitOptions = {}): Promise<void> {
    checkOptions('save()', options)
    return this.#keeper.save(this, options)
  }

  /**
   * Puts the saved fields back to what is saved, so that changes since are gone. Session fields stay.
   *
   * @throws NotSavedError when nothing is saved.
   */
  async load(options: WaitOptions = {}): Promise<void> {
    checkOptions('load()', options)
    return this.#keeper.reload(this, options)
  }

  /** Removes what is saved and ends the object's life: it is not active any more, and cannot be saved again. */
  async delete(options: WaitOptions = {}): Promise<void> {
    checkOptions('delete()', options)
    return this.#keeper.delete(this.key, options, this)
  }

  /** For `JSON.stringify`: which object this is, not what it holds, which may be private. `stores.revive` finds it. */
  toJSON(): { $object: string } {
    return { $object: `${(this.constructor as typeof Store).kind}/${this.key}` }
  }
}

/** The root of objects of which nothing is ever saved: they last while active, and through a restart. */
export class SessionStore extends Store {
  static override readonly permanent = false
}

// `then` would make every object a promise to `await`; the others are what plain objects have.
const FORBIDDEN = new Set(['key', 'then', '__proto__', 'constructor'])

/** A class whose objects a manager can make. */
export interface StoreClass<T extends Store = Store> {
  new (init: StoreInit): T
  readonly kind: string
  readonly fields: Fields
  readonly version: number
  readonly permanent: boolean
  readonly definition: Definition
  migrate(from: number, data: Data): Data
}

// biome-ignore lint/suspicious/noExplicitAny: TypeScript asks for it of the base of a mixin
type AnyBase = abstract new (...args: any) => Store

export interface DefinedClass<B extends AnyBase, K extends string, F> {
  new (init: StoreInit): InstanceType<B> & Values<F> & { readonly [FIELDS]?: F }
  readonly kind: K
  readonly fields: Fields
  version: number
  readonly permanent: boolean
  readonly definition: Definition
  migrate(from: number, data: Data): Data
  define: typeof Store.define
}

/** The fields with which a class of objects was defined. */
export type FieldsOf<T> = T extends { readonly [FIELDS]?: infer F } ? NonNullable<F> : never
