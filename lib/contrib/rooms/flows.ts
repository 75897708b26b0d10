/** Logging in into a room, and out of it. */
import type { events } from '../../index.js'
import { type AnyPasswordUser, DisconnectFlow, PasswordConnect } from '../users/index.js'
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
    super(world.users)
    this.world = world
  }

  async handler_60_leave_room(): Promise<void> {
    await this.world.leave(this.user as U)
  }
}
