// What plain JavaScript lets through: each value that is none is refused where it is given, by name, and with an error of the
// library. mistakes.spec.ts has what is more than one call.
import {
  type Client,
  ClientContainer,
  connect,
  events,
  MaraError,
  memoryPair,
  Service,
  sanitize,
} from 'mara-ts'
import {
  announceRestarts,
  Command,
  CommandRegistry,
  defineCommand,
  standardCommands,
} from 'mara-ts/contrib/commands'
import {
  BaseRoom,
  Go,
  RoomConnect,
  RoomDisconnect,
  RoomLook,
  roomCommands,
  World,
  withRoom,
} from 'mara-ts/contrib/rooms'
import {
  Attempts,
  adminCommands,
  attemptsFor,
  BaseUser,
  DisconnectFlow,
  firstAdmin,
  genderCommands,
  hashPassword,
  PasswordConnect,
  passwordCommands,
  Say,
  Social,
  socialCommands,
  Users,
  userCommands,
  verifyPassword,
  withAdmin,
  withFields,
} from 'mara-ts/contrib/users'
import { loop, step } from 'mara-ts/conversation'
import { observe } from 'mara-ts/opentelemetry'
import { confirm, input, password, select } from 'mara-ts/prompts'
import { fileBackend, openBackend, reference, Store, Stores, unstorageBackend } from 'mara-ts/storage'
import { storageConformance } from 'mara-ts/storage/testing'
import { sink } from 'mara-ts/streams'
import { bold, compose, hex, hr, listInWords, red, render, rules, wrap } from 'mara-ts/styles'
import { command, negotiation, subnegotiation, TelnetSettings, WILL } from 'mara-ts/telnet'
import { connectTo, everyRestartPoint, FakeClock, Transcript } from 'mara-ts/testing'
import { Timers } from 'mara-ts/timers'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { deferred, running } from '../support/service.js'

// biome-ignore lint/suspicious/noExplicitAny: that is what this is about
const any = (value: unknown): any => value
const nothing = any(undefined)
const standalone = (): Service => new Service({ standalone: true })

type Refusals = readonly [call: () => unknown, message: RegExp][]

/** Each call throws, or rejects, with an error of the library. */
function refused(what: string, calls: Refusals): void {
  test(what, async () => {
    for (const [call, message] of calls) {
      const error = await attempt(call)
      assert.instance(error, MaraError, `${call}: ${error}`)
      assert.match((error as Error).message, message)
    }
  })
}

async function attempt(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return 'nothing was thrown'
}

const registry = (): CommandRegistry => new CommandRegistry(standalone())
const act = (): void => {}

refused('contrib/commands: a registry needs a service, and takes types that read', [
  [() => new CommandRegistry(nothing), /new CommandRegistry.. got service: undefined .* a Service/],
  [() => new CommandRegistry(any({})), /new CommandRegistry.. got service: \{\}/],
  [() => new CommandRegistry(standalone(), any(null)), /got options: null/],
  [() => new CommandRegistry(standalone(), any({ tpyes: {} })), /got tpyes: .* one of these options: types/],
  [() => new CommandRegistry(standalone(), any({ types: { a: 5 } })), /type a is neither a function nor/],
  [() => new CommandRegistry(standalone(), any({ types: { a: { rest: true } } })), /type a is neither/],
])

refused('contrib/commands: a command needs a name, options that there are, and a handler', [
  [() => any(registry()).register(), /register.. got command: undefined/],
  [() => registry().register(any({})), /it has no handler/],
  [() => any(registry()).register('x', null), /"x" can't be registered: its options are no object/],
  [() => any(registry()).register('x', act, act), /its options are no object/],
  [() => registry().register('x', { help: 'X.' }, nothing), /"x" can't be registered: it has no handler/],
  [() => any(registry()).register('x', { help: 'X.' })(), /it has no handler/],
  [() => registry().register('x', any({ args: 5 }), act), /its args are neither a pattern/],
  [() => registry().register('x', any({ help: ['X.'] }), act), /its help is of the type object, and no text/],
  [
    () => registry().register('x', any({ can: true }), act),
    /its can is of the type boolean, and no function/,
  ],
  [() => registry().register('x', any({ types: 5 }), act), /its types are no object of functions/],
  [() => new Command('x', {}, nothing), /it has no handler/],
  [() => any(defineCommand)('x'), /"x" can't be registered: it has no handler/],
  [() => any(defineCommand)('x', { tpyo: 1 }, act), /there is no option tpyo/],
  [() => registry().has(any(5)), /has.. got name: 5/],
  [() => registry().unregister(nothing), /unregister.. got name: undefined/],
  [() => registry().find(nothing, nothing), /find.. got name: undefined/],
  [() => any(registry()).alias(/^l$/), /alias.. got replacement: undefined/],
])

refused('contrib/commands: a decorator that decorates nothing keeps the service from starting', [
  [
    async () => {
      const service = standalone()
      new CommandRegistry(service).register('x', { help: 'X.' })
      await service.start({ servers: [], log: false, store: 'memory' })
    },
    /"x" can't be registered: it has no handler: give one after its options/,
  ],
])

refused('a listen without a handler that decorates nothing keeps the service from starting', [
  [
    async () => {
      const service = standalone()
      service.listen(events.Receive)
      await service.start({ servers: [], log: false, store: 'memory' })
    },
    /listen\(Receive, \.\.\.\) got no handler, .* stands before no class; pass a function/,
  ],
])

refused('an event of a client that is triggered without one', [
  [() => standalone().trigger(new (any(events.Client))()), /trigger\(Client\) got client: undefined/],
  [
    () => standalone().trigger(new events.Receive(any({}))),
    /trigger\(Receive\) got client: undefined .*its client/,
  ],
])

refused('contrib/commands: standard commands need a registry, and restarts a service', [
  [() => standardCommands(nothing), /standardCommands.. got commands: undefined .* a CommandRegistry/],
  [() => standardCommands(registry(), any(null)), /got options: null/],
  [() => standardCommands(registry(), any({ canrestart: act })), /got canrestart: .* one of these options/],
  [() => standardCommands(registry(), any({ canRestart: true })), /got canRestart: true/],
  [() => announceRestarts(nothing), /announceRestarts.. got service: undefined/],
  [() => announceRestarts(standalone(), any(5)), /announceRestarts.. got text: 5/],
])

class User extends BaseUser {}
const users = (): Users<User> => new Users(standalone(), User)

refused('contrib/users: nobody is on no client, and no client belongs to nobody', [
  [() => users().of(nothing), /^of.. got client: undefined/],
  [() => users().detach(any(null)), /^of.. got client: null/],
  [() => users().attach(nothing, nothing), /^attach.. got client: undefined/],
  [
    () => users().attach(any({ state: {} }), nothing),
    /^attach.. got user: undefined .* such as load.. gives/,
  ],
  [() => users().giveUp(nothing), /^giveUp.. got client: undefined/],
  [() => users().create('ann', any(5)), /^create.. got values: 5/],
])

refused('contrib/users: users need a service and a class of users', [
  [() => any(new (any(Users))()), /new Users.. got service: undefined .* a Service/],
  [() => new Users(any({}), User), /new Users.. got service: \{\}/],
  [() => new (any(Users))(standalone()), /got userClass: undefined .* a class that extends BaseUser/],
  [() => new Users(standalone(), any(class {})), /got userClass: .* a class that extends BaseUser/],
  [() => withAdmin(nothing), /got the class: undefined .* such as BaseUser/],
  [() => withFields(any({}), {}), /got the class: \{\}/],
  [() => users().find(nothing), /A name got what was typed: undefined/],
  [() => users().load(any(5)), /A name got what was typed: 5/],
  [() => users().create(nothing), /A name got what was typed: undefined/],
])

refused(
  'contrib/users: flows, commands and their registration need users, of a class that has what they use',
  [
    [() => new PasswordConnect(nothing), /new PasswordConnect.. got users: undefined .* new Users/],
    [
      () => new PasswordConnect(any(users())),
      /new PasswordConnect.. got users of the class: .* withPassword/,
    ],
    [() => new DisconnectFlow(any({})), /new DisconnectFlow.. got users: \{\}/],
    [() => new Say(nothing), /new Say.. got users: undefined/],
    [() => new Say(users(), any(5)), /new Say.. got circle: 5/],
    [() => new Social(users(), nothing), /new Social.. got verb: undefined/],
    [() => userCommands(any(users()), any(registry())), /userCommands.. got commands: .* a CommandRegistry/],
    [() => userCommands(registry(), nothing), /userCommands.. got users: undefined/],
    [() => passwordCommands(registry(), any(users())), /passwordCommands.. .* withPassword/],
    [() => adminCommands(registry(), any(users())), /adminCommands.. .* withAdmin/],
    [() => genderCommands(registry(), any(users())), /genderCommands.. .* withGender/],
    [() => socialCommands(registry(), users(), any({ boogie: 'with' })), /got circle: \{ boogie/],
    [() => socialCommands(registry(), users(), undefined, any({ boogie: 5 })), /got table: .* prepositions/],
    [() => firstAdmin(any(users())), /firstAdmin.. .* withAdmin/],
  ],
)

refused('contrib/users: passwords are text, and attempts are counted by numbers', [
  [() => hashPassword(nothing), /hashPassword.. got a password of the type: undefined/],
  [() => hashPassword('secret', any(null)), /hashPassword.. got options: null/],
  [() => hashPassword('secret', any({ signal: 5 })), /hashPassword.. got signal: 5/],
  [() => verifyPassword(any(12345), ''), /^(?!.*12345).*got a password of the type: number/],
  [() => new Attempts(any(null)), /new Attempts.. got options: null/],
  [() => new Attempts(any({ fre: 1 })), /got fre: 1 .* one of these options: free/],
  [() => new Attempts({ free: Number.NaN }), /got free: NaN .* a number from 0 on/],
  [() => attemptsFor(nothing), /attemptsFor.. got users: undefined/],
])

class Room extends BaseRoom {}

function world(options: unknown = { start: 'lobby' }): World<Room, never> {
  class Walker extends withRoom(BaseUser) {}
  return new World(any(new Users(standalone(), Walker)), Room, any(options))
}

refused('contrib/rooms: a world needs users with rooms, a class of rooms, and where people begin', [
  [() => new (any(World))(), /new World.. got users: undefined .* new Users/],
  [() => new World(any(users()), Room, { start: 'lobby' }), /got users of the class: .* withRoom/],
  [() => new (any(World))(world().users), /got roomClass: undefined .* extends BaseRoom/],
  [() => new (any(World))(world().users, Room), /got options: undefined .* start: 'lobby'/],
  [() => world({}), /got start: undefined .* the key of a room/],
  [() => world({ start: 5 }), /got start: 5/],
  [() => world({ start: 'lobby', strat: 1 }), /got strat: 1 .* one of these options: start/],
  [() => world().define(nothing, {}), /define.. got key: undefined/],
  [() => any(world()).define('lobby'), /define.. got fields: undefined .* name: 'Lobby'/],
  [() => world().loadYaml(nothing), /loadYaml.. got path: undefined/],
  [() => world().guard(nothing, 'north', act), /guard.. got room: undefined/],
  [() => world().guard('lobby', any('norht'), act), /guard.. got direction: norht .* one of these: north/],
  [() => any(world()).guard('lobby', 'north'), /guard.. got guard: undefined .* a function/],
])

refused('contrib/rooms: flows and commands need a world', [
  [() => new RoomConnect(nothing), /new RoomConnect.. got world: undefined .* new World/],
  [() => new RoomDisconnect(any(users())), /new RoomDisconnect.. got world: /],
  [() => new Go(any({})), /new Go.. got world: \{\}/],
  [() => new RoomLook(any(users())), /new RoomLook.. got world: /],
  [() => roomCommands(nothing, world()), /roomCommands.. got commands: undefined/],
  [() => roomCommands(registry(), any(users())), /roomCommands.. got world: /],
])

refused('styles: rules, wrapping and colours take options that there are', [
  [() => hr('a', any('b')), /hr.. got options: b .* any of these: sequence, style/],
  [() => hr(any({ sequnce: '=' })), /hr.. got sequnce: = /],
  [() => hr(any({ style: 'red' })), /hr.. got style: red .* a style, such as red/],
  [() => hr(any({ sequence: 5 })), /hr.. got sequence: 5/],
  [() => rules(any(null)), /rules.. got options: null/],
  [() => rules(any('=')), /rules.. got options: =/],
  [() => wrap('x', any(null)), /wrap.. got options: null/],
  [() => wrap('x', any({ wdith: 5 })), /wrap.. got wdith: 5 .* width, indent, hanging/],
  [() => compose(bold, nothing), /compose.. got style: undefined/],
  [() => hex(any(123456)), /^123456 is not a colour/],
  [() => hex(any(1n)), /^1 is not a colour/],
  [() => red(any(hr)), /Styled text got text: .* call it, as in hr/],
  [() => any(render)('x'), /render.. got options: undefined .* depth: 'none'/],
  [() => render(red('x'), any({ depth: 7 })), /render.. got depth: 7 .* none, 16, 256, true/],
  [() => listInWords(nothing), /listInWords.. got items: undefined/],
  [() => listInWords(['a', 'b'], any(null)), /listInWords.. got conjunction: null/],
])

async function* noLines(): AsyncGenerator<string> {}

refused('conversation: a loop needs a client and a function, and a step a label and a function', [
  [() => loop(nothing, 0, () => 0), /loop.. got client: undefined .* a client/],
  [() => loop(any({}), 0, () => 0), /loop.. got client: \{\}/],
  [() => any(loop)(noLines(), 0), /loop.. got fn: undefined .* a function/],
  [() => any(loop)(noLines(), () => 0), /loop.. got fn: undefined/],
  [() => any(step)('load'), /step.. got fn: undefined .* a function/],
  [() => any(step)('load', Promise.resolve()), /step.. got fn: Promise/],
  [() => any(step)(act), /step.. got label: .* such as 'load account'/],
  [() => step(any(5), act), /step.. got label: 5/],
])

class Thing extends Store.define('thing', {}) {}

const things = () => new Stores().manager(Thing)

refused('storage: a manager needs a class of stored objects', [
  [() => new Stores().manager(nothing), /manager.. got storeClass: undefined .* Store.define/],
  [() => new Stores().manager(any(null)), /manager.. got storeClass: null/],
  [() => new Stores().manager(any({ kind: 'thing' })), /manager.. got storeClass: \{ kind: 'thing' \}/],
  [() => new Stores().manager(Thing, any(5)), /manager.. got ManagerClass: 5 .* extends Manager/],
  [() => new Stores().manager(Thing, any(class {})), /manager.. got ManagerClass: /],
  [() => any(Store).define('thing'), /define.. got fields: undefined .* zod schemas/],
  [() => any(Store).define('thing', 5), /define.. got fields: 5/],
  [() => reference(any(null)), /reference.. got target: null .* a function/],
])

refused('storage: stores and back ends', [
  [() => new Stores().open(any(null)), /open.. got setting: null .* the methods read, write/],
  [() => new Stores().open(any({})), /open.. got setting: \{\}/],
  [() => new Stores().open('memory', any(null)), /open.. got options: null/],
  [() => new Stores().open('memory', any({ storepath: 'x' })), /open.. got storepath: x .* storePath/],
  [() => new Stores().onSave(nothing), /Stores got listener: undefined .* a function/],
  [() => new Stores().keep(any({})), /keep.. got object: \{\} .* a stored object/],
  [() => new Stores().snapshotOf(nothing), /snapshotOf.. got object: undefined/],
  [() => new Stores().load(nothing), /load.. got name: undefined .* 'user\/ann'/],
  [() => openBackend(nothing), /openBackend.. got setting: undefined/],
  [() => openBackend('memory', any(null)), /openBackend.. got options: null/],
  [() => fileBackend(nothing), /fileBackend.. got directory: undefined/],
  [() => unstorageBackend(nothing), /unstorageBackend.. got driver: undefined .* a driver of unstorage/],
  [() => storageConformance(nothing), /storageConformance.. got options: undefined/],
  [() => storageConformance(any({})), /storageConformance.. got open: undefined .* a function/],
])

refused('storage: managers take options that there are, and objects that are stored', [
  [() => things().load('a', any(null)), /load.. got options: null/],
  [() => things().load('a', any({ actvate: false })), /load.. got actvate: false .* signal, activate/],
  [() => things().load('a', any({ signal: 5 })), /load.. got signal: 5 .* an AbortSignal/],
  [() => things().create('a', any(5)), /create.. got values: 5 .* an object of fields/],
  [() => things().create('a', any([])), /create.. got values: \[\]/],
  [() => things().release(any('a')), /release.. got object: a .* a stored object/],
  [() => things().delete(nothing), /delete.. got target: undefined/],
  [() => things().delete('a', any(null)), /delete.. got options: null/],
  [() => things().keys(any({ signl: 1 })), /keys.. got signl: 1/],
  [() => things().saved(any(5)).next(), /keys.. got options: 5/],
])

const lobby = (): ClientContainer => new ClientContainer()

refused('sets of clients hold clients, and write to clients', [
  [() => lobby().add(nothing), /add.. got client: undefined .* a client/],
  [() => lobby().add(any({ id: 1 })), /add.. got client: \{ id: 1 \}/],
  [() => lobby().has(nothing), /has.. got client: undefined/],
  [() => lobby().delete(any({})), /delete.. got client: \{\}/],
  [() => lobby().write(any(null), 'hello'), /write.. got clients: null/],
  [() => lobby().write(any({}), 'hello'), /write.. got client: \{\}/],
  [() => lobby().write(any([null]), 'hello'), /write.. got client: null/],
  [() => standalone().write(any([5]), 'hello'), /write.. got client: 5/],
  [() => lobby().writeAll('hello', any({ filter: 5 })), /writeAll.. got filter: 5 .* a function/],
  [
    () => {
      const service = standalone()
      service.filterAll = any(5)
      service.writeAll('hello')
    },
    /writeAll.. got filterAll: 5/,
  ],
])

refused('prompts ask clients', [
  [() => input(nothing, { message: 'Name: ' }), /input.. got client: undefined .* a client/],
  [() => password(any({}), { message: 'Password: ' }), /password.. got client: \{\}/],
  [() => confirm(any(5), { message: 'Sure? ' }), /confirm.. got client: 5/],
  [() => select(any(null), { message: 'Which? ', choices: ['a'] }), /select.. got client: null/],
])

refused('opentelemetry: what is observed is a service, by a meter', [
  [() => observe(nothing), /observe.. got service: undefined .* a Service/],
  [() => observe(any({})), /observe.. got service: \{\}/],
  [() => observe(standalone(), any(null)), /observe.. got options: null/],
  [() => observe(standalone(), any({ metr: {} })), /observe.. got metr: \{\} .* meter, attributes/],
  [() => observe(standalone(), { meter: any({}) }), /observe.. got meter: \{\} .* a meter of OpenTelemetry/],
  [() => observe(standalone(), { attributes: any(5) }), /observe.. got attributes: 5/],
])

refused('timers: errors have somewhere to go', [
  [() => new (any(Timers))(), /new Timers.. got options: undefined/],
  [() => new Timers(any({})), /new Timers.. got onError: undefined .* a function/],
  [() => new Timers({ onError: act, random: any(5) }), /new Timers.. got random: 5/],
])

refused('console: commands are what defineCommand() gives', [
  [
    () => standalone().console({ commands: [any(null)] }),
    /console.. got commands: \[ null \] .* defineCommand/,
  ],
  [() => standalone().console({ commands: [any('who')] }), /console.. got commands: \[ 'who' \]/],
  [() => standalone().console({ path: '' }), /console.. got path: {2}.* the path of the socket's file/],
])

refused('connect: a misspelt option is none', [
  [() => connect({ port: 9 }, any({ timout: 100 })), /connect.. got timout: 100 .* raw, sanitize, telnet/],
  [() => connect(any({ port: 9, timout: 100 })), /connect.. got timout: 100 .* port, host, path/],
  [() => connect(standalone(), any({ timout: 100 })), /connect.. got timout: 100/],
])

refused('testing: people, clocks and transcripts', [
  [() => connectTo(standalone(), any(null)), /connectTo.. got options: null/],
  [
    () => connectTo(standalone(), any({ patiense: 1 })),
    /connectTo.. got patiense: 1 .* name, transcript, patience/,
  ],
  [() => connectTo(standalone(), { name: any(5) }), /connectTo.. got name: 5 .* text/],
  [() => connectTo(standalone(), { transcript: any({}) }), /connectTo.. got saw of transcript: undefined/],
  [() => new FakeClock(0, any(null)), /new FakeClock.. got options: null/],
  [() => new FakeClock(0, any({ trns: 1 })), /new FakeClock.. got trns: 1 .* turns/],
  [() => new FakeClock(0, { turns: Number.POSITIVE_INFINITY }), /new FakeClock.. got turns: Infinity/],
  [() => new FakeClock(0, { turns: any('x') }), /new FakeClock.. got turns: x/],
  [() => any(new FakeClock()).setTimeout(), /FakeClock.setTimeout.. got fn: undefined/],
  [() => any(new Transcript()).typed('ann'), /Transcript got line: undefined/],
  [() => new Transcript().saw(any(5), 'hello'), /Transcript got name: 5/],
])

refused('testing: a scenario', [
  [
    () => everyRestartPoint(any({ service: standalone, setings: {}, play: act })),
    /got setings: \{\} .* service, settings, play/,
  ],
  [() => everyRestartPoint({ service: standalone, settings: any(5), async play() {} }), /got settings: 5/],
  [() => everyRestartPoint({ service: nothing, async play() {} }), /got service: undefined/],
  [
    () => everyRestartPoint({ service: any(act), async play() {} }),
    /got from service..: undefined .* a Service/,
  ],
  [() => everyRestartPoint({ program: 'none.ts', settings: any(5), async play() {} }), /got settings: 5/],
  [() => everyRestartPoint({ service: standalone, async play() {} }, { crash: any('no') }), /got crash: no/],
  [
    () => everyRestartPoint({ service: () => new Service(), play: (connect) => any(connect)() }),
    /connect.. of a play got name: undefined/,
  ],
])

refused('streams: a sink needs something to write to', [
  [() => sink(nothing), /pipe.. got client: undefined .* a client, or a connection/],
  [() => sink(any({})), /pipe.. got client: \{\}/],
])

/** The calls of somebody who is connected. */
refusedOnceConnected('testing: somebody sees something', (_client, service) => [
  [async () => any(await connectTo(service)).sees(), /expect.. got/],
])

function refusedOnceConnected(what: string, calls: (client: Client, service: Service) => Refusals): void {
  test(what, () =>
    running(new Service(), async (service) => {
      const connected = deferred<Client>()
      service.listen(events.Connect, ({ client }) => connected.resolve(client))
      const peer = await connect(service)
      const client = await connected.promise
      for (const [call, message] of calls(client, service)) {
        const error = await attempt(call)
        assert.instance(error, MaraError, `${call}: ${error}`)
        assert.match((error as Error).message, message)
      }
      // Nothing of it was shown.
      client.write('over')
      assert.is(await peer.nextLine(), 'over')
      peer.destroy()
    }),
  )
}

refusedOnceConnected(
  'prompts take options that there are: a misspelt timeout would wait for ever',
  (client) => [
    [() => input(client, any({ message: 'x', tmeout: 5 })), /input.. got tmeout: 5 .* transform, required/],
    [() => input(client, any({ message: 'x', transform: 5 })), /input.. got transform: 5 .* a function/],
    [() => password(client, any({ message: 'x', repet: 'y' })), /password.. got repet: y .* repeat/],
    [() => confirm(client, any({ message: 'x', y: [] })), /confirm.. got y: \[\] .* yes, no/],
    [() => select(client, any({ message: 'x', choises: [] })), /select.. got choises: \[\] .* choices/],
    [() => select(client, { message: 'x', choices: any([null]) }), /select.. got a choice: null/],
    [
      () => select(client, { message: 'x', choices: any([{ name: 'a' }]) }),
      /select.. got a choice: \{ name: 'a' \}/,
    ],
    [
      () => select(client, { message: 'x', choices: any([{ value: 1, name: 1 }]) }),
      /select.. got a choice: /,
    ],
    [() => client.ask(any({ message: 'x' })), /prompt.. got message: \{ message: 'x' \} .* text/],
    [() => client.ask(nothing), /prompt.. got message: undefined/],
    [() => client.prompt(any(null)), /prompt.. got message: null/],
  ],
)

refusedOnceConnected('what would be taken for options, and write nothing, is no line', (client) => [
  [() => client.write(any(new Error('no'))), /write.. got line: (.|\n)*no(.|\n)* text, such as its message/],
  [() => client.write(any(Promise.resolve('x'))), /write.. got line: Promise/],
  [() => client.write('a', any(new Map())), /write.. got line: Map/],
  [() => lobby().writeAll(any(new Date(0))), /write.. got line: /],
])

refusedOnceConnected('a service accepts connections from addresses that are text', (_client, service) => [
  [() => service.accept(memoryPair()[0], any({ remoteAddress: 5 })), /accept.. got remoteAddress: 5/],
])

test('a login takes options that there are, and shows no password', () =>
  running(new Service(), async (service) => {
    const peer = await connect(service)
    const logins: Refusals = [
      [
        () => peer.login(any({ user: 'ann', pasword: '12345' })),
        /^(?!.*12345).* got an option: pasword .* user, password/,
      ],
      [() => peer.login(any({})), /login.. got user: undefined/],
      [
        () => peer.login(any({ user: 'ann', password: 12345 })),
        /^(?!.*12345).* a password of the type: number/,
      ],
    ]
    for (const [call, message] of logins) assert.match(String(await attempt(call)), message)
    peer.destroy()
  }))

refusedOnceConnected('telnet: a subnegotiation is of an option, and made of bytes', (client) => [
  [
    () => client.telnet?.subnegotiate(201, any('Core.Hello')),
    /subnegotiate.. got payload: Core.Hello .* bytes/,
  ],
  [
    () => client.telnet?.subnegotiate(999, new Uint8Array()),
    /subnegotiate.. got option: 999 .* from 0 to 255/,
  ],
])

refused('telnet: commands and options are bytes', [
  [() => command(999), /command.. got code: 999 .* a whole number from 0 to 255/],
  [() => command(nothing), /command.. got code: undefined/],
  [() => negotiation(any(-1), 1), /negotiation.. got verb: -1/],
  [() => negotiation(WILL, any('1')), /negotiation.. got option: 1 .string/],
  [() => subnegotiation(1.5, new Uint8Array()), /subnegotiation.. got option: 1.5/],
  [() => subnegotiation(1, any('text')), /subnegotiation.. got payload: text/],
])

refused('settings of a program are an object of schemas', [
  [() => new Service(any({ settings: 5 })), /settings: no object of zod schemas/],
])

refused('telnet and texts', [
  [() => new TelnetSettings(any(null)), /new TelnetSettings.. got options: null/],
  [() => new TelnetSettings(any({ opitons: [] })), /got opitons: \[\] .* maxSubnegotiation, /],
  [() => sanitize(any(Buffer.from('hello'))), /sanitize.. got text: .* text/],
  [() => sanitize(nothing), /sanitize.. got text: undefined/],
])

test.run()
