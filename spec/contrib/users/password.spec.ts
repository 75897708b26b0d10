// What a password costs the service: as much for a name that there is as for one that there is not, so that nobody learns
// from an answer's time who has an account. Hashes are counted; no time is measured.
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/** The cost of each hash that is computed, in order. */
const hashes: number[] = []
/** Set by a test that decides when each hash is computed. */
let held: (() => void)[] | undefined
const { scrypt } = crypto
crypto.scrypt = ((...args: Parameters<typeof scrypt>) => {
  hashes.push((args[3] as crypto.ScryptOptions).N as number)
  if (held) held.push(() => scrypt(...args))
  else scrypt(...args)
}) as typeof scrypt
syncBuiltinESMExports()

const { attemptsFor, hashPassword, passwordCost, PasswordConnect } = await import('mara-ts/contrib/users')
const { turns } = await import('../../support/service.js')
const { PASSWORD, withParlour } = await import('./harness.js')
const { suite } = await import('uvu')
const assert = await import('uvu/assert')
type TestUser = import('./harness.js').TestUser

const test = suite('contrib/users/password effort')

const closed = {
  connect: (users: import('mara-ts/contrib/users').Users<TestUser>) =>
    new (class extends PasswordConnect<TestUser> {
      override createsAccounts = false
    })(users),
}

test('a wrong password has the same effects in the same order, whether there is the account or not', () =>
  withParlour(async ({ knock, users, clock }) => {
    await users.create('ann', { password: await hashPassword(PASSWORD) } as Partial<TestUser>)
    // Nobody can log in to it.
    await users.create('cat')
    const attempts = attemptsFor(users)
    const { begin } = attempts
    const effects: string[] = []
    attempts.begin = (...args) => {
      const attempt = begin.apply(attempts, args)
      effects.push(`attempt, ${hashes.length} hashes, ${attempt?.delay} ms`)
      return attempt
    }
    const seenBy = async (name: string, password: string): Promise<string[]> => {
      effects.length = 0
      hashes.length = 0
      for (let i = 0; i < 4; i++) {
        const person = await knock()
        await person.talk('Name: ', name, 'Password: ', password)
        while (effects.length === 2 * i) await turns()
        if (i === 3) await clock.advance(1000)
        effects.push(`${await person.line()}, ${hashes.length} hashes`)
        person.leave()
      }
      return [...effects, ...hashes.map(String)]
    }
    const unknown = await seenBy('bob', 'wrong')
    assert.is(unknown.length, 12)
    assert.is(unknown[6], 'attempt, 3 hashes, 1000 ms')
    assert.is(unknown[7], 'Wrong password., 4 hashes')
    assert.equal(await seenBy('ann', 'wrong'), unknown)
    assert.equal(await seenBy('cat', 'wrong'), unknown)
    // One that is too long to be anybody's is hashed for neither.
    const long = await seenBy('dan', 'x'.repeat(2000))
    assert.equal(hashes, [])
    assert.equal(await seenBy('eve', 'x'.repeat(2000)), long)
  }, closed))

test('what keeps a password waiting is looked at before it is hashed', () =>
  withParlour(async ({ knock, users, clock }) => {
    const { begin } = attemptsFor(users)
    let begun = 0
    attemptsFor(users).begin = (...args) => {
      begun += 1
      return begin.apply(attemptsFor(users), args)
    }
    hashes.length = 0
    for (let i = 1; i <= 20; i++) {
      const person = await knock()
      await person.talk('Name: ', 'bob', 'Password: ', 'wrong')
      while (begun < i) await turns()
    }
    await turns(20)
    // Three at once are free, and six more may wait: none of these, and none of those that are turned away, has cost a hash.
    assert.is(hashes.length, 3)
    await clock.advance(1000)
    while (hashes.length < 4) await turns()
    assert.is(hashes.length, 4)
  }, closed))

test('a hash of other parameters is checked with these, and replaced with the present ones at the next login alone', () =>
  withParlour(async ({ login, knock, users }) => {
    const { ln } = passwordCost
    passwordCost.ln = ln + 1
    const old = await hashPassword(PASSWORD)
    passwordCost.ln = ln
    await users.create('ann', { password: old } as Partial<TestUser>)
    hashes.length = 0
    const thief = await knock()
    await thief.talk('Name: ', 'ann', 'Password: ', 'wrong')
    await thief.until('Wrong password.')
    assert.equal(hashes, [2 ** (ln + 1)])
    assert.is((await users.load('ann'))?.password, old)
    const ann = await login('ann')
    assert.equal(hashes.splice(0), [2 ** (ln + 1), 2 ** (ln + 1), 2 ** ln])
    assert.match((await users.load('ann'))?.password ?? '', new RegExp(`^\\$scrypt\\$ln=${ln},`))
    ann.leave()
    await login('ann')
    assert.equal(hashes, [2 ** ln])
  }))

test('the right password counts where its new hash can not be saved: the old one stays, and the log says why', () =>
  withParlour(async ({ login, users, service, log }) => {
    const { ln } = passwordCost
    passwordCost.ln = ln + 1
    const old = await hashPassword(PASSWORD)
    passwordCost.ln = ln
    await users.create('ann', { password: old } as Partial<TestUser>)
    const { backend } = service.stores
    const { write } = backend
    const full = new Error('the disk is full')
    backend.write = () => Promise.reject(full)
    const ann = await login('ann')
    assert.equal(
      log.problems.map(({ message }) => message),
      ['A new hash of the password of ann could not be saved; the old one stays'],
    )
    assert.is(users.find('ann')?.password, old)
    ann.send('password')
    await ann.talk('old password: ', PASSWORD, 'more): ')
    assert.is(log.problems.length, 2)
    backend.write = write
    // Whoever changes it meanwhile is not undone.
    const user = users.find('ann') as TestUser
    backend.write = async () => {
      user.password = 'another'
      throw full
    }
    let told: unknown
    assert.is(await user.checkPassword(PASSWORD, { notSaved: (error) => (told = error) }), true)
    assert.equal([told, user.password], [full, 'another'])
    backend.write = write
  }))

/** While `body` runs, hashes wait until they are let go: so many, or all from then on. */
async function holdingHashes(
  body: (letGo: (count?: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const letGo = async (count?: number): Promise<void> => {
    const now = held?.splice(0, count ?? held.length) ?? []
    if (count === undefined) held = undefined
    for (const compute of now) compute()
    await turns()
  }
  hashes.length = 0
  held = []
  try {
    await body(letGo)
  } finally {
    await letGo()
  }
}

const NEW = ['no) ', 'yes', 'more): ', PASSWORD, 'password: ', PASSWORD]

test('whoever leaves before it is hashed costs nothing, and makes no account', () =>
  withParlour(async ({ knock, login, users, service, log }) => {
    await users.create('ann', { password: await hashPassword(PASSWORD) } as Partial<TestUser>)
    await holdingHashes(async (letGo) => {
      const strangers = []
      for (const name of ['bob', 'cat', 'dan', 'eve', 'fay']) {
        const stranger = await knock()
        strangers.push(stranger)
        await stranger.talk('Name: ', name, ...NEW)
      }
      while (hashes.length < 2) await turns()
      // Everybody has typed the password, and three wait.
      await turns(20)
      const clients = [...service.clients]
      for (const stranger of strangers) stranger.leave()
      while (!clients.every(({ signal }) => signal.aborted)) await turns()
      await letGo()
      await login('ann')
      assert.is(hashes.length, 3)
    })
    const made = await users.store.keys()
    assert.equal(
      ['dan', 'eve', 'fay'].filter((name) => made.includes(name)),
      [],
    )
    assert.equal(log.problems, [])
  }))

test('those of one address wait behind each other, and keep those of another waiting for one hash at most', () =>
  withParlour(async ({ knock, users }) => {
    const { ln } = passwordCost
    passwordCost.ln = ln + 1
    await users.create('ann', { password: await hashPassword(PASSWORD) } as Partial<TestUser>)
    passwordCost.ln = ln
    await holdingHashes(async (letGo) => {
      for (const [i, name] of ['bob', 'cat', 'dan', 'eve', 'fay'].entries()) {
        const thief = await knock('127.0.0.2')
        await thief.talk('Name: ', name, 'Password: ', 'wrong')
        while (hashes.length < Math.min(i + 1, 2)) await turns()
      }
      await turns(20)
      const ann = await knock('127.0.0.3')
      await ann.talk('Name: ', 'ann', 'Password: ', PASSWORD)
      await turns(20)
      while (hashes.length < 4) {
        await letGo(1)
        await turns()
      }
      const [own, other] = [2 ** (ln + 1), 2 ** ln]
      assert.equal(hashes.slice(0, 4), [other, other, other, own])
      await letGo()
      assert.is(await ann.line(), 'Welcome, ann!')
    })
  }, closed))

test('a turn to make an account is taken before the hash, and not given back to those who lose a race', () =>
  withParlour(
    async ({ knock }) => {
      await holdingHashes(async (letGo) => {
        const people = []
        for (let i = 0; i < 5; i++) {
          const person = await knock()
          people.push(person)
          await person.talk('Name: ', 'bob', ...NEW.slice(0, -1))
        }
        for (const person of people) person.send(PASSWORD)
        const told = people.map((person) => person.line())
        let refused = 0
        for (const line of told) void line.then(() => refused++)
        while (refused < 2) await turns()
        await letGo()
        assert.equal((await Promise.all(told)).sort(), [
          'Account created.',
          'Somebody has just taken that name, or one that looks like it.',
          'Somebody has just taken that name, or one that looks like it.',
          'Too many accounts have been made from your address. Please try again in an hour.',
          'Too many accounts have been made from your address. Please try again in an hour.',
        ])
        assert.is(hashes.length, 3)
      })
      const late = await knock()
      await late.talk('Name: ', 'cat')
      await late.until('Too many accounts')
    },
    { settings: { maxAccountRate: 3 } },
  ))

test.run()
