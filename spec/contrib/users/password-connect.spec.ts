// A process that is lost while an account is being written: it is made once, its owner is asked nothing twice, and nothing
// that was said is untrue.
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { Backend } from 'mara-ts/storage'

let hashes = 0
const { scrypt } = crypto
crypto.scrypt = ((...args: Parameters<typeof scrypt>) => {
  hashes += 1
  return scrypt(...args)
}) as typeof scrypt
syncBuiltinESMExports()

const { events, Service } = await import('mara-ts')
const { CommandRegistry } = await import('mara-ts/contrib/commands')
const {
  accountSettings,
  BaseUser,
  DisconnectFlow,
  PasswordConnect,
  passwordCommands,
  passwordCost,
  Users,
  userCommands,
  withPassword,
} = await import('mara-ts/contrib/users')
const { connectTo } = await import('mara-ts/testing')
const { suite } = await import('uvu')
const assert = await import('uvu/assert')
const { Stage } = await import('../../../lib/testing/stage.js')
const { deferred, turns } = await import('../../support/service.js')
type Player = import('mara-ts/testing').Player

passwordCost.ln = 4

const test = suite('contrib/users, killed while it writes')

const SECRET = 'correct horse'
const NEW_SECRET = 'battery staple'
const CREATE = 'Create it? (yes/no) '
const CHOOSE = 'Choose a password (8 characters or more): '
const REPEAT = 'Repeat the password: '

class User extends withPassword(BaseUser) {}

interface Hall {
  readonly stage: InstanceType<typeof Stage>
  /** Those of the process that serves. */
  users(): InstanceType<typeof Users<User>>
  enter(name: string): Promise<Player>
  /** The process is lost when it writes the next time: before, or after it has written. */
  crashAtWrite(when: 'before' | 'after'): Promise<void>
}

async function withHall(
  body: (hall: Hall) => Promise<void>,
  settings: object = {},
  Login = PasswordConnect<User>,
): Promise<void> {
  let backend: Backend | undefined
  let serving: InstanceType<typeof Users<User>> | undefined
  const stage = new Stage(
    () => {
      const service = new Service({ settings: accountSettings })
      const users = new Users(service, User)
      service.listen(events.Connect, () => new Login(users))
      service.listen(events.Disconnect, () => new DisconnectFlow(users))
      const commands = new CommandRegistry(service as never)
      userCommands(commands, users)
      passwordCommands(commands, users)
      service.listen(events.PreStart, () => {
        backend = service.stores.backend
        serving = users
      })
      return service
    },
    { telnet: false, ...settings },
  )
  await stage.start()
  try {
    await body({
      stage,
      users: () => serving as NonNullable<typeof serving>,
      enter: (name) => connectTo(stage, { name }),
      async crashAtWrite(when) {
        const { promise, resolve } = deferred()
        const { write } = backend as Backend
        ;(backend as Backend).write = async function (this: Backend, ...args) {
          if (when === 'after') await write.apply(this, args)
          resolve()
          // Nothing that this process does from here on happens.
          await new Promise(() => {})
        }
        await promise
        await stage.crash()
      },
    })
  } finally {
    await stage.stop()
  }
}

async function talk(who: Player, ...promptsAndLines: string[]): Promise<void> {
  for (let i = 0; i < promptsAndLines.length; i += 2) {
    await who.sees(promptsAndLines[i] as string)
    who.type(promptsAndLines[i + 1] as string)
  }
}

for (const when of ['before', 'after'] as const) {
  test(`a process that is lost right ${when} it has written a new account leaves one account, and its owner in it`, () =>
    withHall(
      async ({ enter, crashAtWrite }) => {
        const ann = await enter('ann')
        await talk(ann, 'Name: ', 'ann', CREATE, 'yes', CHOOSE, SECRET, REPEAT, SECRET)
        await crashAtWrite(when)
        await ann.sees('Account created.', 'Welcome, ann!', 'You are alone here.')
        ann.type('say hi')
        await ann.sees('You say: hi')
        assert.is(ann.seen.split(REPEAT).length, 2)
        const other = await enter('other')
        await talk(other, 'Name: ', 'ann', 'Password: ', SECRET)
        await other.sees('Welcome, ann!')
      },
      // Made twice it would be one too many.
      { maxAccountRate: 1 },
    ))

  test(`a process that is lost right ${when} it has written a new password leaves the new one, and asks nothing again`, () =>
    withHall(async ({ enter, crashAtWrite }) => {
      const ann = await enter('ann')
      await talk(ann, 'Name: ', 'ann', CREATE, 'yes', CHOOSE, SECRET, REPEAT, SECRET)
      await talk(ann, 'You are alone here.', 'password', 'Your old password: ', SECRET)
      await talk(ann, 'Choose a new password', NEW_SECRET, REPEAT, NEW_SECRET)
      await crashAtWrite(when)
      await ann.sees('Password changed.')
      assert.is(ann.seen.split('Your old password: ').length, 2)
      const other = await enter('other')
      await talk(other, 'Name: ', 'ann', 'Password: ', SECRET, 'Wrong password.', 'ann')
      await talk(other, 'Password: ', NEW_SECRET)
      await other.sees('Welcome, ann!')
    }))
}

test('an account whose login is run again from its beginning, since it keeps what nothing can write down, is made once', () => {
  class Login extends PasswordConnect<User> {
    protected seen: object = {}

    override handler_10_name(
      event: Parameters<InstanceType<typeof PasswordConnect<User>>['handler_10_name']>[0],
    ): Promise<void> {
      this.seen = new WeakSet([event])
      return super.handler_10_name(event)
    }
  }
  return withHall(
    async ({ enter, crashAtWrite }) => {
      const ann = await enter('ann')
      await talk(ann, 'Name: ', 'ann', CREATE, 'yes', CHOOSE, SECRET, REPEAT, SECRET)
      await crashAtWrite('after')
      await ann.sees('Account created.', 'Welcome, ann!')
    },
    {},
    Login,
  )
})

test('who was leaving when the process was lost is saved by the next one, and no longer active', () =>
  withHall(async ({ enter, stage, users }) => {
    const [ann, bob] = [await enter('ann'), await enter('bob')]
    for (const { name, who } of [
      { name: 'ann', who: ann },
      { name: 'bob', who: bob },
    ])
      await talk(who, 'Name: ', name, CREATE, 'yes', CHOOSE, SECRET, REPEAT, SECRET, 'Welcome', 'who')
    users().store.stores.backend.write = () => new Promise(() => {})
    await ann.leave()
    await bob.sees('ann has left')
    await stage.crash()
    while (users().store.get('ann') !== undefined) await turns()
    assert.instance((await users().load('ann'))?.lastSeen, Date)
    assert.equal(users().online.map(String), ['bob'])
    bob.type('say hi')
    await bob.sees('You say: hi')
    assert.is(bob.seen.split('ann has left').length, 2)
  }))

test('passwords that were checked are not checked again after a crash, however many people wait at a prompt', () =>
  withHall(async ({ enter, stage }) => {
    const people: Player[] = []
    for (const name of ['ann', 'bob', 'cat']) {
      const person = await enter(name)
      people.push(person)
      await talk(person, 'Name: ', name, CREATE, 'yes', CHOOSE, SECRET, REPEAT, SECRET)
      await talk(person, 'Welcome', 'password', 'Your old password: ', SECRET)
      await person.sees('Choose a new password')
    }
    const thief = await enter('thief')
    await talk(thief, 'Name: ', 'ann', 'Password: ', 'wrong')
    await thief.sees('Wrong password.\nName: ')
    hashes = 0
    await stage.crash()
    assert.is(hashes, 0)
    for (const person of people) {
      person.type(NEW_SECRET)
      await talk(person, REPEAT, NEW_SECRET)
      await person.sees('Password changed.')
    }
  }))

test.run()
