// What a password costs the service: as much for a name that there is as for one that there is not, so that nobody learns
// from an answer's time who has an account. Hashes are counted; no time is measured.
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/** The cost of each hash that is computed, in order. */
const hashes: number[] = []
const { scrypt } = crypto
crypto.scrypt = ((...args: Parameters<typeof scrypt>) => {
  hashes.push((args[3] as crypto.ScryptOptions).N as number)
  return scrypt(...args)
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

test.run()
