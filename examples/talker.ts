/**
 * A talker: people log in and talk. Try it: `npx mara run examples/talker.ts`, then `telnet 127.0.0.1 9000` in two
 * terminals. Make an account, then start it with `--admin=NAME` to become its first admin. Under an angel (`mara angel
 * examples/talker.ts`) an admin's `restart` disconnects nobody.
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

service.listen(events.PostStart, () => {
  const { host, port } = service.address ?? {}
  console.log(`The talker is open: telnet ${host} ${port}`)
})
service.listen(events.PreStop, () => service.writeAll('The talker is closing. Goodbye.'))

await service.run()
