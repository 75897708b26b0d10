/** Logging in into a room, and out of it. */
import type { events } from '../../index.js'
import { type AnyPasswordUser, DisconnectFlow, PasswordConnect } from '../users/index.js'
import type { AnyRoom } from './room.js'
import type { AnyRoomUser, World } from './world.js'

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
    await world.enter(user, world.get(user.room.split('--')[0] as string)?.key ?? world.start)
  }
}

/** `service.listen(events.Disconnect, () => new RoomDisconnect(world))` */
export class RoomDisconnect<R extends AnyRoom, U extends AnyRoomUser> extends DisconnectFlow<U> {
  readonly world: World<R, U>

  constructor(world: World<R, U>) {
    super(world.users)
    this.world = world
  }

  handler_60_leave_room(): void {
    this.world.leave(this.user as U)
  }
}
