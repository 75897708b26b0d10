/**
 * A talker: people make accounts, log in and talk.
 */
import { events, Service } from 'mara-ts'
import { CommandRegistry, commandSettings, standardCommands } from 'mara-ts/contrib/commands'
import {
  accountSettings,
  adminCommands,
  adminSettings,
  BaseUser,
  DisconnectFlow,
  firstAdmin,
  genderCommands,
  ifAdmin,
  PasswordConnect,
  passwordCommands,
  socialCommands,
  Users,
  userCommands,
  withAdmin,
  withGender,
  withPassword,
} from 'mara-ts/contrib/users'

class User extends withGender(withAdmin(withPassword(BaseUser))) {}

/** A service of its own for each call: a test may make several. */
export function makeService() {
  const service = new Service({ settings: { ...commandSettings, ...adminSettings, ...accountSettings } })

  const users = new Users(service, User)
  firstAdmin(users)
  service.listen(events.Connect, () => new PasswordConnect(users))
  service.listen(events.Disconnect, () => new DisconnectFlow(users))

  const commands = new CommandRegistry(service)
  standardCommands(commands, { canRestart: ifAdmin })
  userCommands(commands, users)
  passwordCommands(commands, users)
  adminCommands(commands, users)
  genderCommands(commands, users)
  socialCommands(commands, users)

  service.timer({ minute: 0 }, () => {
    const times = service.datetime.getHours() % 12 || 12
    service.writeAll(`A church bell in the distance chimes ${times} ${times === 1 ? 'time' : 'times'}.`)
  })

  service.listen(events.PreStop, () => service.writeAll('The talker is closing. Goodbye.'))
  return service
}
