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
import { step } from '../../conversation/index.js'
import { checkFunction, checkObject, InvalidOptionError } from '../../errors.js'
import { events } from '../../index.js'
import { isKey, type Manager, type ObjectSnapshot, type StoreClass } from '../../storage/index.js'
import { bold, type Content, listInWords } from '../../text/styles/index.js'
import type { Users } from '../users/index.js'
import { problemsOf } from './check.js'
import { checkDirection, checkMade, checkRoomKey } from './checks.js'
import { baseOf, Copies } from './copies.js'
import { allDirections, type Direction, directions } from './directions.js'
import { ExitError, WorldError } from './errors.js'
import { makeRooms, PROGRAM, pick } from './making.js'
import type { GuardPlan, WorldPlan } from './plan.js'
import { plain } from './quote.js'
import type { AnyRoom, AnyRoomUser, Visit } from './room.js'
import { announceWorld } from './worlds.js'

/** What a program says of a room. */
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
  /** The rooms as they were made. */
  #made: ObjectSnapshot[] = []
  readonly #problems: string[] = []
  readonly #copies: Copies<R>
  /** Another process is to go on. */
  #letsGo = false

  /**
   * @param users made before it.
   * @throws InvalidOptionError; DefinitionError for a class of another kind of object.
   */
  constructor(users: Users<U>, roomClass: StoreClass<R>, options: WorldOptions) {
    checkMade({ users, roomClass, options })
    this.users = users
    this.store = users.service.stores.manager(roomClass)
    this.#copies = new Copies(this.store)
    this.start = options.start.toLowerCase()
    announceWorld(this)
    users.service.listen(events.PreStart, () => this.#make())
    users.service.listen(events.PostStart, () => this.#comeBack())
    users.service.listen(events.PreRestart, () => {
      this.#letsGo = true
    })
    users.service.listen(events.PostRestart, async () => {
      if (this.#letsGo) await this.#takeBack()
    })
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
    return `There are exits ${listInWords(where)}.`
  }

  // --- Making it

  /** Says that there is a room. Its fields are those of the class. */
  define(key: string, fields: RoomFields<R>): void {
    checkRoomKey('define()', 'key', key)
    checkObject('define()', 'fields', fields, "an object such as { name: 'Lobby' }")
    if (this.#defined.has(key.toLowerCase()))
      this.#problems.push(`${PROGRAM}, room "${plain(key)}": it is defined twice`)
    this.#defined.set(key.toLowerCase(), fields)
  }

  /** Rooms (and other objects) of a YAML file, each document with its `store` and `key`: see `stores.loadYaml`. */
  loadYaml(path: string): void {
    if (typeof path !== 'string' || path === '')
      throw new InvalidOptionError('loadYaml()', 'path', path, 'the path of a YAML file')
    this.#files.push(path)
  }

  /** Asks before somebody uses an exit. */
  guard(room: string, direction: Direction, guard: Guard<R, U>): void {
    checkRoomKey('guard()', 'room', room)
    checkDirection('guard()', direction)
    checkFunction('guard()', 'guard', guard)
    this.#guards.set(`${room.toLowerCase()} ${direction}`, guard)
  }

  async #make(): Promise<void> {
    const plan = await this.#gather()
    const problems = problemsOf(plan)
    if (problems.length > 0) throw new WorldError(problems)
    const rooms = plan.rooms.map(({ key }) => this.store.get(key) as R)
    this.#authored.clear()
    for (const room of rooms) this.#authored.set(room.key, pick(room))
    this.#made = rooms.map((room) => this.users.service.stores.snapshotOf(room))
  }

  /** What there would be if the service started. For `mara rooms`, where it never does. */
  async plan(): Promise<WorldPlan> {
    await this.users.service.stores.open('memory')
    return this.#gather()
  }

  async #gather(): Promise<WorldPlan> {
    const sources = { defined: this.#defined, files: this.#files }
    const made = await makeRooms(this.users.service.stores, this.store.storeClass, sources)
    const guards = [...this.#guards.keys()].map((guarded) => {
      const [room = '', direction] = guarded.split(' ')
      return { room, direction } as GuardPlan
    })
    return { ...made, start: this.start, guards, problems: [...this.#problems, ...made.problems] }
  }

  /** The version that served meanwhile may have had other rooms: those that it lacked were let go with what it had released. */
  #takeBack(): Promise<void> {
    this.#letsGo = false
    const missing = this.#made.filter(({ key }) => this.store.get(key) === undefined)
    this.users.service.stores.restore({ objects: missing })
    return this.#comeBack()
  }

  /** After a restart rooms are as they were, also where their author has changed them since. */
  async #comeBack(): Promise<void> {
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
    const inside = this.users.online.filter((user) => user.inside)
    const homeless = inside.filter((user) => this.store.get(user.room) === undefined)
    for (const user of homeless) {
      log.warn(`User "${user.name}" was in a room that is no longer there`)
      user.room = this.start
    }
    // Not by `people`, which looks at everybody: a large world has ten thousand rooms.
    const inhabited = new Set(inside.map(({ room }) => room))
    for (const room of this.store.active()) if (!inhabited.has(room.key)) this.#copies.end(room)
    await Promise.all(homeless.map((user) => this.show(user, true)))
  }

  // --- Who is where

  get(key: string): R | undefined {
    return isKey(key) ? this.store.get(key) : undefined
  }

  /** The room where somebody is; undefined for who has not entered any. */
  roomOf(user: U): R | undefined {
    return user.inside ? this.get(user.room) : undefined
  }

  /** Who is in a room, in the order of their keys. */
  people(room: R): U[] {
    return this.users.online.filter((user) => user.inside && user.room === room.key)
  }

  /** Who is where somebody is, that person included: for commands that are heard in one room only. */
  readonly around = (user: U): U[] => {
    const room = this.roomOf(user)
    return room === undefined ? [] : this.people(room)
  }

  exitsOf(room: R): Direction[] {
    return allDirections.filter((direction) => Object.hasOwn(room.exits, direction))
  }

  // --- Moving

  // What a move depends on, and the move itself, are steps. Rooms and guards may ask, and the process may be replaced
  // meanwhile: whoever is replayed must not go on from where they have come to.

  /** Goes through an exit. @throws ExitError where that can't be. */
  async go(user: U, direction: Direction): Promise<void> {
    const { from, target } = await step('look for the exit', () => {
      const room = this.roomOf(user)
      const exits = room?.exits ?? {}
      return { from: room?.key, target: Object.hasOwn(exits, direction) ? exits[direction] : undefined }
    })
    const room = from === undefined ? undefined : this.#known(from)
    if (room === undefined || target === undefined) throw new ExitError(this.noExit)
    if (typeof target !== 'string') throw new ExitError(target.says)
    await this.#guards.get(`${baseOf(room.key)} ${direction}`)?.({ user, room, direction })
    // Somebody may have brought them elsewhere meanwhile.
    if (await this.#isIn(user, room)) await this.enter(user, target, direction)
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
    const { moved, from: left } = await step('move', () => {
      const from = this.roomOf(user)
      // Gone, or somewhere else, while a copy was made.
      const isLate = !user.online || from !== before
      const moved = !isLate && room !== undefined && from !== room
      // They are there before anything is said of it, however long the rooms take to say it.
      if (moved) this.#put(user, room)
      return { moved: isLate ? undefined : moved, from: from?.key }
    })
    if (moved === undefined) return
    if (room === undefined) throw new ExitError(this.noExit)
    if (!moved) return this.show(user, true)
    const from = left === undefined ? undefined : this.#known(left)
    if (from !== undefined) {
      await from.exit(this.#visit(user, from, { direction, news: () => this.leaves(user, direction) }))
      this.#copies.end(from)
    }
    if (!(await this.#isIn(user, room))) return
    if (direction !== undefined) user.write(this.goes(direction))
    // Whoever has come through no exit comes from nowhere, also where one leads back.
    const back = direction && from && this.#wayBack(room, from)
    const news = () => this.enters(user, back, direction && from)
    await room.enter(this.#visit(user, room, { direction: back, news, isArrival: true }))
  }

  #put(user: U, room: R): void {
    user.room = room.key
    user.inside = true
    // What they are shown now must be true after a crash.
    this.users.service.stores.keep(user)
  }

  #isIn(user: U, room: R): Promise<boolean> {
    return step('still there', () => this.roomOf(user) === room)
  }

  /** A room that somebody was in. A copy that they have left is no more: what it was made of stands for it. */
  #known(key: string): R | undefined {
    return this.get(key) ?? this.get(baseOf(key))
  }

  /** Takes somebody out of the room, who is in none then. The room is remembered for their return. */
  async leave(user: U): Promise<void> {
    const room = this.roomOf(user)
    user.inside = false
    if (room === undefined) return
    user.room = baseOf(room.key)
    try {
      await room.exit(this.#visit(user, room, { news: () => this.leaves(user, undefined) }))
    } finally {
      this.#copies.end(room)
    }
  }

  /** Shows somebody where they are. @param isArrival as to those who come in. */
  async show(user: U, isArrival = false): Promise<void> {
    const room = this.roomOf(user)
    if (room !== undefined) await room.look(this.#visit(user, room, { isArrival }))
  }

  /** What somebody sees of a room, line by line. @param isArrival as for those who come in. */
  view(room: R, user: U, isArrival = false): Content[] {
    const lines: Content[] = [bold(room.name)]
    if (isArrival && room.intro !== '') lines.push(...linesOf(room.intro))
    if (room.desc !== '') lines.push(...linesOf(room.desc))
    const others = this.#others(room, user)
    if (others.length > 0) lines.push(this.users.here(others))
    lines.push(this.exitsText(room))
    return lines
  }

  #visit(user: U, room: R, about: Partial<Visit<U>> = {}): Visit<U> {
    const others = (): U[] => this.#others(room, user)
    return {
      user,
      get others() {
        return others()
      },
      direction: about.direction,
      isArrival: about.isArrival ?? false,
      news: about.news ?? (() => ''),
      view: () => this.view(room, user, about.isArrival),
      tell: (line) => this.users.write(others(), line as string),
    }
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
    return room?.clone ? this.#copies.of(room, user.key) : room
  }
}

/** A text of several lines, as YAML writes it, without the blanks around each. */
function linesOf(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
}
