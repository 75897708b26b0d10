/** Admins throw people out and keep them out: a field of the account, a step of the login, and three commands. */
import { events, Service } from 'mara-ts'
import { CommandError, CommandRegistry } from 'mara-ts/contrib/commands'
import {
  BaseUser,
  DisconnectFlow,
  ifAdmin,
  PasswordConnect,
  Users,
  withAdmin,
  withPassword,
} from 'mara-ts/contrib/users'
import { connectTo, Transcript } from 'mara-ts/testing'
import { z } from 'zod'

class User extends withAdmin(withPassword(BaseUser)).define('user', {
  /** Why; empty for those who are welcome. */
  banned: z.string().default(''),
}) {}

const service = new Service()
const users = new Users(service, User)

class Login extends PasswordConnect<User> {
  // After the password, so that strangers learn nothing, and before step 70, which logs in.
  handler_65_banned() {
    if (this.user?.banned) this.refuse(`You are banned: ${this.user.banned}`)
  }
}
service.listen(events.Connect, () => new Login(users))
service.listen(events.Disconnect, () => new DisconnectFlow(users))

const commands = new CommandRegistry(service)
commands.register('kick', { args: '<name> <why:text>', can: ifAdmin }, async ({ client }, { name, why }) => {
  const user = users.find(name)
  if (user === undefined) throw new CommandError(`Nobody here is called ${name}.`)
  user.write(`You are thrown out: ${why}`)
  await user.disconnect()
  client.write(`${user.name} is gone.`)
})

/** Sets why somebody is banned, whether they are online or not. */
async function ban(name: string, why: string): Promise<User> {
  const user = await users.load(name)
  if (user === undefined) throw new CommandError(`No account is called ${name}.`)
  user.banned = why
  await user.save()
  return user
}
commands.register('ban', { args: '<name> <why:text>', can: ifAdmin }, async ({ client }, { name, why }) => {
  const user = await ban(name, why)
  user.write(`You are banned: ${why}`)
  await user.disconnect()
  client.write(`${user.name} is banned.`)
})
commands.register('unban', { args: '<name>', can: ifAdmin }, async ({ client }, { name }) => {
  client.write(`${(await ban(name, '')).name} may come back.`)
})

await service.start({ port: 0, log: false, telnet: false, store: 'memory' })
for (const name of ['ann', 'bob']) {
  const user = (await users.create(name, { isAdmin: name === 'ann' })) as User
  await user.setPassword('correct horse')
  await user.save()
}

const transcript = new Transcript()
async function login(name: string, last: string) {
  const person = await connectTo(service, { name, transcript })
  await person.sees('Name: ')
  person.type(name)
  await person.sees('Password: ')
  person.type('correct horse')
  await person.sees(last)
  return person
}
const ann = await login('ann', 'alone')
const bob = await login('bob', 'ann')
ann.type('ban bob Too loud.')
await ann.sees('banned')
await login('bob', 'banned')
ann.type('unban bob')
await ann.sees('may come back')
console.log(String(transcript))
await Promise.all([ann.leave(), bob.leave()])
await service.stop()
