import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mapWorld, type WorldMap } from '../../../lib/cli/rooms/map.js'
import { stepOf } from '../../../lib/cli/rooms/ways.js'
import { allDirections } from '../../../lib/contrib/rooms/directions.js'
import { world } from './worlds.js'

const map = suite('cli/rooms/map')

/** `key column,row` of each room, part by part. */
function placesOf({ parts }: WorldMap): string[][] {
  return parts.map(({ places }) =>
    places.map(({ room, column, row }) => `${room.key} ${column},${row}`).sort(),
  )
}

/** `a-b` for a line, `a>b` for one that leads one way, `a=b` for one that is guarded. */
function linesOf({ parts }: WorldMap): string[] {
  const sign = (isOneWay: boolean, isGuarded: boolean) => (isOneWay ? '>' : isGuarded ? '=' : '-')
  return parts
    .flatMap(({ lines }) => lines)
    .map(({ from, to, isOneWay, isGuarded }) => from.room.key + sign(isOneWay, isGuarded) + to.room.key)
    .sort()
}

function listedOf({ listed }: WorldMap): string[] {
  return [...listed].flatMap(([{ key }, exits]) => exits.map(({ direction }) => `${key} ${direction}`)).sort()
}

map('rooms are where the exits say', () => {
  const drawn = mapWorld(
    world({ a: { north: 'b', southeast: 'c' }, b: { south: 'a' }, c: { northwest: 'a', east: 'd' }, d: {} }),
  )
  assert.equal(placesOf(drawn), [['a 0,1', 'b 0,0', 'c 1,2', 'd 2,2']])
  assert.equal(linesOf(drawn), ['a-b', 'a-c', 'c>d'])
  assert.equal(listedOf(drawn), [])
  assert.is(drawn.start?.key, 'a')
})

map(
  'rooms that only exits up, down and nowhere connect are parts of their own, and these exits are listed',
  () => {
    const drawn = mapWorld(
      world({ a: { up: 'b', north: { says: 'No.' }, east: 'zzz' }, b: { down: 'a' }, c: {} }),
    )
    assert.equal(placesOf(drawn), [['a 0,0'], ['b 0,0'], ['c 0,0']])
    assert.equal(listedOf(drawn), ['a east', 'a north', 'a up', 'b down'])
  },
)

map('a room that only leads to others is placed with them', () => {
  const drawn = mapWorld(world({ a: {}, b: { east: 'a' } }))
  assert.equal([placesOf(drawn), linesOf(drawn)], [[['a 1,0', 'b 0,0']], ['b>a']])
})

map(
  'where a way back contradicts the way, the exit that came first is a line, and the other is listed',
  () => {
    const drawn = mapWorld(world({ a: { north: 'b' }, b: { west: 'a' } }))
    assert.equal([placesOf(drawn), linesOf(drawn)], [[['a 0,1', 'b 0,0']], ['a>b']])
    assert.equal(listedOf(drawn), ['b west'])
  },
)

map('a row is inserted where a place is taken, and lines get longer', () => {
  // b and d both claim the place to the east of a.
  const drawn = mapWorld(
    world({
      a: { east: 'b', north: 'c' },
      b: { west: 'a' },
      c: { south: 'a', east: 'e' },
      e: { west: 'c', south: 'd' },
      d: { north: 'e' },
    }),
  )
  assert.equal(placesOf(drawn), [['a 0,2', 'b 1,2', 'c 0,0', 'd 1,1', 'e 1,0']])
  assert.equal(linesOf(drawn), ['a-b', 'a-c', 'c-e', 'e-d'])
})

map('no room is put on a line', () => {
  // As above; f claims a place on the line from a to c, which has got longer.
  const drawn = mapWorld(
    world({
      a: { east: 'b', north: 'c' },
      b: { west: 'a' },
      c: { south: 'a', east: 'e' },
      e: { west: 'c', south: 'd' },
      d: { north: 'e', west: 'f' },
      f: { east: 'd' },
    }),
  )
  assert.equal(linesOf(drawn), ['a-b', 'a-c', 'c-e', 'd-f', 'e-d'])
  assert.equal(listedOf(drawn), [])
})

map('no line passes through a room, and none is drawn for an exit into the room itself', () => {
  const drawn = mapWorld(
    world({ a: { east: 'b', north: 'a' }, b: { west: 'a', east: 'c' }, c: { west: 'a' } }),
  )
  assert.equal(
    [linesOf(drawn), listedOf(drawn)],
    [
      ['a-b', 'b>c'],
      ['a north', 'c west'],
    ],
  )
})

map('exits with a guard are marked, from whichever side', () => {
  const rooms = { a: { east: 'b', up: 'b' }, b: { west: 'a' } }
  for (const guard of [
    { room: 'a', direction: 'east' },
    { room: 'b', direction: 'west' },
  ] as const) {
    assert.equal(linesOf(mapWorld(world(rooms, { guards: [guard] }))), ['a=b'])
  }
  const drawn = mapWorld(world(rooms, { guards: [{ room: 'a', direction: 'up' }] }))
  assert.equal(
    [...drawn.listed.values()].flat().map(({ isGuarded }) => isGuarded),
    [true],
  )
})

const KEYS = Array.from({ length: 12 }, (_, i) => `r${i}`)
const anyWorld = fc.dictionary(
  fc.constantFrom(...KEYS),
  fc.dictionary(fc.constantFrom(...allDirections, 'sideways'), fc.constantFrom(...KEYS)),
  { minKeys: 1, noNullPrototype: true },
)

map('whatever the exits: each room has one place, no two the same, and each exit is a line or listed', () => {
  fc.assert(
    fc.property(anyWorld, (rooms) => {
      const drawn = mapWorld(world(rooms))
      const keys = drawn.parts.flatMap(({ places }) => places.map(({ room }) => room.key))
      assert.equal(keys.sort(), Object.keys(rooms).sort())
      let exits = [...drawn.listed.values()].flat().length
      for (const { places, lines, columns, rows } of drawn.parts) {
        const cells = places.map(({ column, row }) => `${column} ${row}`)
        assert.is(new Set(cells).size, places.length)
        assert.ok(
          places.every(({ column, row }) => column >= 0 && column < columns && row >= 0 && row < rows),
        )
        for (const { from, to, step, isOneWay } of lines) {
          exits += isOneWay ? 1 : 2
          assert.is(Math.sign(to.column - from.column), step[0])
          assert.is(Math.sign(to.row - from.row), step[1])
          assert.ok(
            from.room.exits.some(
              ({ direction, target }) => stepOf(direction) === step && target === to.room.key,
            ),
          )
        }
      }
      assert.is(
        exits,
        Object.values(rooms).reduce((sum, all) => sum + Object.keys(all).length, 0),
      )
    }),
  )
})

map(
  'rows and columns are inserted a limited number of times: rooms that are left make parts of their own',
  () => {
    // Round and round: every step claims a place that is taken.
    const circle = ['east', 'south', 'west', 'north']
    const rooms = Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [
        `r${i}`,
        i === 399 ? {} : { [circle[i % 4] as string]: `r${i + 1}` },
      ]),
    ) as Record<string, Record<string, string>>
    const { parts } = mapWorld(world(rooms))
    assert.ok(parts.length > 1)
    assert.ok(parts.every(({ columns, rows }) => columns < 110 && rows < 110))
    assert.is(parts.flatMap(({ places }) => places).length, 400)
    assert.ok(parts.flatMap(({ lines }) => lines).length > 390)
  },
)

map.run()
