/**
 * A small MUD: people walk through rooms and talk. The lobby is made here, the other rooms in rooms.yaml.
 */
import { fileURLToPath } from 'node:url'
import { events, Service } from 'mara-ts'
import { CommandError, CommandRegistry, commandSettings, standardCommands } from 'mara-ts/contrib/commands'
import {
  BaseRoom,
  ExitError,
  RoomConnect,
  RoomDisconnect,
  roomCommands,
  World,
  withRoom,
} from 'mara-ts/contrib/rooms'
import {
  accountSettings,
  adminCommands,
  adminSettings,
  BaseUser,
  firstAdmin,
  genderCommands,
  ifAdmin,
  passwordCommands,
  socialCommands,
  Users,
  userCommands,
  withAdmin,
  withGender,
  withPassword,
} from 'mara-ts/contrib/users'
import { z } from 'zod'

class User extends withRoom(withGender(withAdmin(withPassword(BaseUser)))).define('user', {
  hasKey: z.boolean().default(false),
}) {}

class Room extends BaseRoom {}

/** A service of its own for each call: a test may make several. */
export function makeService() {
  const service = new Service({ settings: { ...commandSettings, ...adminSettings, ...accountSettings } })

  const users = new Users(service, User)
  firstAdmin(users)

  const world = new World(users, Room, { start: 'lobby' })
  world.define('lobby', {
    name: 'The lobby',
    desc: 'A small lobby with a tiled floor. The door to the east is made of iron.',
    exits: {
      north: 'pool',
      east: 'vault',
      south: { says: "You think about leaving, but decide it's nice here." },
    },
  })
  world.loadYaml(fileURLToPath(new URL('rooms.yaml', import.meta.url)))
  world.guard('lobby', 'east', ({ user }) => {
    if (!user.hasKey) throw new ExitError('The door is locked.')
  })

  service.listen(events.Connect, () => new RoomConnect(world))
  service.listen(events.Disconnect, () => new RoomDisconnect(world))

  const commands = new CommandRegistry(service)
  standardCommands(commands, { canRestart: ifAdmin })
  userCommands(commands, users)
  roomCommands(commands, world)
  passwordCommands(commands, users)
  adminCommands(commands, users)
  genderCommands(commands, users)
  socialCommands(commands, users, world.around)

  commands.register('dive', { help: 'Dives for what glitters.' }, async ({ client }) => {
    const user = users.of(client)
    if (user === undefined || world.roomOf(user)?.key !== 'pool')
      throw new CommandError('There is no water here.')
    user.hasKey = true
    await user.save()
    client.write('You come up with a key in your hand.')
  })

  service.listen(events.PreStop, () => service.writeAll('The MUD is closing. Goodbye.'))
  return service
}
