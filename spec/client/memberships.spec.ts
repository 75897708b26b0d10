import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Memberships } from '../../lib/client/memberships.js'

test('who goes leaves all containers but those left before, and joins none any more', () => {
  const memberships = new Memberships()
  const left: unknown[] = []
  const container = { delete: (client: never) => left.push(client) }
  const other = { delete: () => assert.unreachable() }
  assert.ok(memberships.join(container))
  assert.ok(memberships.join(other))
  memberships.leave(other)
  memberships.leaveAll('the client', () => assert.unreachable())
  assert.equal(left, ['the client'])
  assert.not(memberships.join(container))
})

test('each container is left, though others are left meanwhile, or throw', () => {
  const memberships = new Memberships()
  const left: string[] = []
  const errors: unknown[] = []
  const containers = ['one', 'two', 'three'].map((name) => ({
    delete() {
      left.push(name)
      for (const container of containers) memberships.leave(container)
      if (name !== 'three') throw name
    },
  }))
  for (const container of containers) memberships.join(container)
  memberships.leaveAll('the client', (error) => errors.push(error))
  assert.equal(left, ['one', 'two', 'three'])
  assert.equal(errors, ['one', 'two'])
})

test.run()
