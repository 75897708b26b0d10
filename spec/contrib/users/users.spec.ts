import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join as path } from 'node:path'
import { events } from 'mara-ts'
import { attemptsFor, hashPassword, PasswordConnect, type Users } from 'mara-ts/contrib/users'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deferred, turns } from '../../support/service.js'
import { PASSWORD, type Person, type TestUser, withFolder, withParlour } from './harness.js'

const test = suite('contrib/users/users')

test('an account is saved as it is made, with its hash and without its password', () =>
  withFolder((storePath) =>
    withParlour(
      async ({ join, users, clock }) => {
        const ann = await join('Zoë')
        assert.equal(readdirSync(path(storePath, 'user')), ['zo_6j_.json'])
        const saved = readFileSync(path(storePath, 'user', 'zo_6j_.json'), 'utf8')
        assert.is(JSON.parse(saved).name, 'Zoë')
        assert.match(JSON.parse(saved).password, /^\$scrypt\$/)
        assert.not.match(saved, new RegExp(PASSWORD))
        await clock.advance(5_000)
        ann.leave()
        while (users.store.active().length > 0) await turns()
        assert.is((await users.load('zoë'))?.lastSeen?.toISOString(), '2000-01-01T00:00:05.000Z')
      },
      { settings: { store: 'file', storePath } },
    ),
  ))

test("an older hash, such as the original's, is upgraded as its owner logs in, and not before", () =>
  withFolder(async (storePath) => {
    const old = '$2b$05$abcdefghijklmnopqrstuuoty9SvQiFOf60DrKwhZC96ncFu9byZG'
    const file = path(storePath, 'user', 'ann.json')
    const stored = () => JSON.parse(readFileSync(file, 'utf8'))
    mkdirSync(path(storePath, 'user'))
    writeFileSync(file, JSON.stringify({ password: old, title: 'Dr' }))
    await withParlour(
      async ({ knock, login }) => {
        const thief = await knock()
        await thief.talk('Name: ', 'ann', 'Password: ', 'wrong')
        await thief.until('Wrong password.')
        assert.is(stored().password, old)
        await login('ann', 'correct horse')
        assert.match(stored().password, /^\$scrypt\$/)
        assert.is(stored().title, 'Dr')
        await login('ann', 'correct horse')
      },
      { settings: { store: 'file', storePath } },
    )
  }))

test('a damaged account is told of, and the name is asked for again', () =>
  withFolder(async (storePath) => {
    mkdirSync(path(storePath, 'user'))
    writeFileSync(path(storePath, 'user', 'ann.json'), '{ "name": "ann", "password": 7 }')
    await withParlour(
      async ({ knock, join }) => {
        const ann = await knock()
        assert.equal(await ann.talk('Name: ', 'ann', 'Name: '), [
          '',
          "That account can't be read. Please tell the administrator.\r\n",
        ])
        await join('bob')
      },
      { settings: { store: 'file', storePath } },
    )
  }))

test('an account that cannot be saved is none, and its maker is told that something went wrong', () =>
  withParlour(async ({ knock, users, service }) => {
    const { backend } = service.stores
    const { write } = backend
    backend.write = () => Promise.reject(new Error('the disk is full'))
    const ann = await knock()
    await ann.talk('Name: ', 'ann', 'no) ', 'yes', 'more): ', PASSWORD, 'password: ', PASSWORD)
    assert.is(await ann.rest(), 'Sorry, something went wrong. Please try again later.\r\n')
    backend.write = write
    assert.equal([users.online, users.store.active(), await users.load('ann')], [[], [], undefined])
  }))

test('where strangers make no accounts, a name without one is asked for a password like any other', () =>
  withParlour(
    async ({ knock, users }) => {
      await users.create('ann', { password: await hashPassword(PASSWORD) } as Partial<TestUser>)
      for (const name of ['ann', 'bob']) {
        const person = await knock()
        await person.talk('Name: ', name, 'Password: ', 'wrong')
        assert.is(await person.line(), 'Wrong password.')
      }
      const ann = await knock()
      await ann.talk('Name: ', 'ann', 'Password: ', PASSWORD)
      assert.is(await ann.line(), 'Welcome, ann!')
    },
    {
      connect: (users) =>
        new (class extends PasswordConnect<TestUser> {
          override createsAccounts = false
        })(users),
    },
  ))

test('wrong passwords make the next one wait, and many of them are turned away', () =>
  withParlour(async ({ knock, join, clock, users }) => {
    await join('ann')
    const attempts = attemptsFor(users)
    let begun = 0
    const { begin } = attempts
    attempts.begin = (...args) => {
      begun += 1
      return begin.apply(attempts, args)
    }
    /** Somebody whose password is about to be checked. */
    const attempt = async (password: string): Promise<Person> => {
      const person = await knock()
      const before = begun
      await person.talk('Name: ', 'ann', 'Password: ', password)
      while (begun === before) await turns()
      return person
    }
    for (let i = 0; i < 3; i++) assert.is(await (await attempt('wrong')).line(), 'Wrong password.')
    const thief = await attempt('wrong')
    const owner = await attempt(PASSWORD)
    await clock.advance(999)
    assert.is(thief.peer.received, '')
    await clock.advance(1)
    assert.is(await thief.line(), 'Wrong password.')
    await clock.advance(1_999)
    assert.is(owner.peer.received, '')
    await clock.advance(1)
    assert.is(await owner.line(), 'Welcome, ann!')
    // The right password has forgotten the wrong ones.
    assert.is(await (await attempt('wrong')).line(), 'Wrong password.')
    // Whoever leaves while it waits ends nothing but this.
    for (let i = 0; i < 20; i++) (await attempt('wrong')).leave()
    const late = await attempt(PASSWORD)
    assert.is(await late.rest(), 'There were too many wrong passwords. Please try again in some minutes.\r\n')
    assert.is(users.online.length, 1)
  }))

test('of two accounts that are made at once and look alike, there is one', () =>
  withParlour(async ({ users }) => {
    await users.create('bill')
    const made = await Promise.all(['bob', 'b0b', 'Bob', 'bi11', 'cat'].map((name) => users.create(name)))
    assert.equal(
      made.map((user) => user?.name),
      ['bob', undefined, undefined, undefined, 'cat'],
    )
  }))

test('to look an account up, or to try its password, makes nobody active or online', () =>
  withParlour(async ({ knock, users }) => {
    await users.create('ann', { password: await hashPassword(PASSWORD) } as Partial<TestUser>)
    const thief = await knock()
    await thief.talk('Name: ', 'ann', 'Password: ', 'wrong', 'Name: ', 'ann', 'Password: ')
    assert.is((await users.load('ANN'))?.name, 'ann')
    assert.equal([users.store.active(), users.online, users.find('ann')], [[], [], undefined])
  }))

test('a name that looks like one that was deleted is free, and one like a damaged account is not', () =>
  withFolder(async (storePath) => {
    await withParlour(
      async ({ users }) => {
        await users.create('bob')
        assert.is(await users.isSimilar('b0b'), true)
        await users.store.delete('bob')
        assert.is(await users.isSimilar('b0b'), false)
        await users.create('cole')
        writeFileSync(path(storePath, 'user', 'cole.json'), '{ "name": 7 }')
        assert.is(await users.isSimilar('c0le'), true)
      },
      { settings: { store: 'file', storePath } },
    )
  }))

test('whose user has gone to another client never gets it back', () =>
  withParlour(async ({ join, knock, users, service }) => {
    await join('ann')
    const user = users.find('ann') as TestUser
    const other = await knock()
    await other.until('Name: ')
    const [first, second] = [...service.clients] as NonNullable<typeof user.client>[]
    assert.is(users.attach(second as never, user), first)
    assert.is(users.attach(second as never, user), undefined)
    assert.is(users.detach(second as never), user)
    assert.equal(
      [users.of(first as never), users.of(second as never), users.online],
      [undefined, undefined, []],
    )
  }))

test('who is online is told in the order of keys, as they come and leave, by a list of the caller’s own', () =>
  withParlour(async ({ join, users }) => {
    const names = () => users.online.map(({ name }) => name).join(' ')
    const cat = await join('cat')
    await join('ann')
    assert.is(names(), 'ann cat')
    users.online.pop()
    await join('bob')
    assert.is(names(), 'ann bob cat')
    cat.leave()
    while (users.find('cat') !== undefined) await turns()
    assert.is(names(), 'ann bob')
  }))

test('who comes back while the logout is being saved is active, and stays so', () =>
  withParlour(async ({ join, knock, users, service }) => {
    const ann = await join('ann')
    const { backend } = service.stores
    const { write } = backend
    let finish = (): void => {}
    const saving = new Promise<void>((resolve) => {
      backend.write = async (...args) => {
        resolve()
        await new Promise<void>((done) => {
          finish = done
        })
        return write.apply(backend, args)
      }
    })
    ann.leave()
    await saving
    const again = await knock()
    await again.talk('Name: ', 'ann')
    await turns()
    finish()
    backend.write = write
    await again.talk('Password: ', PASSWORD)
    assert.is(await again.line(), 'Welcome, ann!')
    await turns()
    assert.is(users.store.get('ann'), users.find('ann'))
    assert.ok(users.find('ann')?.online)
  }))

test('an account that is deleted while its owner types the password is none', () =>
  withParlour(async ({ knock, users }) => {
    await users.create('ann', { password: await hashPassword(PASSWORD) } as Partial<TestUser>)
    const ann = await knock()
    await ann.talk('Name: ', 'ann', 'Password: ')
    await users.store.delete('ann')
    ann.send(PASSWORD)
    assert.equal(await ann.talk('Name: ', 'ann', 'no) '), [
      '',
      'No account is called ann.\r\nCreate it? (yes/',
    ])
    assert.equal(users.online, [])
  }))

test('an account that is deleted as soon as it is made is none, and whoever made it begins again', () =>
  withParlour(async ({ knock, users, log }) => {
    const { create } = users
    users.create = async (...given) => {
      const user = await create.apply(users, given)
      await user?.delete()
      return user
    }
    const ann = await knock()
    await ann.talk('Name: ', 'ann', 'no) ', 'yes', 'more): ', PASSWORD, 'Repeat the password: ', PASSWORD)
    assert.equal(await ann.talk('Name: '), ['No account is called ann.\r\n'])
    assert.equal([log.problems, users.online], [[], []])
  }))

/** From now on the store makes nobody active until the function that this gives is called. */
function slowToActivate({ store }: Users<TestUser>): () => void {
  const { load } = store
  const { promise: isSlow, resolve: goOn } = deferred()
  store.load = async (key, options) => {
    if (options === undefined) await isSlow
    return load.call(store, key, options)
  }
  return goOn
}

test('who leaves while a slow store makes them active is not announced after that, and stays active no longer', () =>
  withParlour(async ({ join, knock, users, clock, service }) => {
    const bob = await join('bob')
    await users.create('ann', { password: await hashPassword(PASSWORD) } as Partial<TestUser>)
    const goOn = slowToActivate(users)
    const ann = await knock()
    await ann.talk('Name: ', 'ann', 'Password: ', PASSWORD)
    while (users.online.length < 2) await turns()
    ann.leave()
    while (service.clients.size > 1) {
      await turns()
      await clock.advance(1000)
    }
    goOn()
    await turns()
    assert.equal(
      (await bob.seen()).filter((line) => line.startsWith('ann')),
      ['ann has left'],
    )
  }))

test('who comes back on another connection while a slow store makes them active is announced by that one alone', () =>
  withParlour(async ({ join, knock, users }) => {
    const bob = await join('bob')
    await users.create('ann', { password: await hashPassword(PASSWORD) } as Partial<TestUser>)
    const goOn = slowToActivate(users)
    const before = await knock()
    await before.talk('Name: ', 'ann', 'Password: ', PASSWORD)
    while (users.online.length < 2) await turns()
    const first = users.find('ann')?.client
    const ann = await knock()
    await ann.talk('Name: ', 'ann', 'Password: ', PASSWORD)
    while (users.find('ann')?.client === first) await turns()
    goOn()
    await turns()
    assert.equal(
      (await bob.seen()).filter((line) => line.startsWith('ann')),
      ['ann has reconnected'],
    )
    assert.ok(users.find('ann')?.online)
  }))

test('an account that is deleted while its owner is there ends with the connection', () =>
  withParlour(async ({ join, users, log }) => {
    const ann = await join('ann')
    await users.store.delete('ann')
    ann.leave()
    while (users.online.length > 0) await turns()
    await turns()
    assert.equal([log.problems, await users.store.keys()], [[], []])
  }))

test('whoever makes a deleted account anew stays online when the one before leaves', () =>
  withParlour(async ({ join, users, service }) => {
    const before = await join('ann')
    await users.store.delete('ann')
    const owner = await join('ann', 'another password')
    before.leave()
    while (service.clients.size > 1) await turns()
    assert.is(users.find('ann'), users.store.get('ann'))
    assert.equal(users.online, [users.store.get('ann')])
    assert.equal(await owner.seen('say hi'), ['ann has left', 'You say: hi'])
  }))

test('the old password of an account that was made anew meanwhile lets nobody in, and puts nobody out', () =>
  withParlour(async ({ join, knock, users }) => {
    await users.create('ann', { password: await hashPassword(PASSWORD) } as Partial<TestUser>)
    const late = await knock()
    await late.talk('Name: ', 'ann', 'Password: ')
    await users.store.delete('ann')
    const owner = await join('ann', 'another password')
    const user = users.find('ann')
    late.send(PASSWORD)
    await late.talk('Name: ', 'ann', 'Password: ')
    assert.is(users.find('ann'), user)
    assert.equal(users.online, [user])
    assert.equal(await owner.seen('say hi'), ['You say: hi'])
  }))

test('a client whose user is back after a restart belongs to that user again', () =>
  withParlour(async ({ join, users, service }) => {
    const ann = await join('ann')
    const user = users.find('ann') as TestUser
    const { client } = user
    // What a restart leaves: the state of clients, and active users, whose plain properties are as in a new process.
    user.client = undefined
    await service.trigger(new events.PostStart())
    assert.is(user.client, client)
    assert.equal(await ann.seen('say hi'), ['You say: hi'])
  }))

test('what is written to a user ends its lines unless it is told otherwise, as that to a client', () =>
  withParlour(async ({ join, users }) => {
    const ann = await join('ann')
    const user = users.find('ann') as TestUser
    user.write('one, ', 'two, ', { newline: false })
    user.write('three')
    await ann.until('one, two, three\r\n')
  }))

test('of two clients that both claim one user after a crash, the first has it, and the other is told to connect again', () =>
  withParlour(async ({ join, knock, users, service }) => {
    await join('ann')
    const user = users.find('ann') as TestUser
    const other = await knock()
    await other.until('Name: ')
    const client = [...service.clients].at(-1) as NonNullable<typeof user.client>
    client.state.user = user
    assert.is(users.of(client), undefined)
    assert.is(users.online.length, 1)
  }))

test.run()
