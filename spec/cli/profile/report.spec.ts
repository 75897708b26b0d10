import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Attribution } from '../../../lib/cli/profile/attribution.js'
import { profileReport } from '../../../lib/cli/profile/report.js'

const report = suite('cli/profile/report')

const place = { scriptId: '1', lineNumber: 11, columnNumber: 0 }
const rest = { mara: 10_000, node: 5_000, packages: 0, garbage: 1_000, idle: 900_000 }
const output = { write: () => {} }

function tell(more: Partial<Attribution>): string {
  const nothing = { handlers: new Map(), functions: new Map(), rest, duration: 1_000_000 }
  return profileReport({ ...nothing, ...more }, ({ lineNumber }) => `chat.ts:${lineNumber + 1}`, output)
}

function functionsNamed(names: readonly string[]): Attribution['functions'] {
  return new Map(
    names.map((functionName, i) => [
      functionName,
      {
        frame: { ...place, functionName, url: 'file:///chat.ts' },
        spent: { self: 0, total: 1_000 * (i + 1) },
      },
    ]),
  )
}

report('handlers stand with the most time first, with their places and shares', () => {
  const handlers = new Map([
    [
      { name: 'quick', places: [place] },
      { self: 1_000, total: 2_000 },
    ],
    [
      { name: 'slow', places: [place] },
      { self: 40_000, total: 80_000 },
    ],
  ])
  const text = tell({ handlers })
  assert.match(text, /40\.0 ms +80\.0 ms +8\.0 % +slow +chat\.ts:12\n.*2\.0 ms +0\.2 % +quick/)
})

report('handlers that took no time are counted in one row', () => {
  const handlers = new Map(
    ['busy', 'quiet', 'silent'].map((name, i) => [
      { name, places: [place] },
      { self: 0, total: i === 0 ? 1_000 : 0 },
    ]),
  )
  const text = tell({ handlers })
  assert.match(text, /busy +chat\.ts:12\n +0\.0 ms +0\.0 ms +0\.0 % +2 others\n/)
  assert.not.match(text, /quiet|silent/)
})

report('the place of a handler of a package begins with the name of the package', () => {
  const handlers = new Map([
    [
      { name: 'Login', places: [place] },
      { self: 0, total: 1_000 },
    ],
  ])
  const profile = { handlers, functions: new Map(), rest, duration: 1_000_000 }
  const text = profileReport(profile, () => '../node_modules/mara-ts/dist/a.js:12', output)
  assert.match(text, /Login +mara-ts\/dist\/a\.js:12\n/)
})

report('the rest is told, idle time included', () => {
  assert.match(tell({}), /900\.0 ms +90\.0 % +idle/)
  assert.match(tell({}), /Mara itself/)
})

report('of many functions the first ten are told, and the others as one', () => {
  const text = tell({ functions: functionsNamed(Array.from({ length: 12 }, (_, i) => `f${i}.`)) })
  assert.match(text, /f11\./)
  assert.match(text, /f2\./)
  assert.not.match(text, /f1\./)
  assert.match(text, /3\.0 ms .* 2 others/)
})

report('a table that would be empty is left out, and a profile of no time divides by nothing', () => {
  const text = tell({ duration: 0 })
  assert.not.match(text, /handler +place|outside of handlers|NaN|Infinity/)
})

report.run()
