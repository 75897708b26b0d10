import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mapWorld } from '../../../lib/cli/rooms/map.js'
import { drawSvg } from '../../../lib/cli/rooms/svg.js'
import type { WorldPlan } from '../../../lib/contrib/rooms/plan.js'
import { planOf, room, world } from './worlds.js'

const svg = suite('cli/rooms/svg')

const drawn = (...plans: WorldPlan[]) => drawSvg(plans.map(mapWorld))

/** Where the boxes are. */
function boxes(picture: string) {
  return [...picture.matchAll(/<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
    (match) => {
      const [x = 0, y = 0, width = 0, height = 0] = match.slice(1).map(Number)
      return { x, y, width, height }
    },
  )
}

svg('each room is a box with its name and key, in its place, and no two overlap', () => {
  const picture = drawn(
    world({
      hall: { north: 'pool', east: 'vault' },
      pool: { south: 'hall' },
      vault: { down: 'hall' },
      isle: {},
    }),
  )
  for (const key of ['hall', 'pool', 'vault', 'isle']) {
    assert.match(picture, new RegExp(`>${key.toUpperCase()}</text>`))
    assert.match(picture, new RegExp(`>${key}</text>`))
  }
  const all = boxes(picture)
  assert.is(all.length, 4)
  for (const a of all) {
    for (const b of all) {
      const isApart =
        a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y
      assert.ok(a === b || isApart)
    }
  }
  const [, width = '', height = ''] = /width="(\d+)" height="(\d+)"/.exec(picture) ?? []
  for (const box of all) {
    assert.ok(box.x >= 0 && box.y >= 0)
    assert.ok(box.x + box.width <= Number(width) && box.y + box.height <= Number(height))
  }
})

svg('exits are lines: with an arrow where they lead one way, dashed where they are guarded', () => {
  const guards = [{ room: 'a', direction: 'south' }] as const
  const picture = drawn(world({ a: { east: 'b', south: 'c' }, b: {}, c: { north: 'a' } }, { guards }))
  assert.is(picture.match(/<line /g)?.length, 2)
  assert.is(picture.match(/class="way" marker-end="url\(#arrow\)"/g)?.length, 1)
  assert.is(picture.match(/class="way guarded"/g)?.length, 1)
  assert.match(picture, /thick border: people begin here.*arrow: one way.*dashes: guarded/)
})

svg('what is no line stands in the box: exits up, to nowhere, and that say something', () => {
  const picture = drawn(world({ a: { up: 'b', down: 'zzz', west: { says: 'No way.' } }, b: { down: 'a' } }))
  for (const words of ['up to B', 'down to zzz, which is not def…', 'west says: No way.', 'down to A'])
    assert.ok(picture.includes(`>${words}</text>`), words)
})

svg('cloned rooms are two sheets', () => {
  const count = (clone: boolean) => boxes(drawn(planOf([room('a', {}, { clone })]))).length
  assert.equal([count(false), count(true)], [1, 2])
})

svg('names are text and nothing else', () => {
  const name = '</text><script>"&\' \u001b[31m \ufffe \ud800'
  const picture = drawn(planOf([room('a', { up: { says: name } as never }, { name })]))
  assert.not.match(picture, /<script|\ufffe|[^\P{Cs}]/u)
  assert.not.match(picture.replaceAll('\n', ''), /[^\P{Cc}]/u)
  assert.match(picture, /&lt;\/text&gt;&lt;script&gt;/)
})

svg('a name as long as a book does not make a box as wide as one', () => {
  for (const box of boxes(drawn(planOf([room('a', {}, { name: 'book '.repeat(20_000) })])))) {
    assert.ok(box.width < 250 && box.height < 150)
  }
})

svg('nothing at all is an empty picture', () => {
  assert.match(drawn(planOf([])), /^<svg .*<\/svg>\n$/s)
})

svg.run()
