import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { InvalidEventClassError, InvalidHandlerError } from '../../lib/events/errors.js'
import { Event, handlerOf } from '../../lib/events/event.js'
import { Handler } from '../../lib/events/handler.js'
import { Dispatcher } from '../../lib/runtime/dispatcher.js'
import { deferred, rejection, turns } from '../support/service.js'

class Base extends Event {}
class Child extends Base {}
class Other extends Event {}

const NONE: readonly unknown[] = []

test('handlers of a base class and of its subclasses run in the order of binding (rule 4)', async () => {
  const dispatcher = new Dispatcher()
  const ran: string[] = []
  dispatcher.listen(Base, () => ran.push('base 1'))
  dispatcher.listen(Child, () => ran.push('child'))
  dispatcher.listen(Event, () => ran.push('event'))
  dispatcher.listen(Other, () => ran.push('other'))
  dispatcher.listen(Base, () => ran.push('base 2'))
  await dispatcher.dispatch(new Child(), NONE)
  assert.equal(ran, ['base 1', 'child', 'event', 'base 2'])
})

test('a subclass made after the binding is handled too (rule 4)', async () => {
  const dispatcher = new Dispatcher()
  let count = 0
  dispatcher.listen(Base, () => count++)
  class Late extends Child {}
  await dispatcher.dispatch(new Late(), NONE)
  assert.is(count, 1)
})

test('classes are told apart by identity, not by name (rule 4)', async () => {
  const dispatcher = new Dispatcher()
  let count = 0
  dispatcher.listen(Base, () => count++)
  const Namesake = { Base: class Base extends Event {} }.Base
  await dispatcher.dispatch(new Namesake(), NONE)
  assert.is(count, 0)
})

test('a later handler does not start while an earlier one awaits, and stop() after an await counts (rule 5)', async () => {
  const dispatcher = new Dispatcher()
  const ran: string[] = []
  const gate = deferred()
  dispatcher.listen(Base, async (event: Event) => {
    ran.push('first')
    await gate.promise
    ran.push('first goes on')
    event.stop()
  })
  dispatcher.listen(Base, () => ran.push('second'))
  const done = dispatcher.dispatch(new Base(), NONE)
  await turns()
  assert.equal(ran, ['first'])
  gate.resolve()
  await done
  assert.equal(ran, ['first', 'first goes on'])
})

test('handlers that return nothing to await are run without a microtask (rule 5)', () => {
  const dispatcher = new Dispatcher()
  const ran: number[] = []
  class Steps extends Handler {
    handler_1(): void {
      ran.push(2)
    }
  }
  dispatcher.listen(Base, () => void ran.push(1))
  dispatcher.listen(Base, Steps)
  // biome-ignore lint/correctness/useYield: it has nothing to wait for
  dispatcher.listen(Base, function* () {
    ran.push(3)
  })
  assert.is(dispatcher.dispatch(new Base(), NONE), undefined)
  assert.equal(ran, [1, 2, 3])
})

test('the list of handlers is fixed when the event is triggered (rule 5)', async () => {
  const dispatcher = new Dispatcher()
  const ran: string[] = []
  dispatcher.listen(Base, async () => {
    ran.push('first')
    dispatcher.listen(Base, () => ran.push('added'))
    removeLast()
    await null
  })
  const removeLast = dispatcher.listen(Base, () => ran.push('last'))
  await dispatcher.dispatch(new Base(), NONE)
  assert.equal(ran, ['first', 'last'])
  await dispatcher.dispatch(new Base(), NONE)
  assert.equal(ran, ['first', 'last', 'first', 'added'])
})

test('a handler that throws ends the run, at once or after an await, and it is known which one it was (rule 6)', async () => {
  for (const fail of [
    () => {
      throw new Error('no')
    },
    async () => {
      await null
      throw new Error('no')
    },
    // biome-ignore lint/correctness/useYield: it fails before
    function* () {
      throw new Error('no')
    },
  ]) {
    for (const before of [() => {}, async () => {}]) {
      const dispatcher = new Dispatcher()
      let later = 0
      dispatcher.listen(Base, before)
      dispatcher.listen(Base, fail)
      dispatcher.listen(Base, () => later++)
      const event = new Base()
      const error = await rejection((async () => dispatcher.dispatch(event, NONE))())
      assert.is((error as Error).message, 'no')
      assert.is(handlerOf(event), fail)
      assert.is(later, 0)
    }
  }
})

test('arguments are passed on to every handler', async () => {
  const dispatcher = new Dispatcher()
  const got: unknown[] = []
  dispatcher.listen(Base, (_: Event, ...args: unknown[]) => got.push(args))
  await dispatcher.dispatch(new Base(), [1, 'two'])
  assert.equal(got, [[1, 'two']])
})

test('the same handler bound twice runs twice, and each binding is removed by itself', async () => {
  const dispatcher = new Dispatcher()
  let count = 0
  const handler = (): void => void count++
  const remove = dispatcher.listen(Base, handler)
  dispatcher.listen(Base, handler)
  await dispatcher.dispatch(new Base(), NONE)
  assert.is(count, 2)
  remove()
  remove()
  await dispatcher.dispatch(new Base(), NONE)
  assert.is(count, 3)
})

test('what is no handler is refused when it is bound, by name', () => {
  const dispatcher = new Dispatcher()
  for (const [wrong, words] of [
    [42, /listen\(Base, \.\.\.\) got 42/],
    [undefined, /got undefined/],
    ['handler', /got 'handler'/],
    [{ handle() {} }, /got \{/],
    [class Loose {}, /got the function or class Loose/],
    [Handler, /got the function or class Handler/],
  ] as const) {
    assert.throws(
      () => dispatcher.listen(Base, wrong),
      (error: Error) => error instanceof InvalidHandlerError && words.test(error.message),
    )
  }
  for (const wrong of [undefined, 42, 'Connect', {}, class {}, () => {}]) {
    assert.throws(
      () => dispatcher.listen(wrong, () => {}),
      (error: Error) => error instanceof InvalidEventClassError,
    )
  }
})

// --- The order under listen, unlisten and subclassing in any sequence, against the simplest model of it

type Command =
  | { kind: 'listen'; on: number; async: boolean }
  | { kind: 'unlisten'; binding: number }
  | { kind: 'subclass'; of: number }
  | { kind: 'trigger'; on: number; stopAt: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('listen' as const), on: fc.nat(20), async: fc.boolean() }),
  fc.record({ kind: fc.constant('unlisten' as const), binding: fc.nat(20) }),
  fc.record({ kind: fc.constant('subclass' as const), of: fc.nat(20) }),
  fc.record({ kind: fc.constant('trigger' as const), on: fc.nat(20), stopAt: fc.nat(12) }),
)

test('after any sequence of binding, removing and subclassing, an event gets the handlers that a plain list gives (rules 2, 4, 5)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
      const dispatcher = new Dispatcher()
      const classes: (typeof Base)[] = [Base]
      const model: { id: number; on: typeof Base }[] = []
      const removers: { id: number; remove: () => void }[] = []
      let ran: number[] = []
      let stopAt = -1
      let nextId = 0
      for (const step of commands) {
        if (step.kind === 'subclass') {
          const parent = classes[step.of % classes.length] as typeof Base
          classes.push(class extends parent {})
        } else if (step.kind === 'listen') {
          const on = classes[step.on % classes.length] as typeof Base
          const id = nextId++
          const handle = (event: Event): void => {
            ran.push(id)
            if (id === stopAt) event.stop()
          }
          const handler = step.async
            ? async (event: Event) => {
                await null
                handle(event)
              }
            : handle
          removers.push({ id, remove: dispatcher.listen(on, handler) })
          model.push({ id, on })
        } else if (step.kind === 'unlisten') {
          const [removed] = removers.splice(step.binding % (removers.length || 1), 1)
          removed?.remove()
          const at = model.findIndex(({ id }) => id === removed?.id)
          if (at !== -1) model.splice(at, 1)
        } else {
          const on = classes[step.on % classes.length] as typeof Base
          ran = []
          stopAt = step.stopAt
          await dispatcher.dispatch(new on(), NONE)
          const all = model
            .filter((binding) => on === binding.on || on.prototype instanceof binding.on)
            .map(({ id }) => id)
          const end = all.indexOf(stopAt)
          assert.equal(ran, end === -1 ? all : all.slice(0, end + 1))
        }
      }
    }),
  )
})

test.run()
