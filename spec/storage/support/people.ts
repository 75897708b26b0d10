/** The classes that most storage specs use, and stores to put them in. */
import { z } from 'zod'
import {
  type Backend,
  memoryBackend,
  reference,
  references,
  SessionStore,
  Store,
  Stores,
  session,
} from '../../../lib/storage/index.js'

export class User extends Store.define('user', {
  email: z.string().default(''),
  visits: z.number().default(0),
  friends: references<User>(() => User),
  home: reference<Room>(() => Room).optional(),
  here: session(z.boolean().default(false)),
}) {
  greet(): string {
    return `Hello, ${this.key}`
  }
}

export class Room extends Store.define('room', {
  title: z.string(),
  owner: reference(() => User).optional(),
  exits: z
    .record(
      z.string(),
      reference<Room>(() => Room),
    )
    .default({}),
}) {}

export class Party extends SessionStore.define('party', {
  name: z.string(),
  members: references(() => User),
}) {}

export async function openStores(backend: Backend = memoryBackend()) {
  const stores = new Stores()
  await stores.open(backend)
  return {
    stores,
    backend,
    users: stores.manager(User),
    rooms: stores.manager(Room),
    parties: stores.manager(Party),
  }
}

/** What a promise rejects with; an error when it does not. */
export async function rejection<E = Error>(promise: Promise<unknown>): Promise<E> {
  let error: unknown
  try {
    await promise
  } catch (thrown) {
    error = thrown
  }
  if (error === undefined) throw new Error('it should have been refused')
  return error as E
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export const keysOf = (objects: Iterable<Store>): string[] => [...objects].map(({ key }) => key)
