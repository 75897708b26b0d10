import { type events, Handler, Service } from 'mara-ts'
import {
  type ArgumentsOf,
  CommandError,
  type CommandEvent,
  CommandRegistry,
  defineCommand,
} from 'mara-ts/contrib/commands'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withCommands } from './harness.js'

const test = suite('contrib/commands/arguments')

/** Whether two types are the same, seen by the compiler. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_: Same<A, B>): void => {}

test('TypeScript infers names and types of arguments from the pattern', () => {
  same<ArgumentsOf<'<user:word> <message:text>'>, { user: string; message: string }>(true)
  same<ArgumentsOf<'<users:word,...> [count:int]'>, { users: string[]; count?: number | undefined }>(true)
  same<ArgumentsOf<'<state:on|off|auto>'>, { state: 'on' | 'off' | 'auto' }>(true)
  same<ArgumentsOf<'<user> to [where]'>, { user: string; where?: string | undefined }>(true)
  same<ArgumentsOf<'[how:fast|slow]'>, { how?: 'fast' | 'slow' | undefined }>(true)
  same<ArgumentsOf<'<users,...>'>, { users: string[] }>(true)
  same<ArgumentsOf<RegExp>, Record<string, string | undefined>>(true)
  same<ArgumentsOf<''>, Record<never, never>>(true)
  assert.ok(true)
})

test('wrong names, wrong types and wrong classes of events do not compile', () => {
  const service = new Service<{ gold: number }>()
  const commands = new CommandRegistry(service, { types: { dice: (text: string) => Number(text) } })
  class Gone extends Handler<events.Resize> {}
  class Any extends Handler {}
  class OfClients extends Handler<events.Client> {}
  class OfCommands extends Handler<CommandEvent> {}
  commands.register('a', { args: '<user:word> <count:int>' }, ({ client }, { user, count }) => {
    same<typeof user, string>(true)
    same<typeof count, number>(true)
    same<typeof client.state.gold, number>(true)
  })
  // @ts-expect-error: there is no argument of this name
  commands.register('b', { args: '<user:word>' }, (_event, { usr }) => usr)
  commands.register('c', { args: '<count:int>' }, (_event, { count }) => {
    // @ts-expect-error: a number has no letters
    count.toUpperCase()
  })
  commands.register('d', { args: '<state:on|off>' }, (_event, { state }) => {
    // @ts-expect-error: it is never that
    return state === 'maybe'
  })
  commands.register('e', { args: '[user]' }, (_event, { user }) => {
    // @ts-expect-error: it may have been left out
    user.length
  })
  commands.register('f', (_event) => {})
  // @ts-expect-error: nothing is passed to a command without arguments
  commands.register('g', {}, (_event, { user }) => user)
  // @ts-expect-error: a command is no window that was resized
  commands.register('h', (event: events.Resize) => event)
  // @ts-expect-error: the same for a class
  commands.register('i', Gone)
  // @ts-expect-error: the same with options
  commands.register('j', { help: 'x' }, Gone)
  commands.register('k', Any)
  commands.register('l', OfClients)
  commands.register('m', { group: 'x' }, OfCommands)
  commands.register(
    'n',
    { args: '<roll:dice> <who:person>', types: { person: async () => ({ age: 3 }) } },
    (_event, { roll, who }) => {
      same<typeof roll, number>(true)
      same<typeof who, { age: number }>(true)
    },
  )
  commands.register('o', { context: { loud: true } }, ({ context }) => {
    same<typeof context.loud, boolean>(true)
  })
  defineCommand('p', { args: '<user>' }, (_event, { user }) => {
    same<typeof user, string>(true)
  })
  assert.throws(
    () =>
      commands.register('q', { args: '<who:persn>' }, (_event, { who }) => {
        // @ts-expect-error: there is no such type, so nothing can be done with it
        who.length
      }),
    /there is no type persn/,
  )
})

test('values have the types that the pattern names', () =>
  withCommands(
    (commands) => {
      commands.register('roll', { args: '<count:int> <size:number> [how:fast|slow]' }, ({ client }, args) =>
        client.write(JSON.stringify(args)),
      )
    },
    async ({ say }) => {
      assert.equal(await say('roll 3 2.5'), ['{"count":3,"size":2.5}'])
      assert.equal(await say('roll -3 .5 FAST'), ['{"count":-3,"size":0.5,"how":"fast"}'])
      for (const wrong of [
        '3',
        '3.5 1',
        'x 1',
        '3 1e5',
        '3 Infinity',
        '3 1 medium',
        '9999999999999999 1',
        '3 1 fast x',
      ]) {
        assert.equal(await say(`roll ${wrong}`), ['Syntax: roll <count> <size> [fast|slow]'], wrong)
      }
    },
  ))

test("a type of the program's own may wait, refuse with a reason, take the rest, and stand in a list", () =>
  withCommands(
    (commands) => {
      const types = {
        pet: async (name: string) => {
          await Promise.resolve()
          if (name === 'dragon') throw new CommandError('Dragons are for nobody pets.')
          return name === 'cat' || name === 'dog' ? { name } : undefined
        },
        loud: { rest: true, read: (text: string) => text.toUpperCase() },
      } as const
      commands.register(
        'call',
        { args: '<pets:pet,...> <words:loud>', types },
        ({ client }, { pets, words }) => client.write(`${pets.map(({ name }) => name).join('+')}: ${words}`),
      )
    },
    async ({ say }) => {
      assert.equal(await say('call cat, dog come  here'), ['cat+dog: COME  HERE'])
      assert.equal(await say('call cat, cow come'), ['Syntax: call <pets, ...> <words>'])
      assert.equal(await say('call cat, dragon come'), ['Dragons are for nobody pets.'])
    },
  ))

test('names of arguments that objects have are names like any other', () =>
  withCommands(
    (commands) => {
      commands.register('odd', { args: '<__proto__> <constructor>' }, ({ client }, args) =>
        client.write(Object.entries(args).join(' ')),
      )
    },
    async ({ say }) => assert.equal(await say('odd a b'), ['__proto__,a constructor,b']),
  ))

test('an expression whose groups have no names is refused, since its handler would get nothing of them', () => {
  const commands = new CommandRegistry(new Service() as Service)
  for (const args of [/^(\w+)$/, /(a)|(b)/i, /^(?:x|(y))$/y]) {
    assert.throws(
      () => commands.register('say', { args }, () => {}),
      /"say" can't be registered: its groups need names/,
    )
  }
  for (const args of [/^\w+$/, /^(?:a|b)$/, /^(?<what>a(b)?)$/g, /\(/]) {
    commands.register('say', { args }, () => {})
  }
})

test.run()
