import { accountSettings } from 'mara-ts/contrib/users'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { AccountRate } from '../../../lib/contrib/users/account-rate.js'
import { PASSWORD, type Person, withParlour } from './harness.js'

const test = suite('contrib/users/account-rate')

const HERE = '192.0.2.1'
const HOUR = 3_600_000

test('ten accounts an hour may come from one address, unless the setting says otherwise', () => {
  for (const [setting, most] of [
    [undefined, 10],
    [2, 2],
  ] as const) {
    const rate = new AccountRate()
    for (let i = 0; i < most; i++) assert.is(rate.take(HERE, setting, i * 1000), true)
    assert.is(rate.take(HERE, setting, 20_000), false)
    assert.is(rate.allows(HERE, setting, 20_000), false)
    assert.is(rate.allows('192.0.2.2', setting, 20_000), true)
    // The first one is an hour old.
    assert.is(rate.allows(HERE, setting, HOUR - 1), false)
    assert.is(rate.take(HERE, setting, HOUR), true)
    assert.is(rate.take(HERE, setting, HOUR), false)
  }
})

test('addresses of one network of IPv6 make accounts as one', () => {
  const rate = new AccountRate()
  for (let i = 0; i < 10; i++) assert.is(rate.take(`2001:db8::${i}`, undefined, 0), true)
  assert.is(rate.take('2001:db8::a', undefined, 0), false)
  assert.is(rate.take('2001:db8:0:1::', undefined, 0), true)
})

test('loopback has no limit unless one is set, and a Unix socket has no address', () => {
  const rate = new AccountRate()
  for (let i = 0; i < 100; i++) {
    for (const address of ['127.0.0.1', '127.1.2.3', '::1']) assert.ok(rate.take(address, undefined, 0))
    assert.ok(rate.take(undefined, 1, 0))
  }
  assert.is(rate.size, 0)
  assert.ok(rate.take('127.0.0.1', 1, 0))
  assert.is(rate.take('127.0.0.1', 1, 0), false)
})

test('a clock that was set back locks nobody out', () => {
  const rate = new AccountRate()
  assert.ok(rate.take(HERE, 1, HOUR))
  assert.is(rate.allows(HERE, 1, HOUR), false)
  assert.is(rate.allows(HERE, 1, HOUR - 1), true)
})

test('memory is bounded, from however many addresses accounts are made', () => {
  const rate = new AccountRate()
  for (let i = 0; i < 10_100; i++) rate.take(`address ${i}`, undefined, i)
  assert.is(rate.size, 10_000)
})

test('the setting is a whole number, and says what it does', () => {
  const schema = z.object(accountSettings)
  assert.equal(schema.parse({}), {})
  for (const maxAccountRate of [0, 1.5, 'x']) assert.not(schema.safeParse({ maxAccountRate }).success)
  assert.match(String(accountSettings.maxAccountRate.description), /in an hour.*loopback/s)
})

const TOO_MANY = 'Too many accounts have been made from your address. Please try again in an hour.'

test('whoever wants one more is told so in plain words, before a password is chosen, and others still log in', () =>
  withParlour(
    async ({ join, login, knock, clock, users }) => {
      const ann = await join('ann')
      await join('bob')
      const dan = await knock()
      assert.equal(await dan.talk('Name: ', 'dan', 'Name: ', 'ann', 'Password: ', PASSWORD), [
        '',
        `No account is called dan.\r\n${TOO_MANY}\r\n`,
        'Note: your client will show what you type.\r\n',
      ])
      assert.is(await dan.line(), 'Welcome, ann!')
      await ann.rest()
      await login('bob')
      assert.equal(await users.store.keys(), ['ann', 'bob'])
      await clock.advance(HOUR)
      await join('dan')
    },
    { settings: { maxAccountRate: 2 } },
  ))

test('many who are asked for a password at once make no more accounts than may be made', () =>
  withParlour(
    async ({ knock, users }) => {
      const people: Person[] = []
      for (const name of ['ann', 'bob', 'cat', 'dan', 'eve']) {
        const person = await knock()
        people.push(person)
        await person.talk('Name: ', name, 'no) ', 'yes', 'more): ', PASSWORD, 'password: ')
      }
      for (const person of people) person.send(PASSWORD)
      const told = await Promise.all(people.map((person) => person.line()))
      assert.equal(told.sort(), ['Account created.', 'Account created.', TOO_MANY, TOO_MANY, TOO_MANY])
      assert.is((await users.store.keys()).length, 2)
    },
    { settings: { maxAccountRate: 2 } },
  ))

test('a name that somebody else took meanwhile costs nothing of what may be made', () =>
  withParlour(
    async ({ knock, join, users }) => {
      const late = await knock()
      await late.talk('Name: ', 'ann', 'no) ', 'yes', 'more): ', PASSWORD, 'password: ')
      await users.create('ann')
      late.send(PASSWORD)
      assert.match(await late.line(), /^Somebody has just taken that name/)
      await join('bob')
    },
    { settings: { maxAccountRate: 1 } },
  ))

test.run()
