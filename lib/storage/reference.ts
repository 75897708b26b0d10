/**
 * References: how one stored object points at another. A field holds the other's key, not the object itself, so
 * loading one object never drags in all that hang together with it, cycles are harmless, and an object that is deleted
 * leaves references that simply lead nowhere any more.
 */
import { z } from 'zod'
import { checkFunction, InvalidOptionError } from '../errors.js'
import type { WaitOptions } from './backend.js'
import { DefinitionError } from './errors.js'
import { parseKey } from './key.js'

/** What a reference needs of the manager of its kind. */
export interface Finder<T> {
  readonly kind: string
  get(key: string): T | undefined
  load(key: string, options?: LoadOptions): Promise<T | undefined>
}

export interface LoadOptions extends WaitOptions {
  /** Whether what is loaded becomes active, which is so unless said otherwise. */
  activate?: boolean | undefined
}

/** A stored object, as far as references go. */
interface Stored {
  readonly ref: Reference
}

/** Points at a stored object by kind and key, whether it is active, saved, or gone. It never changes. */
export class Reference<T = unknown> {
  readonly #finder: Finder<T>
  readonly key: string

  constructor(finder: Finder<T>, key: string) {
    this.#finder = finder
    this.key = parseKey(key, `key of ${finder.kind}`)
  }

  get kind(): string {
    return this.#finder.kind
  }

  /** The object if it is active, else undefined. */
  get(): T | undefined {
    return this.#finder.get(this.key)
  }

  /**
   * The object, active or saved; undefined when there is none, such as when it has been deleted.
   *
   * @throws UnreadableError when what is saved cannot be used.
   */
  load(options?: LoadOptions): Promise<T | undefined> {
    return this.#finder.load(this.key, options)
  }

  /** Whether this points at `other`, or at what `other` points at. @throws InvalidOptionError for what is neither. */
  is(other: T | Reference<T>): boolean {
    const reference = other instanceof Reference ? other : (other as Stored | null | undefined)?.ref
    if (!(reference instanceof Reference))
      throw new InvalidOptionError('is()', 'other', other, 'a stored object, or a reference')
    return reference.kind === this.kind && reference.key === this.key
  }

  toString(): string {
    return `${this.kind}/${this.key}`
  }

  /** For `JSON.stringify`; `stores.revive` turns it back. */
  toJSON(): { $ref: string } {
    return { $ref: this.toString() }
  }
}

/** What resolves references: the stores that the object being read belongs to. */
export interface Resolver {
  manager(target: unknown): Finder<unknown>
}

// All stores of a process share a schema, so each decoding sets the stores that its references belong to. That is safe
// because decoding never waits: nothing else can run in between.
let resolver: Resolver | undefined

export function resolveWith<R>(current: Resolver, decode: () => R): R {
  const before = resolver
  resolver = current
  try {
    return decode()
  } finally {
    resolver = before
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a store class is matched by what it makes, never by what makes it
type AnyStoreClass = abstract new (...args: any) => Stored

// biome-ignore lint/suspicious/noExplicitAny: TypeScript cannot look at a class while it reads that class's own base
type Unseen<T> = [T] extends [never] ? never : () => any

/**
 * A schema for one reference, written as the other's key. Nest it as any other: `.optional()`,
 * `z.record(z.string(), reference(() => Room))`.
 *
 * The type is inferred. Where classes refer to themselves or to each other TypeScript cannot do that (error 2506): name
 * the type, `reference<Room>(() => Room)`.
 */
export function reference<C extends AnyStoreClass, T extends InstanceType<C>>(
  target: () => C,
): z.ZodType<Reference<T>, string>
export function reference<T = never>(target: Unseen<T>): z.ZodType<Reference<T>, string>
export function reference(target: () => unknown): z.ZodType<Reference, string> {
  checkFunction('reference()', 'target', target)
  const held = z.custom<Reference>(
    (value) => value instanceof Reference,
    'expected a reference: write object.ref',
  )
  return z.codec(z.string(), held, {
    decode(key, context) {
      if (!resolver) {
        throw new DefinitionError(
          'A reference can only be read as part of a stored object. Load it through a manager.',
        )
      }
      const finder = resolver.manager(target())
      try {
        return new Reference(finder, key)
      } catch (error) {
        context.issues.push({ code: 'custom', message: (error as Error).message, input: key })
        return z.NEVER
      }
    },
    encode(value, context) {
      const kind = (target() as { kind?: string }).kind
      if (value.kind !== kind) {
        context.issues.push({
          code: 'custom',
          message: `refers to ${value}, but must refer to a ${kind}`,
          input: value,
        })
        return z.NEVER
      }
      return value.key
    },
  })
}

/** A schema for a list of references, empty at first. See `reference` for when to name the type. */
export function references<C extends AnyStoreClass, T extends InstanceType<C>>(
  target: () => C,
): z.ZodType<Reference<T>[], string[] | undefined>
export function references<T = never>(target: Unseen<T>): z.ZodType<Reference<T>[], string[] | undefined>
export function references(target: () => unknown): z.ZodType<Reference[], string[] | undefined> {
  return z.array(reference<unknown>(target)).default(() => [])
}
