// Rooms that ask: the process is replaced, or lost, while somebody stands between two of them.
import { events, Service } from 'mara-ts'
import { CommandRegistry } from 'mara-ts/contrib/commands'
import {
  BaseRoom,
  RoomConnect,
  RoomDisconnect,
  roomCommands,
  type Visit,
  World,
  withRoom,
} from 'mara-ts/contrib/rooms'
import { BaseUser, passwordCost, Users, userCommands, withPassword } from 'mara-ts/contrib/users'
import { everyRestartPoint, type Player } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('rooms over restarts')

passwordCost.ln = 4

class Walker extends withRoom(withPassword(BaseUser)) {}
type Asking = 'enter' | 'exit' | 'look'

/** A corridor of rooms from a to d, of which b asks; a copy of c is made for each visitor. */
function corridor(asking: Asking): Service {
  const ask = async (when: Asking, room: BaseRoom, { user }: Visit): Promise<void> => {
    if (when !== asking || room.key !== 'b') return
    user.write(`Your answer was ${await user.client?.ask('Riddle: ')}.`)
  }
  class Room extends BaseRoom.define('room', {}) {
    override async enter(visit: Visit): Promise<void> {
      await super.enter(visit)
      await ask('enter', this, visit)
    }
    override async exit(visit: Visit): Promise<void> {
      super.exit(visit)
      await ask('exit', this, visit)
    }
    override async look(visit: Visit): Promise<void> {
      super.look(visit)
      await ask('look', this, visit)
    }
  }
  const service = new Service()
  const users = new Users(service, Walker)
  const world = new World(users, Room, { start: 'a' })
  world.define('a', { name: 'Room A', exits: { east: 'b' } })
  world.define('b', { name: 'Room B', exits: { east: 'c', west: 'a' } })
  world.define('c', { name: 'Room C', exits: { west: 'b', east: 'd' }, clone: true })
  world.define('d', { name: 'Room D', exits: { west: 'c' } })
  service.listen(events.Connect, () => new RoomConnect(world))
  service.listen(events.Disconnect, () => new RoomDisconnect(world))
  const commands = new CommandRegistry(service)
  userCommands(commands, users)
  roomCommands(commands, world)
  // Two moves in one handler.
  commands.register('run', {}, async ({ client }) => {
    const user = users.of(client)
    if (user === undefined) return
    await world.go(user, 'east')
    await world.go(user, 'east')
    user.write(`Out of breath after ${await client.ask('How many? ')} rooms.`)
  })
  return service
}

async function login(ann: Player): Promise<void> {
  const answers = {
    'Name: ': 'Ann',
    'Create it?': 'yes',
    'characters or more': 'correct horse',
    Repeat: 'correct horse',
  }
  for (const [prompt, answer] of Object.entries(answers)) {
    await ann.sees(prompt)
    ann.type(answer)
  }
  await ann.sees('Room A')
}

/** Ann logs in and goes on as `play` says, and the process is replaced or lost at each of her moments. */
function atEachMoment(asking: Asking, crash: boolean, play: (ann: Player) => Promise<void>): Promise<number> {
  return everyRestartPoint(
    {
      service: () => corridor(asking),
      async play(connect) {
        const ann = await connect('ann')
        await login(ann)
        await play(ann)
      },
    },
    { crash },
  )
}

for (const asking of ['enter', 'exit', 'look'] as const) {
  for (const crash of [false, true]) {
    test(`a room that asks in ${asking} moves nobody further where the process is ${crash ? 'lost' : 'replaced'} at its question`, async () => {
      const moments = await atEachMoment(asking, crash, async (ann) => {
        ann.type('east')
        await ann.sees('Room B')
        if (asking === 'exit') ann.type('east')
        await ann.sees('Riddle: ')
        ann.type('42')
        await ann.sees('Your answer was 42.')
        ann.type('west')
        await ann.sees(asking === 'exit' ? 'Room B' : 'Room A')
      })
      assert.is(moments, 9)
    })

    test(`with ${asking} asking, whoever has run through a copy is where they came to after the process is ${crash ? 'lost' : 'replaced'}`, async () => {
      await atEachMoment(asking, crash, async (ann) => {
        ann.type('run')
        await ann.sees('Riddle: ')
        ann.type('42')
        await ann.sees('Room C')
        await ann.sees('How many? ')
        ann.type('two')
        await ann.sees('after two rooms')
        ann.type('run')
        await ann.sees('You cannot go that way.')
      })
    })
  }
}

test.run()
