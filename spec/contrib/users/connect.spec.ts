import { events, Service } from 'mara-ts'
import { CommandRegistry } from 'mara-ts/contrib/commands'
import {
  ConnectFlow,
  DisconnectFlow,
  PasswordConnect,
  Users,
  userCommands,
  withUser,
} from 'mara-ts/contrib/users'
import { SessionStore } from 'mara-ts/storage'
import { everyRestartPoint, type Player } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../../support/peer.js'
import { running, turns } from '../../support/service.js'
import { PASSWORD, Person, type TestUser, withParlour } from './harness.js'

const test = suite('contrib/users/connect')

const NOTICE = 'Note: your client will show what you type.\r\n'

test('a new account, to the letter', () =>
  withParlour(async ({ knock, users }) => {
    const ann = await knock()
    assert.equal(
      await ann.talk(
        'Name: ',
        'ann',
        'Create it? (yes/no) ',
        'yes',
        'more): ',
        PASSWORD,
        'password: ',
        `${PASSWORD}!`,
      ),
      ['', 'No account is called ann.\r\n', `${NOTICE}Choose a password (8 characters or `, 'Repeat the '],
    )
    assert.equal(await ann.talk('more): ', 'short', 'more): ', PASSWORD, 'password: ', PASSWORD), [
      'The passwords differ.\r\nChoose a password (8 characters or ',
      'That password is too short.\r\nChoose a password (8 characters or ',
      'Repeat the ',
    ])
    assert.is(await ann.until('here.\r\n'), 'Account created.\r\nWelcome, ann!\r\nYou are alone here.\r\n')
    assert.equal(await users.store.keys(), ['ann'])
  }))

test('whoever has an account is asked for its password, and closed after three wrong ones', () =>
  withParlour(async ({ knock, join, login, users }) => {
    const ann = await join('Ann')
    ann.leave()
    while (users.online.length > 0) await turns()
    const again = await login('aNN')
    assert.equal(await again.seen(), [])
    const thief = await knock()
    assert.equal(
      await thief.talk(
        'Name: ',
        'ann',
        'Password: ',
        'x',
        'Name: ',
        'ann',
        'Password: ',
        '',
        'Name: ',
        'ann',
        'Password: ',
        'y',
      ),
      ['', NOTICE, 'Wrong password.\r\n', NOTICE, 'Wrong password.\r\n', NOTICE],
    )
    assert.is(await thief.rest(), 'Wrong password.\r\n')
    assert.equal(await again.seen(), [])
  }))

test('the others are told who comes and goes, once, and who has not finished logging in is nobody to anybody', () =>
  withParlour(async ({ knock, join, service }) => {
    const ann = await join('ann')
    const stranger = await knock()
    await stranger.talk('Name: ', 'bob')
    const cat = await join('cat')
    assert.equal(await ann.seen(), ['cat has connected'])
    service.writeAll('to all')
    assert.equal(await cat.seen('who'), ['to all', ...who('ann', 'cat')])
    stranger.leave()
    cat.send('quit')
    await cat.until('Goodbye.\r\n')
    assert.is(await ann.line(), 'to all')
    assert.is(await ann.line(), 'cat has left')
    assert.equal(await ann.seen('tell bob hi'), ['Nobody here is called bob.'])
    assert.is(await stranger.rest(), 'No account is called bob.\r\nCreate it? (yes/no) ')
  }))

function who(...names: string[]): string[] {
  const width = Math.max(...names.map((name) => name.length))
  return [
    `${'-'.repeat(36)} Online ${'-'.repeat(36)}`,
    ...names.map((name) => `${name.padEnd(width)}  idle for a moment`),
    '-'.repeat(80),
  ]
}

test('an empty name asks again, no creates nothing, and a name is kept as its owner wrote it', () =>
  withParlour(async ({ knock, users }) => {
    const ann = await knock()
    assert.equal(
      await ann.talk(
        'Name: ',
        '',
        'Name: ',
        '  ',
        'Name: ',
        'ann',
        'no) ',
        'no',
        'Name: ',
        'ANN',
        'no) ',
        'maybe',
        'no) ',
        'Y',
      ),
      [
        '',
        '',
        '',
        'No account is called ann.\r\nCreate it? (yes/',
        '',
        'No account is called ANN.\r\nCreate it? (yes/',
        'Please answer yes or no.\r\nCreate it? (yes/',
      ],
    )
    await ann.talk('more): ', PASSWORD, 'password: ', PASSWORD)
    await ann.until('Welcome, ANN!')
    assert.equal(
      users.online.map(({ key, name }) => [key, name]),
      [['ann', 'ANN']],
    )
  }))

test('a second login takes over from the first, which is told, and from which nobody leaves', () =>
  withParlour(async ({ join, login, users }) => {
    const ann = await join('ann')
    const bob = await join('bob')
    const again = await login('ann')
    assert.is(
      await ann.rest(),
      'bob has connected\r\nYou have logged in from another connection. Goodbye.\r\n',
    )
    assert.equal(await bob.seen(), ['ann has reconnected'])
    assert.equal(await again.seen('say hi'), ['You say: hi'])
    assert.equal(await bob.seen('tell ann yes'), ['ann says: hi', 'You tell ann: yes'])
    assert.equal(await again.seen(), ['bob tells you: yes'])
    assert.is(users.online.length, 2)
    again.leave()
    assert.is(await bob.line(), 'ann has left')
  }))

test('two who make one name at once make one account', () =>
  withParlour(async ({ knock, users }) => {
    const people = [await knock(), await knock(), await knock()]
    const names = ['ann', 'ANN', 'аnn'.replace('а', 'a')]
    for (const [i, person] of people.entries()) {
      await person.talk('Name: ', names[i] as string, 'no) ', 'yes', 'more): ', PASSWORD, 'password: ')
    }
    for (const person of people) person.send(PASSWORD)
    const outcomes = await Promise.all(people.map((person) => person.line()))
    assert.equal(outcomes.sort(), [
      'Account created.',
      'Somebody has just taken that name, or one that looks like it.',
      'Somebody has just taken that name, or one that looks like it.',
    ])
    assert.equal(await users.store.keys(), ['ann'])
    assert.is(users.online.length, 1)
  }))

test('logins at once never mix: fifty people, each at another step', () =>
  withParlour(async ({ knock, users }) => {
    const steps = (name: string): string[] => [
      'Name: ',
      name,
      'no) ',
      'yes',
      'more): ',
      `${name} secret`,
      'password: ',
      `${name} secret`,
    ]
    const people = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        // None of them looks like another.
        const name = `user${'abcdefghjk'[i % 10]}${'mnpqr'[Math.floor(i / 10)]}`
        return { name, person: await knock(), script: steps(name) }
      }),
    )
    // One step each, of a person who differs from round to round.
    for (let round = 0; people.some(({ script }) => script.length > 0); round++) {
      for (const [i, { person, script }] of people.entries()) {
        if ((i + round) % 3 === 0 && script.length > 0) await person.talk(...script.splice(0, 2))
      }
    }
    for (const { name, person } of people) {
      assert.match(await person.until('!\r\n'), new RegExp(`^Account created.\\r\\nWelcome, ${name}!\\r\\n$`))
    }
    assert.is(users.online.length, 50)
    for (const { name } of people) {
      assert.is(await users.find(name)?.checkPassword(`${name} secret`), true)
    }
  }))

test('whoever leaves at any step leaves nobody behind', () =>
  withParlour(async ({ knock, join, users, service, log }) => {
    const bob = await join('bob')
    const script = ['Name: ', 'ann', 'no) ', 'yes', 'more): ', PASSWORD, 'password: ', PASSWORD]
    for (let length = 0; length <= script.length; length += 2) {
      const ann = await knock()
      await ann.talk(...script.slice(0, length))
      ann.leave()
    }
    while (service.clients.size > 1) await turns()
    assert.equal(
      users.online.map(({ name }) => name),
      ['bob'],
    )
    assert.equal(
      users.store.active().map(({ key }) => key),
      ['bob'],
    )
    assert.equal(log.problems, [])
    const said = await bob.seen()
    assert.ok(said.length === 0 || said.join() === 'ann has connected,ann has left', said.join())
  }))

test('handlers of Connect that come later find the user', () => {
  let found: unknown
  return withParlour(
    async ({ join, users }) => {
      await join('ann')
      assert.is(found, users.find('ann'))
    },
    {
      prepare: (_users, _commands, service) => {
        service.listen(events.Connect, ({ user }) => {
          found = user
        })
      },
    },
  )
})

test('who has gone before the last steps is announced to nobody', () =>
  withParlour(
    async ({ join, knock, service }) => {
      const bob = await join('bob')
      const ann = await knock()
      await ann.talk('Name: ', 'ann', 'no) ', 'yes', 'more): ', PASSWORD, 'password: ', PASSWORD)
      await ann.rest()
      while (service.clients.size > 1) await turns()
      assert.equal(await bob.seen(), [])
    },
    {
      connect: (users) =>
        new (class extends PasswordConnect<TestUser> {
          async handler_65_vanish({ client }: events.Connect): Promise<void> {
            if (this.name !== 'ann') return
            client.destroy()
            await client.closed
          }
        })(users),
    },
  ))

test('steps and texts can be replaced one by one', () =>
  withParlour(
    async ({ knock }) => {
      const ann = await knock()
      await ann.talk('Who? ', 'ann', 'no) ', 'yes', 'more): ', PASSWORD, 'password: ', PASSWORD)
      assert.is(await ann.until('Hi ann\r\n'), 'Account created.\r\nscore 7\r\nHi ann\r\n')
    },
    {
      connect: (users) =>
        new (class extends PasswordConnect<TestUser> {
          override namePrompt = 'Who? '
          override welcome = (user: TestUser): string => `Hi ${user.name}`
          handler_75_score({ client }: events.Connect): void {
            const user = this.user as TestUser
            user.score = 7
            client.write(`score ${user.score}`)
          }
        })(users),
    },
  ))

test('whoever takes too long for an answer is told, and closed, and nothing is logged', () =>
  withParlour(async ({ knock, clock, log }) => {
    const ann = await knock()
    await ann.talk('Name: ', 'ann', 'no) ')
    await clock.advance(119_999)
    ann.send('yes')
    await ann.until('more): ')
    await clock.advance(120_000)
    assert.is(await ann.rest(), 'You took too long. Goodbye.\r\n')
    assert.equal(log.problems, [])
  }))

test('names that could be mistaken, or that would do harm, are refused, and the name is asked for again', () =>
  withParlour(async ({ join, knock }) => {
    await join('bill')
    const other = await knock()
    const refused: [name: string, answer: RegExp][] = [
      ['x'.repeat(10_000), /^A name has at most 20 characters/],
      ['‮nna', /only letters and digits/],
      ['an\u200Dn', /only letters and digits/],
      ['a\u0301\u0301\u0301nn', /only letters and digits/],
      ['__proto__', /only letters and digits/],
      ['constructor', /^That name is reserved/],
      ['con', /^That name is reserved/],
      ['you', /^That name is reserved/],
      ['аnn', /^All letters of a name must be of one alphabet/],
      ['Bi11', /looks too much like/],
      ['bіll', /one alphabet|looks too much like/],
    ]
    for (const [name, answer] of refused) {
      await other.talk('Name: ', name)
      // What the service strips from lines is gone before the flow sees the name.
      const line = await other.line()
      if (name === '‮nna') {
        assert.is(line, 'No account is called nna.')
        other.send('no')
        await other.until('Create it? (yes/no) ')
        continue
      }
      if (line.startsWith('No account')) assert.match(await other.line(), answer)
      else assert.match(line, answer)
    }
    // Wide letters are the letters.
    await other.talk('Name: ', 'ＢＩＬＬ', 'Password: ')
  }))

test('whoever has an account logs in by its name, also where no new one could be made of it by now', () =>
  withParlour(async ({ join, knock, users }) => {
    await join('bill')
    users.names.reserved = ['bill', 'you']
    const bill = await knock()
    await bill.talk('Name: ', 'Bill', 'Password: ')
    assert.is(users.find('bill')?.name, 'bill')
    const other = await knock()
    await other.talk('Name: ', 'you')
    assert.match(await other.line(), /^That name is reserved/)
  }))

test('people without accounts come by name alone, and a name is taken while somebody has it', async () => {
  class Guest extends withUser(SessionStore) {}
  const service = new Service()
  const users = new Users(service, Guest)
  service.listen(events.Connect, () => new ConnectFlow(users))
  service.listen(events.Disconnect, () => new DisconnectFlow(users))
  userCommands(new CommandRegistry(service), users)
  await running(
    service,
    async () => {
      const ann = new Person(await Peer.connect(service))
      await ann.talk('Name: ', 'ann')
      assert.is(await ann.until('here.\r\n'), 'Welcome, ann!\r\nYou are alone here.\r\n')
      const bob = new Person(await Peer.connect(service))
      await bob.talk('Name: ', 'Ann', 'Name: ', 'bob')
      await bob.until('Here: ann.\r\n')
      ann.leave()
      assert.is(await bob.line(), 'ann has left')
      const again = new Person(await Peer.connect(service))
      await again.talk('Name: ', 'ann')
      assert.is(await again.line(), 'Welcome, ann!')
      bob.leave()
      again.leave()
    },
    { telnet: false, store: 'memory' },
  )
})

test('a name without an account is free again where whoever has chosen it leaves, or begins again, before being logged in', async () => {
  class Guest extends withUser(SessionStore) {}
  class Login extends ConnectFlow<Guest> {
    async handler_65_rules({ client }: events.Connect): Promise<void> {
      if ((await client.ask('Will you behave? ')) !== 'yes') this.beginAgain()
    }
  }
  const service = new Service()
  const users = new Users(service, Guest)
  service.listen(events.Connect, () => new Login(users))
  const gone = new Promise<void>((resolve) => service.listen(events.Disconnect, () => resolve()))
  await running(
    service,
    async () => {
      const ann = new Person(await Peer.connect(service))
      await ann.talk('Name: ', 'ann', 'Will you behave? ', 'no', 'Name: ', 'ann', 'Will you behave? ')
      ann.leave()
      await gone
      assert.equal(users.store.active(), [])
      const other = new Person(await Peer.connect(service))
      await other.talk('Name: ', 'ann', 'Will you behave? ', 'yes')
      assert.is(await other.line(), 'Welcome, ann!')
      assert.equal(users.online.map(String), ['ann'])
      other.leave()
    },
    { telnet: false, store: 'memory' },
  )
})

test('the name of whoever has no account is free again at once, also where the process dies right then', async () => {
  class Guest extends withUser(SessionStore) {}
  const program = () => {
    const service = new Service()
    const users = new Users(service, Guest)
    service.listen(events.Connect, () => new ConnectFlow(users))
    service.listen(events.Disconnect, () => new DisconnectFlow(users))
    return service
  }
  const play = async (connect: (name: string) => Promise<Player>) => {
    const [ann, bob] = [await connect('ann'), await connect('bob')]
    for (const [player, name] of [[bob, 'bob'] as const, [ann, 'ann'] as const]) {
      await player.sees('Name: ')
      player.type(name)
      await player.sees(`Welcome, ${name}!`)
    }
    await ann.leave()
    await bob.sees('ann has left')
    const other = await connect('other')
    await other.sees('Name: ')
    other.type('ann')
    await other.sees('Welcome, ann!')
  }
  await everyRestartPoint({ service: program, play }, { crash: true })
})

test.run()
