import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, events, Service } from 'mara-ts'
import { CommandRegistry } from 'mara-ts/contrib/commands'
import {
  BaseRoom,
  ExitError,
  RoomConnect,
  RoomDisconnect,
  roomCommands,
  type Visit,
  World,
  WorldError,
  withRoom,
} from 'mara-ts/contrib/rooms'
import { BaseUser, passwordCost, Users, userCommands, withAdmin, withPassword } from 'mara-ts/contrib/users'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { Peer } from '../../support/peer.js'
import { Records } from '../../support/records.js'
import { rejection, running, turns } from '../../support/service.js'
import { Person } from '../users/harness.js'

const test = suite('contrib/rooms/world')
passwordCost.ln = 4

class Walker extends withRoom(withAdmin(withPassword(BaseUser))) {}
class Room extends BaseRoom.define('room', { lamp: z.boolean().default(false) }) {}

interface Game {
  readonly service: Service
  readonly world: World<Room, Walker>
  readonly users: Users<Walker>
  readonly log: Records
}

function game(prepare: (world: World<Room, Walker>) => void, roomClass = Room): Game {
  const service = new Service()
  const users = new Users(service, Walker)
  const world = new World(users, roomClass, { start: 'hall' })
  prepare(world)
  service.listen(events.Connect, () => new RoomConnect(world))
  service.listen(events.Disconnect, () => new RoomDisconnect(world))
  const commands = new CommandRegistry(service)
  userCommands(commands, users)
  roomCommands(commands, world)
  return { service, world, users, log: new Records() }
}

async function playing(
  prepare: (world: World<Room, Walker>) => void,
  body: (game: Game & { enter(name: string): Promise<Person> }) => Promise<void>,
  roomClass?: typeof Room,
): Promise<void> {
  const made = game(prepare, roomClass)
  const people: Person[] = []
  const enter = async (name: string): Promise<Person> => {
    const person = new Person(await Peer.connect(made.service))
    people.push(person)
    person.send(name, 'yes', 'correct horse', 'correct horse')
    await person.until('Welcome, ')
    await seen(person)
    return person
  }
  await running(made.service, () => body({ ...made, enter }), {
    telnet: false,
    store: 'memory',
    log: made.log,
  })
  for (const person of people) person.leave()
}

/** What somebody has seen, the answers to these lines included. */
async function seen(person: Person, ...lines: string[]): Promise<string[]> {
  person.send(...lines, 'qqqqqq')
  return (await person.until('Unknown command: qqqqqq.\r\n')).split('\r\n').slice(0, -2)
}

/** The problems of a world that can't be used. */
async function problems(prepare: (world: World<Room, Walker>) => void): Promise<readonly string[]> {
  const { service } = game(prepare)
  const error = await rejection(service.start({ servers: [], store: 'memory', log: false }))
  assert.instance(error, WorldError)
  assert.is(service.status, 'stopped')
  return (error as WorldError).problems
}

async function withFiles(texts: readonly string[], body: (paths: string[]) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mara-rooms-'))
  try {
    const paths = texts.map((text, i) => {
      writeFileSync(join(folder, `${i}.yaml`), text)
      return join(folder, `${i}.yaml`)
    })
    await body(paths)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('every problem is named with its file, room and exit, all at once, and the service does not start', () =>
  withFiles(
    [
      'store: room\nkey: a\nexits: { north: nowhere, sideways: b, up: b }\n---\nstore: room\nkey: b\nexits: { south: a, east: "../c" }\n',
      'store: room\nkey: hall\nname: Hall\n',
    ],
    async ([one = '', two = '']) => {
      const found = await problems((world) => {
        world.loadYaml(one)
        world.loadYaml(two)
        world.guard('a', 'down', () => {})
      })
      assert.equal(found, [
        `${one}, room "a", exit north: it leads to the undefined room "nowhere"`,
        `${one}, room "a", exit sideways: there is no such direction; there are north, south, east, west, northeast, northwest, southeast, southwest, up, down`,
        `${one}, room "b", exit east: it leads to the undefined room "../c"`,
        'room "a" has no exit down, where a guard is to stand',
      ])
    },
  ))

test('two rooms of one key are a problem, in one file, in two, and in the program', () =>
  withFiles(
    [
      'store: room\nkey: hall\n',
      'store: room\nkey: HALL\n',
      'store: room\nkey: a\n---\nstore: room\nkey: A\n',
    ],
    async ([one = '', two = '', three = '']) => {
      assert.equal(
        await problems((world) => {
          world.loadYaml(one)
          world.loadYaml(two)
          world.loadYaml(three)
        }),
        [
          `${three}, line 5, room "a": the key a is already used in document 1, line 1`,
          `${two}, room "hall": there is one in ${one}, too`,
        ],
      )
      assert.equal(
        await problems((world) => {
          world.define('hall', {})
          world.define('Hall', {})
        }),
        ['the program, room "Hall": it is defined twice'],
      )
    },
  ))

test('a key that could be that of a copy, or is too long to be copied, is a problem', async () => {
  const long = 'x'.repeat(81)
  assert.equal(
    await problems((world) => {
      for (const key of ['hall', 'a--b', long]) world.define(key, {})
    }),
    [
      'the program, room "a--b": there must be no "--" in a key',
      `the program, room "${long}": a key has at most 80 characters`,
    ],
  )
})

test('rooms that nobody can begin in, and fields that there are not, are problems', async () => {
  assert.equal(await problems((world) => world.define('a', {})), [
    'the room "hall", where people begin, is not defined',
  ])
  await withFiles(['store: room\nkey: hall\nexits: [north]\ncolour: red\n'], async ([path = '']) => {
    assert.equal(await problems((world) => world.loadYaml(path)), [
      `${path}, line 4, room "hall", colour: room has no field colour`,
      `${path}, line 3, room "hall", exits: Invalid input: expected record, received array`,
    ])
  })
})

const BROKEN = `store: room
key: hall
exits: { north: 5, south: nowhere, n: a, "\\e[31mup": "x\\e[2J" }
---
store: room
key: a
clone: perhaps
exits:
  east: hall
  east: hall
  west: { say: no }
---
store: room
key: b
exits: [
`

test('a file that can not be read as a whole hides no other problem, and names room and exit of its own', () =>
  withFiles([BROKEN, 'store: room\nkey: c\nexits: { up: b, down: z }\n'], async ([one = '', two = '']) => {
    const found = await problems((world) => {
      world.define('d', { exits: { up: 7 as never, down: 'y' } })
      world.loadYaml(one)
      world.loadYaml('no/such.yaml')
      world.loadYaml(two)
    })
    const target = 'expected the key of a room, or { says: TEXT }'
    const number = 'expected the key of a room, in quotation marks where it is a number'
    assert.equal(found, [
      `the program, room "d", exit up: ${number}`,
      `${one}, line 3, room "hall", exit north: ${number}`,
      `${one}, line 10, room "a", exit east: Map keys must be unique`,
      `${one}, line 11, room "a", exit west: ${target}`,
      `${one}, line 7, room "a", clone: Invalid input: expected boolean, received string`,
      `${one}, line 16, room "b", exits: Flow sequence in block collection must be sufficiently indented and end with a ]`,
      "Cannot read no/such.yaml: ENOENT: no such file or directory, open 'no/such.yaml'. Check the path.",
      `${one}, room "hall", exit n: there is no such direction; write north`,
      `${one}, room "hall", exit \\u{1b}[31mup: there is no such direction; there are north, south, east, west, northeast, northwest, southeast, southwest, up, down`,
      "some rooms are missing, or stand in what can't be read: no/such.yaml",
    ])
  }))

test('a room whose key is a number is named in quotation marks, and who forgets them is told', () =>
  withFiles(
    ['store: room\nkey: 3001\nexits: { up: 3002, down: "3001" }\n---\nstore: room\nkey: 3002\n'],
    async ([path = '']) => {
      const found = await problems((world) => world.loadYaml(path))
      assert.is(
        found[0],
        `${path}, line 3, room "3001", exit up: expected the key of a room, in quotation marks where it is a number`,
      )
    },
  ))

const UNREADABLE = 'store: room\nkey: hall\n---\nstore: [room\n'

test('what could not be read is not missing', () =>
  withFiles([UNREADABLE], async ([path = '']) => {
    const found = await problems((world) => {
      world.loadYaml(path)
      world.define('a', { exits: { up: 'b' } })
      world.guard('c', 'up', () => {})
    })
    assert.equal(found, [
      `${path}, line 5, document 2: Flow sequence in block collection must be sufficiently indented and end with a ]`,
      `some rooms are missing, or stand in what can't be read: ${path}, document 2, line 4`,
    ])
  }))

test('a world may lead round in circles, and back into the same room', () =>
  playing(
    (world) => {
      world.define('hall', { name: 'The hall', exits: { north: 'hall', east: 'a' } })
      world.define('a', { name: 'A', exits: { east: 'hall' } })
    },
    async ({ enter, world, users }) => {
      const ann = await enter('ann')
      const bob = await enter('bob')
      await seen(ann)
      assert.equal(
        (await seen(ann, 'north', 'east', 'east')).filter((line) => line.startsWith('You')),
        ['You go to the east', 'You go to the east'],
      )
      assert.equal(await seen(bob), ['ann leaves to the east', 'ann enters from the east'])
      assert.is(world.roomOf(users.find('ann') as Walker)?.key, 'hall')
      assert.equal(await seen(ann, 'constructor', 'nw', 'where zed'), [
        'Unknown command: constructor.',
        'You cannot go that way.',
        'Nobody here is called zed.',
      ])
    },
  ))

test('a guard may wait, and refuse with a reason; a move is dropped if somebody was moved meanwhile', () => {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  let asked: () => void = () => {}
  const asking = new Promise<void>((resolve) => {
    asked = resolve
  })
  return playing(
    (world) => {
      world.define('hall', { name: 'Hall', exits: { north: 'a', south: 'a', east: 'a' } })
      world.define('a', { name: 'A' })
      world.guard('hall', 'north', async () => {
        await Promise.resolve()
        throw new ExitError('The door is locked.')
      })
      world.guard('hall', 'south', () => {
        asked()
        return opened
      })
      world.guard('hall', 'east', ({ user, room, direction }) => {
        if (room.lamp === false) throw new ExitError(`${user.name} sees nothing to the ${direction}.`)
      })
    },
    async ({ enter, world, users, log }) => {
      const ann = await enter('ann')
      assert.equal(await seen(ann, 'n', 'e'), ['The door is locked.', 'ann sees nothing to the east.'])
      const user = users.find('ann') as Walker
      ann.send('s')
      await asking
      await world.enter(user, 'a')
      await ann.until('There are no exits.\r\n')
      open()
      assert.equal(await seen(ann, 'where'), ['You are in the A'])
      assert.equal(log.problems, [])
    },
  )
})

test('of a cloned room each visitor has a copy, which ends when they leave', () =>
  playing(
    (world) => {
      world.define('hall', { name: 'Hall', exits: { down: 'dream' } })
      world.define('dream', { name: 'Dream', clone: true, exits: { up: 'hall' } })
    },
    async ({ enter, world, users }) => {
      const [ann, bob] = [await enter('ann'), await enter('bob')]
      await seen(ann, 'd')
      await seen(bob, 'd')
      const rooms = users.online.map((user) => world.roomOf(user) as Room)
      assert.is.not(rooms[0], rooms[1])
      ;(rooms[0] as Room).lamp = true
      assert.is((rooms[1] as Room).lamp, false)
      assert.equal(await seen(ann, 'say hi', 'look'), ['You say: hi', 'Dream', 'There is one exit up.'])
      assert.equal(await seen(bob), [])
      assert.equal((await seen(bob, 'u'))[0], 'You go upwards')
      ann.leave()
      await bob.until('ann has left\r\n')
      assert.equal(
        world.store.active().map(({ key }) => key),
        ['dream', 'hall'],
      )
    },
  ))

test("two ways into one's own copy at once lead there once", () =>
  playing(
    (world) => {
      world.define('hall', { name: 'Hall', exits: { down: 'dream' } })
      world.define('dream', { name: 'Dream', clone: true, exits: { up: 'hall' } })
    },
    async ({ enter, world, users }) => {
      const ann = await enter('ann')
      const user = users.find('ann') as Walker
      for (let i = 0; i < 2; i++) {
        await Promise.all([
          world.enter(user, 'dream'),
          world.enter(user, 'dream'),
          world.enter(user, 'dream'),
        ])
        assert.equal(await seen(ann), ['Dream', 'There is one exit up.'])
        assert.equal(world.people(world.roomOf(user) as Room), [user])
        // A copy of its own again, and not the one that has ended.
        await seen(ann, 'u')
      }
    },
  ))

test('people come back into the room where they were, and into the first one if it is gone', () =>
  playing(
    (world) => {
      world.define('hall', { name: 'Hall', exits: { north: 'a' } })
      world.define('a', { name: 'A', intro: '  One.\n  Two.\n', exits: { south: 'hall' } })
    },
    async ({ enter, service, users, world, log }) => {
      const ann = await enter('ann')
      await seen(ann, 'north')
      ann.leave()
      while (users.online.length > 0 || users.store.active().length > 0)
        await new Promise((resolve) => setImmediate(resolve))
      const again = new Person(await Peer.connect(service))
      again.send('ann', 'correct horse')
      await again.until('Welcome, ann!\r\n')
      assert.equal(await seen(again), ['A', 'One.', 'Two.', 'There is one exit to the south.'])
      // What a restart leaves of a room that the new version does not have.
      const user = users.find('ann') as Walker
      user.room = 'gone'
      await service.trigger(new events.PostStart())
      assert.is(world.roomOf(user)?.key, 'hall')
      assert.match(String(log.problems[0]?.message), /room that is no longer there/)
      assert.equal((await seen(again, 'where')).at(-1), 'You are in the Hall')
      again.leave()
    },
  ))

test('after a restart rooms keep what has changed in them, but not what their author has written anew', () =>
  playing(
    (world) => world.define('hall', { name: 'Hall' }),
    async ({ service, world, log }) => {
      const hall = world.get('hall') as Room
      // What the process before has handed over.
      Object.assign(hall, { name: 'Old hall', lamp: true })
      await world.store.create('cellar', { name: 'Cellar' })
      await service.trigger(new events.PostStart())
      assert.equal([hall.name, hall.lamp, world.get('cellar')], ['Hall', true, undefined])
      assert.match(String(log.problems[0]?.message), /Room "cellar" is no longer defined/)
    },
  ))

test('to come back after a start, nobody is looked for in each room', async () => {
  const { service, world, users } = game((world) => {
    for (const key of ['hall', 'one', 'two', 'three']) world.define(key, { name: key })
  })
  let looks = 0
  const { online } = users
  Object.defineProperty(users, 'online', {
    get: () => {
      looks += 1
      return online
    },
  })
  await running(service, async () => assert.is(looks, 1), { servers: [], store: 'memory', log: false })
  assert.is(world.store.active().length, 0)
})

test('admins go to rooms and bring people', () =>
  playing(
    (world) => {
      world.define('hall', { name: 'The Hall' })
      world.define('by-the-sea', { name: 'Beach', short: 'by the sea' })
    },
    async ({ enter, users }) => {
      const [ann, bob] = [await enter('ann'), await enter('bob')]
      await seen(ann)
      ;(users.find('ann') as Walker).isAdmin = true
      assert.equal(await seen(bob, 'goto by-the-sea', 'bring ann'), [
        'Unknown command: goto.',
        'Unknown command: bring.',
      ])
      assert.equal(
        await seen(ann, 'goto x', 'goto __proto__', 'goto BY-the-sea', 'bring ann', 'bring zed', 'bring bob'),
        [
          'There is no room x.',
          'There is no room __proto__.',
          'Beach',
          'There are no exits.',
          'You are here already.',
          'Nobody here is called zed.',
          'You bring bob to you',
          'bob appears from nowhere',
        ],
      )
      assert.equal(await seen(bob, 'where'), [
        'ann disappears',
        'ann brings you to them',
        'Beach',
        'Here: ann.',
        'There are no exits.',
        'You are by the sea',
      ])
    },
  ))

test('whoever goes or is brought to the next room, by no exit, comes through none', () =>
  playing(
    (world) => {
      world.define('hall', { name: 'The Hall', exits: { north: 'pool' } })
      world.define('pool', { name: 'Pool', exits: { south: 'hall' } })
    },
    async ({ enter, users, world }) => {
      const [ann, bob] = [await enter('ann'), await enter('bob')]
      await seen(ann)
      ;(users.find('ann') as Walker).isAdmin = true
      await seen(ann, 'goto pool')
      assert.equal(await seen(bob), ['ann disappears'])
      await seen(bob, 'north')
      assert.equal(await seen(ann, 'goto hall'), [
        'bob enters from the south',
        'The Hall',
        'There is one exit to the north.',
      ])
      assert.equal(await seen(ann, 'bring bob'), ['You bring bob to you', 'bob appears from nowhere'])
      const directions: unknown[] = []
      const pool = world.get('pool') as Room
      pool.enter = ({ direction }) => directions.push(direction)
      await seen(ann, 'goto pool')
      await seen(bob, 'north')
      assert.equal(directions, [undefined, 'south'])
    },
  ))

class Cave extends Room {
  override async enter(visit: Visit<Walker>): Promise<void> {
    visit.tell(`The echo says: ${visit.news()} (${visit.direction})`)
    await Promise.resolve()
    await this.look(visit)
  }
  override exit(visit: Visit<Walker>): void {
    if (visit.others.length > 0)
      visit.tell(`${visit.user.name} is swallowed by the dark (${visit.direction})`)
  }
  override look(visit: Visit<Walker>): unknown {
    if (this.lamp) return super.look(visit)
    return visit.user.write(visit.isArrival ? 'It is dark.' : 'It is still dark.')
  }
}

test('a class of rooms says for itself what entering, leaving and looking are', () =>
  playing(
    (world) => {
      world.define('hall', { name: 'Hall', exits: { east: 'a' } })
      world.define('a', { name: 'A', intro: 'Drip.', exits: { west: 'hall', up: 'hall' } })
    },
    async ({ enter, world }) => {
      const [ann, bob] = [await enter('ann'), await enter('bob')]
      await seen(ann)
      assert.equal(await seen(ann, 'e', 'look'), ['You go to the east', 'It is dark.', 'It is still dark.'])
      assert.equal(await seen(bob, 'e'), [
        'ann is swallowed by the dark (east)',
        'You go to the east',
        'It is dark.',
      ])
      ;(world.get('a') as Cave).lamp = true
      assert.equal(await seen(ann, 'look'), [
        'The echo says: bob enters from the west (west)',
        'A',
        'Here: bob.',
        'There are exits to the west and up.',
      ])
      assert.equal(await seen(ann, 'up'), ['You go upwards', 'It is dark.'])
      assert.equal(await seen(bob), ['ann looks around', 'ann is swallowed by the dark (up)'])
      ann.leave()
      bob.leave()
    },
    Cave,
  ))

test('nobody is brought into a room of which everybody has a copy', () =>
  playing(
    (world) => {
      world.define('hall', { name: 'Hall', exits: { down: 'dream' } })
      world.define('dream', { name: 'Dream', clone: true, exits: { up: 'hall' } })
    },
    async ({ enter, users, world }) => {
      const [ann, bob] = [await enter('ann'), await enter('bob')]
      ;(users.find('ann') as Walker).isAdmin = true
      await seen(ann, 'd')
      assert.equal(await seen(ann, 'bring bob'), [
        'Nobody can be brought here: of this room everybody has a copy of their own.',
      ])
      await seen(bob)
      assert.is(world.roomOf(users.find('bob') as Walker)?.key, 'hall')
      assert.not.ok((await seen(bob, 'where')).some((line) => line.includes('brings you')))
    },
  ))

test('whoever leaves is saved, and leaves, though an exit of the room fails', () => {
  class Sticky extends Room {
    override async exit({ user }: Visit<Walker>): Promise<void> {
      // Nobody is there to answer any more.
      await (user.client as Client).ask('Why do you leave? ')
    }
  }
  return playing(
    (world) => world.define('hall', { name: 'Hall' }),
    async ({ enter, users, log }) => {
      const ann = await enter('ann')
      const [user] = users.online
      assert.is(user?.lastSeen, undefined)
      ann.leave()
      while (users.store.active().length > 0) await turns()
      const saved = await users.store.load('ann')
      assert.ok(saved?.lastSeen)
      assert.is(saved?.inside, false)
      assert.ok(log.problems.some(({ message }) => /exit of the room "hall" failed/.test(message)))
    },
    Sticky,
  )
})

test.run()
