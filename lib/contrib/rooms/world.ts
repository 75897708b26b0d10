/**
 * All rooms of a service, who is where, and how people get from one to another.
 *
 * ```ts
 * const world = new World(users, Room, { start: 'lobby' })
 * world.define('lobby', { name: 'Lobby', exits: { north: 'pool' } })
 * world.loadYaml('rooms.yaml')
 * world.guard('lobby', 'north', ({ user }) => { if (!user.hasKey) throw new ExitError('The door is locked.') })
 * ```
 *
 * Rooms are made and checked as the service starts. If something is wrong with them, it does not start, and the error
 * lists all of it.
 */
import { createHash } from 'node:crypto'
import { events } from '../../index.js'
import { isKey, type Manager, type StoreClass, YamlError } from '../../storage/index.js'
import { bold, type Content } from '../../text/styles/index.js'
import type { AnyUser, Users } from '../users/index.js'
import { COPY, problemsOf } from './check.js'
import { allDirections, type Direction, directions } from './directions.js'
import { ExitError, WorldError } from './errors.js'
import { type AnyRoom, authored } from './room.js'

export type AnyRoomUser = AnyUser & { room: string }

/** What a program says of a room; the key is given beside it. */
export type RoomFields<R extends AnyRoom> = { readonly [Name in keyof R]?: R[Name] }

/** Somebody wants to use an exit. */
export interface Passage<R extends AnyRoom, U extends AnyRoomUser> {
  readonly user: U
  readonly room: R
  readonly direction: Direction
}

/** Lets somebody pass, or throws an `ExitError` that says why not. */
export type Guard<R extends AnyRoom, U extends AnyRoomUser> = (passage: Passage<R, U>) => unknown

export interface WorldOptions {
  /** The key of the room where people begin, and where those land whose room there is no longer. */
  readonly start: string
}

export class World<R extends AnyRoom, U extends AnyRoomUser> {
  readonly users: Users<U>
  readonly store: Manager<R>
  readonly start: string
  readonly #defined = new Map<string, RoomFields<R>>()
  readonly #files: string[] = []
  readonly #guards = new Map<string, Guard<R, U>>()
  /** What the author has written of each room, by key. */
  readonly #authored = new Map<string, Partial<AnyRoom>>()
  readonly #problems: string[] = []
  readonly #inside = new Set<U>()

  /** @param users made before it. */
  constructor(users: Users<U>, roomClass: StoreClass<R>, { start }: WorldOptions) {
    const { service } = users
    this.users = users
    this.store = service.stores.manager(roomClass)
    this.start = start.toLowerCase()
    service.listen(events.PreStart, () => this.#make())
    service.listen(events.PostStart, () => this.#comeBack())
  }

  // --- Texts

  noExit = 'You cannot go that way.'
  goes(direction: Direction): string {
    return `You go ${directions[direction].leaving}`
  }
  leaves(user: U, direction: Direction | undefined): string {
    return direction === undefined
      ? `${user.name} disappears`
      : `${user.name} leaves ${directions[direction].leaving}`
  }
  /** @param back the direction that leads to where the user comes from. */
  enters(user: U, back: Direction | undefined, from: R | undefined): string {
    if (back !== undefined) return `${user.name} enters ${directions[back].from}`
    return from === undefined ? `${user.name} appears from nowhere` : `${user.name} enters from ${from.name}`
  }
  exitsText(room: R): string {
    if (room.exitsDesc !== '') return room.exitsDesc
    const where = this.exitsOf(room).map((direction) => directions[direction].where)
    if (where.length === 0) return 'There are no exits.'
    if (where.length === 1) return `There is one exit ${where[0]}.`
    return `There are exits ${where.slice(0, -1).join(', ')} and ${where.at(-1)}.`
  }

  // --- Making it

  /** Says that there is a room. Its fields are those of the class. */
  define(key: string, fields: RoomFields<R>): void {
    if (this.#defined.has(key.toLowerCase())) this.#problems.push(`room "${key}": it is defined twice`)
    this.#defined.set(key.toLowerCase(), fields)
  }

  /** Rooms (and other objects) of a YAML file, each document with its `store` and `key`: see `stores.loadYaml`. */
  loadYaml(path: string): void {
    this.#files.push(path)
  }

  /** Asks before somebody uses an exit. */
  guard(room: string, direction: Direction, guard: Guard<R, U>): void {
    this.#guards.set(`${room.toLowerCase()} ${direction}`, guard)
  }

  async #make(): Promise<void> {
    const problems = [...this.#problems]
    /** Where each room comes from, for errors. */
    const origins = new Map<string, string>()
    const add = (room: R, origin: string): void => {
      const other = origins.get(room.key)
      if (other !== undefined) problems.push(`${origin}, room "${room.key}": there is one in ${other}, too`)
      origins.set(room.key, origin)
    }
    for (const [key, fields] of this.#defined) {
      try {
        const room = this.store.get(key) ?? (await this.store.create(key, ...([fields] as never)))
        add(Object.assign(room, fields), 'the program')
      } catch (error) {
        problems.push(`the program, room "${key}": ${(error as Error).message}`)
      }
    }
    for (const path of this.#files) {
      try {
        for (const object of await this.users.service.stores.loadYaml(path)) {
          if (object instanceof this.store.storeClass) add(object, path)
        }
      } catch (error) {
        if (!(error instanceof YamlError)) throw error
        for (const { document, line, message } of error.problems) {
          problems.push(`${path}, document ${document}, line ${line}: ${message}`)
        }
      }
    }
    // What a file that can't be read would have held is not missing.
    const isWhole = problems.length === 0
    const exists = (target: string): boolean => !isWhole || this.get(target) !== undefined
    for (const [key, origin] of origins)
      problems.push(...problemsOf(this.store.get(key) as R, origin, exists))
    if (isWhole && !origins.has(this.start))
      problems.push(`the room "${this.start}", where people begin, is not defined`)
    for (const guarded of this.#guards.keys()) {
      const [key = '', direction = ''] = guarded.split(' ')
      if (isWhole && this.store.get(key)?.exits[direction] === undefined) {
        problems.push(`a guard stands at the exit ${direction} of room "${key}", which does not exist`)
      }
    }
    if (problems.length > 0) throw new WorldError(problems)
    this.#authored.clear()
    for (const key of origins.keys()) this.#authored.set(key, pick(this.store.get(key) as R))
  }

  /** After a restart rooms are as they were, also where their author has changed them since. */
  #comeBack(): void {
    const log = this.users.service.log.channel('rooms')
    for (const room of this.store.active()) {
      const values = this.#authored.get(baseOf(room.key))
      if (values !== undefined) {
        Object.assign(room, structuredClone(values))
      } else {
        log.warn(`Room "${room.key}" is no longer defined`)
        this.store.release(room)
      }
    }
    for (const user of this.users.online) {
      this.#inside.add(user)
      if (this.store.get(user.room) !== undefined) continue
      log.warn(`User "${user.name}" was in a room that is no longer there`)
      user.room = this.start
      this.show(user, true)
    }
    for (const room of this.store.active()) if (this.people(room).length === 0) this.#abandon(room)
  }

  // --- Who is where

  get(key: string): R | undefined {
    return isKey(key) ? this.store.get(key) : undefined
  }

  /** The room where somebody is; undefined for who has not entered any. */
  roomOf(user: U): R | undefined {
    return this.#inside.has(user) ? this.get(user.room) : undefined
  }

  /** Who is in a room, in the order of their keys. */
  people(room: R): U[] {
    return this.users.online.filter((user) => user.room === room.key && this.#inside.has(user))
  }

  /** Who is where somebody is, that person included: for commands that are heard in one room only. */
  readonly around = (user: U): U[] => {
    const room = this.roomOf(user)
    return room === undefined ? [] : this.people(room)
  }

  /** Directions in which something is. */
  exitsOf(room: R): Direction[] {
    return allDirections.filter((direction) => Object.hasOwn(room.exits, direction))
  }

  // --- Moving

  /** Goes through an exit. @throws ExitError where that can't be. */
  async go(user: U, direction: Direction): Promise<void> {
    const room = this.roomOf(user)
    const target = room && Object.hasOwn(room.exits, direction) ? room.exits[direction] : undefined
    if (room === undefined || target === undefined) throw new ExitError(this.noExit)
    if (typeof target !== 'string') throw new ExitError(target.says)
    await this.#guards.get(`${baseOf(room.key)} ${direction}`)?.({ user, room, direction })
    // Somebody has brought them elsewhere meanwhile.
    if (this.roomOf(user) !== room) return
    await this.enter(user, target, direction)
  }

  /**
   * Puts somebody into a room, wherever they were. They see it, and others see them come and go.
   *
   * @param direction through which exit they left.
   * @throws ExitError where there is no such room.
   */
  async enter(user: U, key: string, direction?: Direction): Promise<void> {
    const before = this.roomOf(user)
    const room = await this.#roomFor(user, key)
    const from = this.roomOf(user)
    // Gone, or somewhere else, while a copy was made.
    if (!user.online || from !== before) return
    if (room === undefined) throw new ExitError(this.noExit)
    if (from !== room) {
      if (from !== undefined) this.users.write(this.#others(from, user), this.leaves(user, direction))
      if (direction !== undefined) user.write(this.goes(direction))
      user.room = room.key
      this.#inside.add(user)
      this.users.write(
        this.#others(room, user),
        this.enters(user, from && this.#wayBack(room, from), direction && from),
      )
      if (from !== undefined) this.#abandon(from)
    }
    this.show(user, true)
  }

  /** Takes somebody out of the room, who is in none then. The room is remembered for their return. */
  leave(user: U): void {
    const room = this.roomOf(user)
    this.#inside.delete(user)
    if (room === undefined) return
    this.users.write(this.people(room), this.leaves(user, undefined))
    user.room = baseOf(room.key)
    this.#abandon(room)
  }

  /** Shows somebody where they are. @param withIntro as to those who come in. */
  show(user: U, withIntro = false): void {
    const room = this.roomOf(user)
    if (room === undefined) return
    const lines: Content[] = [bold(room.name)]
    if (withIntro && room.intro !== '') lines.push(...linesOf(room.intro))
    if (room.desc !== '') lines.push(...linesOf(room.desc))
    const others = this.#others(room, user)
    if (others.length > 0) lines.push(this.users.here(others))
    lines.push(this.exitsText(room))
    for (const line of lines) user.write(line as string)
  }

  #others(room: R, user: U): U[] {
    return this.people(room).filter((other) => other !== user)
  }

  /** The exit of a room that leads to where somebody comes from. */
  #wayBack(room: R, from: R): Direction | undefined {
    return this.exitsOf(room).find(
      (direction) => String(room.exits[direction]).toLowerCase() === baseOf(from.key),
    )
  }

  /** The room of this key; of one that is cloned the user's own copy. */
  async #roomFor(user: U, key: string): Promise<R | undefined> {
    const room = this.get(baseOf(key))
    if (!room?.clone) return room
    const copy = `${room.key}${COPY}${createHash('sha256').update(user.key).digest('hex').slice(0, 12)}`
    return this.get(copy) ?? (await this.store.create(copy, ...([pick(room)] as never)))
  }

  /** A copy ends when its visitor has left. */
  #abandon(room: R): void {
    if (room.key.includes(COPY)) this.store.release(room)
  }
}

function baseOf(key: string): string {
  return key.toLowerCase().split(COPY)[0] as string
}

/** What the author has written of a room. */
function pick(room: AnyRoom): Partial<AnyRoom> {
  return Object.fromEntries(authored.map((name) => [name, structuredClone(room[name])]))
}

/** A text of several lines, as YAML writes it, without the blanks around each. */
function linesOf(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
}
