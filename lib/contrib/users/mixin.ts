/**
 * How fields and methods are added to a class of users: `withAdmin(withPassword(BaseUser))`. Each mixin is a function that
 * takes a class and gives one that has more.
 */
import { InvalidOptionError } from '../../index.js'
import type { DefinedClass, Fields, Store } from '../../storage/index.js'

// biome-ignore lint/suspicious/noExplicitAny: TypeScript asks for it of the constructors of mixins
type AnyArguments = any[]

/** A class that users are made of. */
export type UserClass<T extends Store = Store> = (abstract new (
  ...args: AnyArguments
) => T) & {
  readonly kind: string
}

/** `Base` with further fields and methods. */
export type Mixed<Base extends UserClass, F extends Fields, Methods> = DefinedClass<Base, Base['kind'], F> &
  (new (
    ...args: AnyArguments
  ) => Methods)

/** For the inside of a mixin: the class to extend, with further fields. */
export function withFields(Base: UserClass, fields: Fields): typeof Store {
  const Class = Base as unknown as typeof Store
  if (typeof Class?.define !== 'function') {
    const expected = 'a class of stored objects, such as BaseUser'
    throw new InvalidOptionError('A mixin such as withAdmin()', 'the class', Base, expected)
  }
  return Class.define(Class.kind === '' ? 'user' : Class.kind, fields as never) as never
}
