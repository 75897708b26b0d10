/** A locked door, and rooms that say in their own words that there is no exit. Somebody walks into both. */
import { events, Service } from 'mara-ts'
import { CommandRegistry } from 'mara-ts/contrib/commands'
import {
  BaseRoom,
  type Direction,
  ExitError,
  RoomConnect,
  RoomDisconnect,
  roomCommands,
  World,
  withRoom,
} from 'mara-ts/contrib/rooms'
import { BaseUser, Users, userCommands, withPassword } from 'mara-ts/contrib/users'
import { step } from 'mara-ts/conversation'
import { connectTo } from 'mara-ts/testing'
import { z } from 'zod'

class User extends withRoom(withPassword(BaseUser)).define('user', { hasKey: z.boolean().default(false) }) {}

class Room extends BaseRoom.define('room', { noExit: z.string().default('You cannot go that way.') }) {}

class Boat extends World<Room, User> {
  override async go(user: User, direction: Direction): Promise<void> {
    // In a step, because a replay must find the room where the user was then.
    const refusal = await step('look for a wall', () => {
      const room = this.roomOf(user)
      return room === undefined || this.exitsOf(room).includes(direction) ? '' : room.noExit
    })
    if (refusal !== '') throw new ExitError(refusal)
    await super.go(user, direction)
  }
}

const service = new Service()
const users = new Users(service, User)
const boat = new Boat(users, Room, { start: 'deck' })
boat.define('deck', {
  name: 'The deck',
  noExit: 'You decide against a swim.',
  exits: { up: { says: "You can't climb the mast." }, down: 'hold' },
})
boat.define('hold', { name: 'The hold', exits: { up: 'deck' } })
boat.guard('deck', 'down', ({ user }) => {
  if (!user.hasKey) throw new ExitError('The hatch is locked.')
})

service.listen(events.Connect, () => new RoomConnect(boat))
service.listen(events.Disconnect, () => new RoomDisconnect(boat))
const commands = new CommandRegistry(service)
userCommands(commands, users)
roomCommands(commands, boat)

await service.start({ port: 0, log: false, store: 'memory' })
const ann = await connectTo(service)
ann.type('ann', 'yes', 'swordfish', 'swordfish')
await ann.sees('The deck', 'exits')
const login = ann.seen.length
ann.type('west', 'up', 'down')
await ann.sees('The hatch')
const user = users.find('ann')
if (user !== undefined) user.hasKey = true
ann.type('down', 'west')
await ann.sees('You cannot go')
console.log(ann.seen.slice(login).trim())
await ann.leave()
await service.stop()
