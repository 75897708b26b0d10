import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { functionsOf, startProfiling } from '../../../lib/cli/profile/profiler.js'
import { events, Handler, Service } from '../../../lib/index.js'

const profiler = suite('cli/profile/profiler')

class Base extends Handler {
  handler_10_one(): void {}
}
class Login extends Base {
  handler_20_two(): void {}
  get secret(): never {
    throw new Error('never read')
  }
}

profiler(
  'the functions of a class are its own methods and those it inherits, and not those of all handlers',
  () => {
    const names = functionsOf(Login).map((found) => (found as { name: string }).name)
    assert.equal(names, ['Login', 'handler_20_two', 'Base', 'handler_10_one'])
    assert.ok(functionsOf(new Login()).includes(Login.prototype.handler_20_two))
  },
)

profiler('a plain function, an async one, an arrow and a generator are one function each', () => {
  const all = [function plain() {}, async () => {}, () => {}, function* generator() {}]
  for (const one of all) assert.ok(functionsOf(one).length === 1 && functionsOf(one)[0] === one)
})

profiler(
  'handlers that are registered meanwhile are known by name and place, bound functions included',
  () => {
    const profiling = startProfiling()
    const service = new Service()
    function greet(): void {}
    service.listen(events.Connect, greet)
    service.listen(events.Connect, greet.bind(undefined))
    service.listen(events.Connect, Login)
    const { profile, handlers } = profiling.stop()
    assert.equal(
      handlers.map(({ name }) => name),
      ['greet', 'bound greet', 'Login'],
    )
    const [plain, bound, login] = handlers.map(({ places }) => places)
    assert.is(plain?.length, 1)
    assert.equal(bound, plain)
    assert.is(login?.length, 4)
    assert.ok(profile.nodes.length > 0)
  },
)

profiler(
  'a class that a factory makes for each event is one handler; others of its name, elsewhere, are not',
  async () => {
    const profiling = startProfiling()
    const service = new Service()
    const made = (): Handler => new (class Made extends Base {})()
    const other = (): Handler => new (class Made extends Base {})()
    service.listen(events.PreStart, made)
    service.listen(events.PreStart, other)
    for (let i = 0; i < 200; i += 1) await service.trigger(new events.PreStart())
    const { handlers } = profiling.stop()
    assert.equal(
      handlers.map(({ name }) => name),
      ['made', 'other', 'Made', 'Made'],
    )
  },
)

profiler.run()
