/** Logging in into a room, and out of it. */
import type { events } from '../../index.js'
import { type AnyPasswordUser, DisconnectFlow, PasswordConnect } from '../users/index.js'
import { checkWorld } from './checks.js'
import { baseOf } from './copies.js'
import type { AnyRoom, AnyRoomUser } from './room.js'
import type { World } from './world.js'

/** `service.listen(events.Connect, () => new RoomConnect(world))` */
export class RoomConnect<
  R extends AnyRoom,
  U extends AnyPasswordUser & AnyRoomUser,
> extends PasswordConnect<U> {
  readonly world: World<R, U>

  constructor(world: World<R, U>) {
    checkWorld(`new ${new.target.name}()`, world)
    super(world.users)
    this.world = world
  }

  /** Whoever takes over from another connection is in the room already. */
  override async handler_90_welcome({ client }: events.Connect): Promise<void> {
    const { world } = this
    const user = this.user as U
    client.write(this.welcome(user))
    await world.enter(user, world.get(baseOf(user.room))?.key ?? world.start)
  }
}

/** `service.listen(events.Disconnect, () => new RoomDisconnect(world))` */
export class RoomDisconnect<R extends AnyRoom, U extends AnyRoomUser> extends DisconnectFlow<U> {
  readonly world: World<R, U>

  constructor(world: World<R, U>) {
    checkWorld(`new ${new.target.name}()`, world)
    super(world.users)
    this.world = world
  }

  /** What a room's `exit` makes wrong keeps nobody from being saved. */
  async handler_60_leave_room({ service }: events.Disconnect): Promise<void> {
    const user = this.user as U
    try {
      await this.world.leave(user)
    } catch (error) {
      service.log.channel('service').error(`The exit of the room "${user.room}" failed`, { error })
    }
  }
}
