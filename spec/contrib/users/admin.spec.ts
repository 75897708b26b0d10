import { Service } from 'mara-ts'
import { CommandRegistry } from 'mara-ts/contrib/commands'
import { adminCommands, Users } from 'mara-ts/contrib/users'
import { connectTo } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TestUser, withFolder, withParlour } from './harness.js'

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

test('after a start with another back end the admins are those of that', () =>
  withFolder(async (storePath) => {
    await using service = new Service()
    const users = new Users(service, TestUser)
    adminCommands(new CommandRegistry(service), users)
    const begin = (store: string) => service.start({ port: 0, log: false, store, storePath })
    await begin('file')
    const zed = await users.store.create('zed', { name: 'zed', isAdmin: true })
    await zed.save()
    users.store.release(zed)
    await service.stop()
    for (const [store, answer] of [
      ['memory', 'There are no admins.'],
      ['file', 'Offline: zed'],
    ] as const) {
      await begin(store)
      const ann = await connectTo(service)
      ann.type('admin')
      await ann.sees(answer)
      await service.stop()
    }
  }))

test.run()
