import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PASSWORD, withParlour } from './harness.js'

const test = suite('contrib/users/change-password')

test('whoever knows the old password chooses a new one', () =>
  withParlour(async ({ join, login, knock }) => {
    const ann = await join('ann')
    ann.send('password')
    await ann.talk(
      'old password: ',
      PASSWORD,
      'new password (8 characters or more): ',
      'new secret',
      'Repeat the password: ',
      'new secret',
    )
    assert.is(await ann.line(), 'Password changed.')
    ann.leave()
    await login('ann', 'new secret')
    const thief = await knock()
    await thief.talk('Name: ', 'ann', 'Password: ', PASSWORD)
    assert.is(await thief.line(), 'Wrong password.')
  }))

test('a wrong old password ends it, and too many of them are not even looked at', () =>
  withParlour(async ({ join, clock, log }) => {
    const ann = await join('ann')
    for (let i = 0; i < 10; i++) {
      ann.send('password', 'wrong')
      await clock.advance(60_000)
      await ann.until('Your old password: ')
      assert.is(await ann.line(), 'Wrong password.')
    }
    assert.equal(log.problems, [])
  }))

test('whoever takes too long keeps the old password', () =>
  withParlour(async ({ join, clock, users }) => {
    const ann = await join('ann')
    ann.send('password')
    await ann.talk('old password: ', PASSWORD, 'or more): ')
    await clock.advance(120_000)
    assert.is(await ann.line(), 'You took too long. The password stays as it was.')
    assert.is(await users.find('ann')?.checkPassword(PASSWORD), true)
  }))

test.run()
