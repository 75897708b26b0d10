/** Makes the rooms that a program defines and those of its files, and notes what of them is wrong. */
import {
  InvalidValueError,
  StorageError,
  type Store,
  type StoreClass,
  type Stores,
  YamlError,
} from '../../storage/index.js'
import { planRoom, type RoomPlan } from './plan.js'
import { plain } from './quote.js'
import { type AnyRoom, authored } from './room.js'

/** Where rooms come from that are in no file. */
export const PROGRAM = 'the program'

interface Sources {
  /** Fields by key. */
  readonly defined: ReadonlyMap<string, object>
  /** Paths of YAML files. */
  readonly files: readonly string[]
}

interface MakeOptions {
  /**
   * The program is not there, so that nobody knows its other stores and the fields of its own. Their documents are
   * counted, and the fields named, in place of being problems.
   */
  readonly alone?: boolean
}

export interface Made {
  readonly rooms: readonly RoomPlan[]
  readonly problems: readonly string[]
  readonly unread: readonly string[]
  /** Only where `alone`: how many documents each other store has. */
  readonly others: ReadonlyMap<string, number>
  /** Only where `alone`: fields that `BaseRoom` does not have, each with the keys of rooms that have it. */
  readonly ownFields: ReadonlyMap<string, readonly string[]>
}

/** @param stores open; the rooms are made in them, unless there are problems. */
export async function makeRooms<R extends AnyRoom>(
  stores: Stores,
  roomClass: StoreClass<R>,
  { defined, files }: Sources,
  { alone = false }: MakeOptions = {},
): Promise<Made> {
  const store = stores.manager(roomClass)
  const rooms: RoomPlan[] = []
  const problems: string[] = []
  const unread: string[] = []
  const others = new Map<string, number>()
  const ownFields = new Map<string, string[]>()
  for (const [key, fields] of defined) {
    try {
      const room = store.get(key) ?? (await store.create(key, ...([fields] as never)))
      Object.assign(room, fields)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      const wrong =
        error instanceof InvalidValueError ? error.problems : [{ path: ['key'], message: error.message }]
      for (const problem of wrong)
        problems.push(`${PROGRAM}, ${place(key, problem.path)}: ${problem.message}`)
    }
    rooms.push(planRoom(key, PROGRAM, { ...fields }))
  }
  for (const path of files) {
    try {
      for (const object of await stores.loadYaml(path)) {
        if (isRoom(object, roomClass)) rooms.push(planRoom(object.key, path, { ...pick(object) }))
      }
    } catch (error) {
      if (error instanceof YamlError) note(path, error)
      else if (error instanceof StorageError) {
        problems.push(error.message)
        unread.push(path)
      } else throw error
    }
  }
  return { rooms, problems, unread, others, ownFields }

  function note(path: string, error: YamlError): void {
    const known = new Set<string>()
    const isOther = (name: string | undefined) => alone && name !== undefined && name !== roomClass.kind
    for (const { document, line, store: name, key, data } of error.documents) {
      if (isOther(name)) others.set(name as string, (others.get(name as string) ?? 0) + 1)
      else if (key === undefined || data === undefined)
        unread.push(`${path}, document ${document}, line ${line}`)
      // The file's own problems tell of two documents of one key.
      else if (name === roomClass.kind && !known.has(key)) {
        known.add(key)
        rooms.push(planRoom(key, path, data))
      }
    }
    for (const problem of error.problems) {
      if (isOther(problem.store)) continue
      const own = alone && ownField(problem)
      if (own) ownFields.set(own, [...(ownFields.get(own) ?? []), problem.key ?? ''])
      else problems.push(sentence(path, problem, roomClass.kind))
    }
  }
}

type Problem = YamlError['problems'][number]

/** The name of a field that `BaseRoom` does not have; undefined where that is not the problem. */
function ownField({ path = [] }: Problem): string | undefined {
  const [name] = path
  return path.length === 1 && ![...authored, 'store', 'key'].includes(name as string)
    ? String(name)
    : undefined
}

function sentence(
  file: string,
  { document, line, store, key, path = [], message }: Problem,
  kind: string,
): string {
  const what = store === kind && key !== undefined ? place(key, path) : `document ${document}`
  // The place says it better.
  const prefix = `${path.map(String).join('.')}: `
  return `${file}, line ${line}, ${what}: ${message.startsWith(prefix) ? message.slice(prefix.length) : message}`
}

/** @param path leads to what is wrong in the room. */
function place(key: string, [field, ...rest]: readonly PropertyKey[]): string {
  const room = `room "${plain(key)}"`
  if (field === undefined || field === 'key') return room
  const [direction] = rest
  if (field !== 'exits' || direction === undefined) return `${room}, ${plain(String(field))}`
  return `${room}, exit ${plain(String(direction))}`
}

function isRoom<R extends AnyRoom>(object: Store, roomClass: StoreClass<R>): object is R {
  return object instanceof roomClass
}

/** What the author has written of a room. */
export function pick(room: AnyRoom): Partial<AnyRoom> {
  return Object.fromEntries(authored.map((name) => [name, structuredClone(room[name])]))
}
