/**
 * What plain JavaScript lets through, refused where it is given: what is wrong here would show only when somebody logs in, or
 * types a command.
 */
import { InvalidOptionError } from '../../errors.js'

/** @throws InvalidOptionError for what are no `Users`. */
export function checkUsers(where: string, users: unknown): void {
  const { service, attach } = (users ?? {}) as Record<string, unknown>
  if (service && typeof attach === 'function') return
  throw new InvalidOptionError(where, 'users', users, 'what new Users(service, User) gives')
}

/** @throws InvalidOptionError for what are no `Users`, and for those whose class lacks what a mixin adds. */
export function checkMixin(where: string, users: unknown, field: string, mixin: string): void {
  checkUsers(where, users)
  const { storeClass } = (users as { store: { storeClass: { fields: object } } }).store
  if (Object.hasOwn(storeClass.fields, field)) return
  const expected = `users whose class has a field ${field}: class User extends ${mixin}(BaseUser)`
  throw new InvalidOptionError(where, 'users of the class', storeClass, expected)
}

/** @throws InvalidOptionError for what does not say who takes part. */
export function checkCircle(where: string, circle: unknown): void {
  if (circle === undefined || typeof circle === 'function') return
  throw new InvalidOptionError(where, 'circle', circle, 'a function that gives who takes part, of who acts')
}

/** @throws InvalidOptionError for what is no table of verbs. */
export function checkSocials(where: string, table: unknown): void {
  const isTable = typeof table === 'object' && table !== null
  if (isTable && Object.values(table).every((preposition) => typeof preposition === 'string')) return
  throw new InvalidOptionError(
    where,
    'table',
    table,
    "verbs with their prepositions, such as { dance: 'with' }",
  )
}
