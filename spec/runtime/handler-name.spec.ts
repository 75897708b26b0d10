import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Handler } from '../../lib/events/handler.js'
import { nameOfHandler, shownName } from '../../lib/runtime/handler-name.js'

test('a handler is called what its function or class is, and an object what its class is', () => {
  function greet(): void {}
  class Login extends Handler {}
  assert.is(nameOfHandler(greet), 'greet')
  assert.is(nameOfHandler(Login), 'Login')
  assert.is(nameOfHandler(new Login()), 'Login')
  // The same class in the next version: whether it registers the class or an object of it does not matter.
  assert.is(nameOfHandler(new Login()), nameOfHandler(Login))
})

test('one without a name has an empty one, which is shown in words', () => {
  const anonymous = (() => () => {})()
  assert.is(nameOfHandler(anonymous), '')
  assert.is(nameOfHandler(new (class extends Handler {})()), '')
  assert.is(shownName(nameOfHandler(anonymous)), '(without a name)')
  assert.is(shownName('login'), 'login')
})

test('a bound function, and a handler that was decorated, keep what they are called', () => {
  const list = { greet(): void {} }
  assert.is(nameOfHandler(list.greet), 'greet')
  assert.is(nameOfHandler(list.greet.bind(list)), 'bound greet')
})

test.run()
