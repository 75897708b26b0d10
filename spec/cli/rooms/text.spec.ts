import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mapWorld } from '../../../lib/cli/rooms/map.js'
import type { Place } from '../../../lib/cli/rooms/places.js'
import { drawText } from '../../../lib/cli/rooms/text.js'
import type { WorldPlan } from '../../../lib/contrib/rooms/plan.js'
import { textWidth } from '../../../lib/text/width.js'
import { planOf, room, world } from './worlds.js'

const text = suite('cli/rooms/text')

function drawn(plan: WorldPlan, width = 80): string[] {
  return [...drawText(mapWorld(plan), width).lines]
}

text('rooms are in brackets, and exits are lines', () => {
  const plan = world({
    hall: { north: 'pool', east: 'vault', southeast: 'yard' },
    pool: { south: 'hall' },
    vault: { west: 'hall', south: 'yard' },
    yard: { northwest: 'hall' },
  })
  assert.equal(drawn(plan), ['[POOL]', '   │', '[*HALL]───[VAULT]', '        ╲    v', '          [YARD]'])
})

text('long lines go past empty places, and cross', () => {
  const [n, e, s, w] = ['n', 'e', 's', 'w'].map((key) => room(key, {}))
  const places = [
    { room: n, column: 1, row: 0 },
    { room: e, column: 2, row: 1 },
    { room: s, column: 1, row: 2 },
    { room: w, column: 0, row: 1 },
  ] as Place[]
  const [top, right, bottom, left] = places as [Place, Place, Place, Place]
  const about = { isOneWay: false, isGuarded: false }
  const lines = [
    { from: left, to: right, step: [1, 0], ...about },
    { from: top, to: bottom, step: [0, 1], ...about },
  ] as const
  const cross = { start: undefined, parts: [{ places, columns: 3, rows: 3, lines }], listed: new Map() }
  assert.equal(drawText(cross, 80).lines, [
    '      [N]',
    '       │',
    '[W]────┼────[E]',
    '       │',
    '      [S]',
  ])
  const [a, b] = [
    { from: top, to: right, step: [1, 1], ...about },
    { from: right, to: bottom, step: [-1, 1], ...about },
  ] as const
  const slanted = { ...cross, parts: [{ places, columns: 3, rows: 3, lines: [a, b] }] }
  assert.equal(drawText(slanted, 80).lines, [
    '      [N]',
    '          ╲',
    '[W]         [E]',
    '          ╱',
    '      [S]',
  ])
})

text('a line that leads one way ends in an arrow, whatever its direction', () => {
  const plan = world({
    o: {
      north: 'n',
      east: 'e',
      south: 's',
      west: 'w',
      northeast: 'ne',
      northwest: 'nw',
      southeast: 'se',
      southwest: 'sw',
    },
    ...Object.fromEntries(['n', 'e', 's', 'w', 'ne', 'nw', 'se', 'sw'].map((key) => [key, {}])),
  })
  assert.equal(drawn(plan), [
    '[NW]    [N]   [NE]',
    '      ↖  ^   ↗',
    ' [W]<──[*O]───>[E]',
    '      ↙  v   ↘',
    '[SW]    [S]   [SE]',
  ])
  assert.ok(drawText(mapWorld(plan), 80).legend.includes('> leads one way'))
})

text('exits up, down and elsewhere show as signs behind the name, which the legend explains', () => {
  const plan = world({ a: { up: 'b', down: 'c' }, b: { down: 'a', west: { says: 'No.' } }, c: { up: 'a' } })
  assert.equal(drawn(plan), ['[*A ↑↓]  [B ↓+]  [C ↑]'])
  assert.equal(drawText(mapWorld(plan), 80).legend, [
    '* people begin here',
    '↑ leads up',
    '↓ leads down',
    '+ has exits that are no lines here',
  ])
})

text('guarded exits are dashed', () => {
  const guards = [
    { room: 'a', direction: 'east' },
    { room: 'a', direction: 'south' },
  ] as const
  const plan = world({ a: { east: 'b', south: 'c' }, b: { west: 'a' }, c: { north: 'a' } }, { guards })
  assert.equal(drawn(plan), ['[*A]╌╌╌[B]', '  ╎', ' [C]'])
})

const NAMES = [
  '美しい庭園と静かな池のほとり',
  '🏰 Castle 👩‍👩‍👧‍👦 of kings',
  'x'.repeat(100_000),
  'é'.repeat(40),
  'Hall',
]

text('no line is wider than the terminal: names are cut, whole characters at a time', () => {
  const rooms = NAMES.map((name, i) => {
    const exits = { ...(i > 0 && { west: `r${i - 1}` }), ...(i < NAMES.length - 1 && { east: `r${i + 1}` }) }
    return room(`r${i}`, exits, { name })
  })
  for (const width of [200, 100, 80, 60, 40]) {
    const lines = drawn(planOf(rooms), width)
    assert.ok(
      lines.every((line) => textWidth(line) <= width),
      `${width}`,
    )
    assert.ok(lines.join('').includes('Hall'))
  }
  assert.is(drawn(planOf(rooms), 100).length, 1)
  assert.match(drawn(planOf(rooms), 100)[0] as string, /^\[\*美しい庭園.*…\]───\[🏰 Castle.*\]───\[x+…\]/)
})

text('a name that fits is whole, however many code units its characters have', () => {
  const name = 'e\u0301'.repeat(28)
  assert.equal(drawn(planOf([room('hall', {}, { name })])), [`[*${name}]`])
})

text(
  'what does not fit in any case is shown in strips, with the lines that lead from one to the next',
  () => {
    const keys = Array.from({ length: 12 }, (_, i) => `room-${i}`)
    const plan = world(
      Object.fromEntries(
        keys.map((key, i) => [
          key,
          { ...(i > 0 && { west: keys[i - 1] as string }), ...(i < 11 && { east: keys[i + 1] as string }) },
        ]),
      ),
    )
    const lines = drawn(plan, 50)
    assert.equal(lines.slice(0, 2), [
      'Columns 1 to 4 of 12:',
      '[*ROOM-0]───[ROOM-1]───[ROOM-2]───[ROOM-3]───',
    ])
    assert.equal(lines.slice(-2), ['Columns 9 to 12 of 12:', '[ROOM-8]───[ROOM-9]───[ROOM-10]───[ROOM-11]'])
    for (const key of keys) assert.is(lines.join('\n').split(`${key.toUpperCase()}]`).length, 2, key)
  },
)

text('parts stand side by side as long as there is room', () => {
  const lines = drawn(world({ a: { south: 'b' }, b: { north: 'a' }, c: {}, d: {} }), 12)
  assert.equal(lines, ['[*A]  [C]', '  │', ' [B]', '', '[D]'])
})

text('names can not control the terminal', () => {
  const name = 'red \u001b[31m\r\n\u009b2J \u202e \ud800 end'
  const lines = drawn(planOf([room('a', {}, { name })]))
  assert.equal(lines, ['[*red [31m 2J \ufffd end]'])
})

text('no terminal is too narrow', () => {
  const plan = world({ a: { east: 'b' }, b: { west: 'a' } })
  for (const width of [1, 5, 9])
    assert.ok(drawn(plan, width).every((line) => /^Columns/.test(line) || textWidth(line) <= width))
})

text.run()
