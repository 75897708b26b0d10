import { events } from 'mara-ts'
import { Who } from 'mara-ts/contrib/users'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type TestUser, withParlour } from './harness.js'

const test = suite('contrib/users/look')

const rule = (title: string): string => {
  const left = Math.floor((80 - title.length) / 2)
  return `${'-'.repeat(left - 1)} ${title} ${'-'.repeat(80 - title.length - left - 1)}`
}

test('who shows who is online and for how long each has been idle', () =>
  withParlour(async ({ join, clock }) => {
    const bob = await join('Bob')
    await clock.advance(3 * 60_000)
    const ann = await join('annabel')
    assert.equal(await ann.seen('who'), [
      rule('Online'),
      'annabel  idle for a moment',
      'Bob      idle for 3 minutes',
      '-'.repeat(80),
    ])
    bob.leave()
    await ann.until('Bob has left\r\n')
    assert.equal((await ann.seen('who')).length, 3)
  }))

test('users shows all accounts, and looking at them logs nobody in', () =>
  withParlour(async ({ join, users }) => {
    const ann = await join('ann')
    assert.equal((await ann.seen('users')).slice(1, 3), ['Online: ann', 'Offline: nobody'])
    for (const name of ['bob', 'cat']) await users.create(name)
    assert.equal(await ann.seen('users'), [rule('Users'), 'Online: ann', 'Offline: bob, cat', '-'.repeat(80)])
    assert.equal(
      users.store.active().map(({ key }) => key),
      ['ann'],
    )
  }))

test('a subclass shows more of each user, whose type is known', () =>
  withParlour(
    async ({ join }) => {
      const ann = await join('ann')
      assert.equal((await ann.seen('win', 'win', 'who'))[1], 'ann  score 2')
    },
    {
      prepare: (users, commands, service) => {
        class Scores extends Who<TestUser> {
          override about(user: TestUser): string {
            return `score ${user.score}`
          }
        }
        commands.register('who', () => new Scores(users))
        commands.register('win', ({ user }) => {
          user.score += 1
          // @ts-expect-error: a number is no text
          user.score.trim
          // @ts-expect-error: there is no such field
          user.scores
        })
        // @ts-expect-error: events of the service have no user
        service.listen(events.PostStart, ({ user }) => user)
        service.listen(events.Disconnect, ({ user }) => user.lastSeen?.getTime())
      },
    },
  ))

test.run()
