import { InvalidOptionError, Service } from 'mara-ts'
import { BaseUser, Users, withAdmin } from 'mara-ts/contrib/users'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkCircle, checkMixin, checkSocials, checkUsers } from '../../../lib/contrib/users/checks.js'

const refused = (error: unknown): boolean => error instanceof InvalidOptionError

test('users are known by what they can do', () => {
  class User extends BaseUser.define('user', {}) {}
  checkUsers('here', new Users(new Service({ standalone: true }), User))
  for (const value of [undefined, null, {}, 5, new Service({ standalone: true })])
    assert.throws(() => checkUsers('here', value), refused)
})

test('users lack what no mixin has added', () => {
  class User extends withAdmin(BaseUser).define('user', {}) {}
  const users = new Users(new Service({ standalone: true }), User)
  checkMixin('here', users, 'isAdmin', 'withAdmin')
  assert.throws(
    () => checkMixin('here', users, 'password', 'withPassword'),
    /here got users of the class: .*User.* a field password: class User extends withPassword\(BaseUser\)/,
  )
})

test('circles and tables', () => {
  checkCircle('here', undefined)
  checkCircle('here', () => [])
  assert.throws(() => checkCircle('here', []), refused)
  checkSocials('here', { dance: 'with' })
  for (const value of [undefined, null, 5, { dance: 5 }])
    assert.throws(() => checkSocials('here', value), refused)
})

test.run()
