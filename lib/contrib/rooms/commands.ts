/** Commands of people in rooms. */
import { checkMethods } from '../../errors.js'
import { type AnyRegistry, CommandError, type CommandEvent } from '../commands/index.js'
import { Emote, ifAdmin, Look, Say, UserCommand } from '../users/index.js'
import { checkWorld } from './checks.js'
import { baseOf } from './copies.js'
import { allDirections, type Direction, directions } from './directions.js'
import type { AnyRoom, AnyRoomUser } from './room.js'
import type { World } from './world.js'

abstract class RoomCommand<R extends AnyRoom, U extends AnyRoomUser> extends UserCommand<U> {
  readonly world: World<R, U>

  constructor(world: World<R, U>) {
    checkWorld(`new ${new.target.name}()`, world)
    super(world.users, world.around)
    this.world = world
  }

  /** Somebody who is online. @throws CommandError */
  protected find(name: string): U {
    const user = this.users.find(name)
    if (user === undefined) throw new CommandError(this.nobody(name))
    return user
  }

  nobody(name: string): string {
    return `Nobody here is called ${name}.`
  }
}

/** `look`: the room, without its introduction. */
export class RoomLook<R extends AnyRoom, U extends AnyRoomUser> extends Look<U> {
  readonly world: World<R, U>

  constructor(world: World<R, U>) {
    checkWorld(`new ${new.target.name}()`, world)
    super(world.users, world.around)
    this.world = world
  }

  override async handler_50_look(_event: CommandEvent): Promise<void> {
    this.users.write(this.others(), this.toOthers())
    await this.world.show(this.me)
  }
}

/** `north`, `n` and so on: what it is called with decides the direction. */
export class Go<R extends AnyRoom, U extends AnyRoomUser> extends RoomCommand<R, U> {
  async handler_50_go({ context }: CommandEvent): Promise<void> {
    await this.world.go(this.me, context as Direction)
  }
}

/** `exits` */
export class ListExits<R extends AnyRoom, U extends AnyRoomUser> extends RoomCommand<R, U> {
  handler_50_exits({ client }: CommandEvent): void {
    const room = this.world.roomOf(this.me)
    if (room !== undefined) client.write(this.world.exitsText(room))
  }
}

/** `where [user]` */
export class Where<R extends AnyRoom, U extends AnyRoomUser> extends RoomCommand<R, U> {
  youAre(room: R): string {
    return `You are ${room.place}`
  }
  somebodyIs(user: U, room: R): string {
    return `${user.name} is ${room.place}`
  }
  nowhere(user: U): string {
    return `${user.name} is nowhere`
  }

  handler_50_where({ client }: CommandEvent, { user: name }: { user?: string | undefined }): void {
    const { me } = this
    const user = name === undefined ? me : this.find(name)
    const room = this.world.roomOf(user)
    if (room === undefined) client.write(this.nowhere(user))
    else client.write(user === me ? this.youAre(room) : this.somebodyIs(user, room))
  }
}

/** `goto <room>`: for admins. */
export class Goto<R extends AnyRoom, U extends AnyRoomUser> extends RoomCommand<R, U> {
  unknown(key: string): string {
    return `There is no room ${key}.`
  }

  async handler_50_goto(_event: CommandEvent, { room: key }: { room: string }): Promise<void> {
    if (this.world.get(key) === undefined) throw new CommandError(this.unknown(key))
    await this.world.enter(this.me, key)
  }
}

/** `bring <user>`: for admins. */
export class Bring<R extends AnyRoom, U extends AnyRoomUser> extends RoomCommand<R, U> {
  toMe(user: U): string {
    return `You bring ${user.name} to you`
  }
  toTarget(): string {
    return `${this.me.name} brings you to them`
  }
  self = 'You are here already.'
  ownCopy = 'Nobody can be brought here: of this room everybody has a copy of their own.'

  async handler_50_bring(_event: CommandEvent, { user: name }: { user: string }): Promise<void> {
    const { me, world } = this
    const user = this.find(name)
    if (user === me) throw new CommandError(this.self)
    const room = world.roomOf(me)
    if (room !== undefined && room.key !== baseOf(room.key)) throw new CommandError(this.ownCopy)
    me.write(this.toMe(user))
    user.write(this.toTarget())
    await world.enter(user, room?.key ?? world.start)
  }
}

/**
 * `say`, `emote` and `look` for the room only; `exits`, `where`, a command for each direction and its short form; and for
 * admins `goto` and `bring`. Register those of `userCommands` first.
 */
export function roomCommands<R extends AnyRoom, U extends AnyRoomUser>(
  commands: AnyRegistry,
  world: World<R, U>,
): void {
  checkMethods('roomCommands()', 'commands', commands, ['register'], 'a CommandRegistry')
  checkWorld('roomCommands()', world)
  commands.register(
    'say',
    { args: '<message:text>', help: 'Says something to everybody in the room.' },
    () => new Say(world.users, world.around),
  )
  commands.register(
    'emote',
    { args: '<action:text>', help: 'Shows everybody in the room what you do.' },
    () => new Emote(world.users, world.around),
  )
  commands.register('look', { help: 'Looks around.' }, () => new RoomLook(world))
  commands.register('exits', { help: 'Lists the exits of the room.' }, () => new ListExits(world))
  commands.register(
    'where',
    { args: '[user]', help: 'Shows where you are, or where somebody else is.' },
    () => new Where(world),
  )
  commands.register('goto', { args: '<room>', help: 'Goes to a room.', can: ifAdmin }, () => new Goto(world))
  commands.register(
    'bring',
    { args: '<user>', help: 'Brings somebody to your room.', can: ifAdmin },
    () => new Bring(world),
  )
  for (const direction of allDirections) {
    const options = { group: 'nav', help: `Goes ${direction}.`, context: direction }
    commands.register(direction, options, () => new Go(world))
    commands.alias(new RegExp(`^${directions[direction].short}$`), direction)
  }
}
