/** What plain JavaScript lets through, refused where it is given: most of it would show only when somebody walks. */
import { checkNames, checkObject, InvalidOptionError } from '../../errors.js'
import { allDirections, isDirection } from './directions.js'

interface Made {
  readonly users: unknown
  readonly roomClass: unknown
  readonly options: unknown
}

/** @throws InvalidOptionError for what no world can be made of. */
export function checkMade({ users, roomClass, options }: Made): void {
  const where = 'new World()'
  const { service, store } = (users ?? {}) as {
    service?: unknown
    store?: { storeClass: { fields: object } }
  }
  if (!service || store?.storeClass === undefined)
    throw new InvalidOptionError(where, 'users', users, 'what new Users(service, User) gives')
  if (!Object.hasOwn(store.storeClass.fields, 'room')) {
    const expected = 'users whose class has a field room: class User extends withRoom(BaseUser)'
    throw new InvalidOptionError(where, 'users of the class', store.storeClass, expected)
  }
  if (typeof roomClass !== 'function' || !('place' in (roomClass.prototype ?? {})))
    throw new InvalidOptionError(where, 'roomClass', roomClass, 'a class that extends BaseRoom')
  checkObject(where, 'options', options, "an object such as { start: 'lobby' }")
  checkNames(where, options as object, ['start'])
  checkRoomKey(where, 'start', (options as { start?: unknown }).start)
}

/** @throws InvalidOptionError for anything but text. */
export function checkRoomKey(where: string, name: string, key: unknown): void {
  if (typeof key === 'string' && key !== '') return
  throw new InvalidOptionError(where, name, key, "the key of a room, such as 'lobby'")
}

/** @throws InvalidOptionError for what is no direction. */
export function checkDirection(where: string, direction: unknown): void {
  if (typeof direction === 'string' && isDirection(direction)) return
  throw new InvalidOptionError(where, 'direction', direction, `one of these: ${allDirections.join(', ')}`)
}

/** @throws InvalidOptionError for what is no world. */
export function checkWorld(where: string, world: unknown): void {
  const { users, around } = (world ?? {}) as Record<string, unknown>
  if (users && typeof around === 'function') return
  throw new InvalidOptionError(where, 'world', world, 'what new World(users, Room, { start }) gives')
}
