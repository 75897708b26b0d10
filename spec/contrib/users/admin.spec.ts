import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withParlour } from './harness.js'

const test = suite('contrib/users/admin')

test('the first admin is made by a setting, once there is the account', async () => {
  await withParlour(
    async ({ users, service, join, log }) => {
      assert.match(String(log.problems[0]?.message), /There is no account "ann"/)
      // Whoever makes the account after that is no admin.
      const ann = await join('ann')
      assert.equal(await ann.seen('admin', 'set_admin ann on'), [
        'There are no admins.',
        'Unknown command: set_admin.',
      ])
      assert.is(users.online[0]?.isAdmin, false)
      assert.is(service.status, 'running')
    },
    { settings: { admin: 'ann' } },
  )
})

test('admins make others admins, and the last one stays one', () =>
  withParlour(async ({ join, users, login }) => {
    const ann = await join('ann')
    const bob = await join('bob')
    await users.create('cat')
    await ann.seen()
    const user = users.find('ann')
    assert.ok(user !== undefined)
    user.isAdmin = true
    await user.save()
    assert.equal(await bob.seen('set_admin bob on'), ['Unknown command: set_admin.'])
    assert.equal(
      await ann.seen(
        'set_admin zed on',
        'set_admin ann off',
        'set_admin cat maybe',
        'set_admin CAT on',
        'set_admin cat on',
        'set_admin bob off',
      ),
      [
        'No account is called zed.',
        'That is the last admin: make somebody else one first.',
        'Syntax: set_admin <user> <on|off>',
        'cat is an admin.',
        'cat is an admin.',
        'bob is not an admin.',
      ],
    )
    assert.equal((await bob.seen('admin')).slice(1, -1), ['Online: ann', 'Offline: cat'])
    assert.equal(await ann.seen('set_admin ann off', 'set_admin ann on'), [
      'ann is not an admin.',
      'Unknown command: set_admin.',
    ])
    assert.equal((await bob.seen('admin')).slice(1, -1), ['Offline: cat'])
    void login
  }))

test('two admins who unmake each other at once leave one', () =>
  withParlour(async ({ join, users }) => {
    const people = [await join('ann'), await join('bob')]
    for (const user of users.online) {
      user.isAdmin = true
      await user.save()
    }
    await people[0]?.seen()
    people[0]?.send('set_admin bob off')
    people[1]?.send('set_admin ann off')
    for (const person of people) await person.seen()
    assert.is(users.online.filter(({ isAdmin }) => isAdmin).length, 1)
  }))

test.run()
