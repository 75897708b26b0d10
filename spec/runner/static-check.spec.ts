import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkSource } from './static-check.js'

const IMPORTS = `import { suite, test } from 'uvu'\n`

function problems(source: string): readonly string[] {
  return checkSource('spec/a.spec.ts', source).problems
}

function hasProblem(source: string, expected: RegExp): void {
  const found = problems(source)
  assert.is(found.length, 1, `${found.length} problems in ${source}`)
  assert.match(found[0] ?? '', expected)
}

test('suites that are run have no problem', () => {
  assert.equal(
    problems(`${IMPORTS}
      test('a', () => {})
      test.run()
      const other = suite<{ n: number }>('other')
      other('b', () => {})
      other.run()
      for (const name of ['x', 'y']) {
        const each: Test = suite(name)
        each.skip('c', () => {})
        each.run()
      }`),
    [],
  )
})

test('a file that imports nothing from uvu has nothing to run', () => {
  assert.equal(problems(`import { contract } from './contract.js'\nconst test = suite('x')\ncontract()`), [])
  assert.equal(
    problems(`import type { Test } from 'uvu'\nexport const f = (test: Test) => test('a', () => {})`),
    [],
  )
})

test('the imported test needs its .run()', () => {
  hasProblem(
    `import { test } from 'uvu'\ntest('a', () => {})`,
    /^spec\/a\.spec\.ts:1: test\.run\(\) is missing/,
  )
})

test('test under another name needs its .run() as well', () => {
  hasProblem(`import { test as it } from 'uvu'\nit('a', () => {})`, /it\.run\(\) is missing/)
  assert.equal(problems(`import { test as it } from 'uvu'\nit('a', () => {})\nit.run()`), [])
})

test('each suite needs its .run(), with the line of the one that has none', () => {
  hasProblem(
    `import { suite } from 'uvu'\nconst a = suite('a')\na.run()\nconst b = suite('b')`,
    /:4: b\.run\(\)/,
  )
  hasProblem(`import { suite as describe } from 'uvu'\nconst a = describe('a')`, /a\.run\(\)/)
})

test('one name for two suites needs two calls of .run()', () => {
  const block = `{ const a = suite('a')\na('x', () => {})\n`
  hasProblem(`import { suite } from 'uvu'\n${block} a.run() }\n${block} }`, /a\.run\(\)/)
  assert.equal(problems(`import { suite } from 'uvu'\n${block} a.run() }\n${block} a.run() }`), [])
})

test('a .run() in a comment, in a string or of something else does not count', () => {
  for (const no of [
    '// test.run()',
    '/* test.run() */',
    `'test.run()'`,
    '`test.run()`',
    'my.test.run()',
    'latest.run()',
  ]) {
    hasProblem(`import { test } from 'uvu'\n${no}`, /test\.run\(\) is missing/)
  }
})

test('what follows the last .run() never runs', () => {
  hasProblem(
    `import { test } from 'uvu'\ntest.run()\ntest('a', () => {})`,
    /:3: .*after the last test\.run\(\)/,
  )
  hasProblem(`import { test } from 'uvu'\ntest.run()\ntest.before(() => {})`, /after the last/)
})

test('a suite without a name of its own cannot be checked', () => {
  hasProblem(`import { suite } from 'uvu'\ncontract(suite('a'))`, /:2: declare the suite as "const NAME/)
})

test('uvu as a whole cannot be checked', () => {
  hasProblem(`import * as uvu from 'uvu'\nuvu.test.run()`, /:1: import \{ test \}/)
})

test('.only is found, also on a suite handed to a helper, and not in a comment or a string', () => {
  hasProblem(`${IMPORTS}test\n  .only('a', () => {})\ntest.run()`, /:3: \.only/)
  hasProblem(`export const f = (t: Test) => t.only('a', () => {})`, /:1: \.only/)
  assert.equal(problems(`// test.only('a')\nconst b = 'test.only("a")'`), [])
})

test('the titles of skipped tests are found', () => {
  const { skippedNames } = checkSource(
    'spec/a.spec.ts',
    `${IMPORTS}test.skip('it\\'s "a"', () => {})\ntest.skip(\n  "b",\n)\ntest.skip(name)\nstream.skip('c')\ntest.run()`,
  )
  assert.equal(skippedNames, [`it\\'s "a"`, 'b'])
})

test('relative modules are found in imports and exports of any shape', () => {
  const { imports } = checkSource(
    'spec/rooms/a.spec.ts',
    `import './b.js'\nimport { c } from '../c.js'\nexport * from './d/e.js'\nimport f from 'f'\nconst g = await import('./g.ts')`,
  )
  assert.equal(imports, ['spec/rooms/b.ts', 'spec/c.ts', 'spec/rooms/d/e.ts', 'spec/rooms/g.ts'])
})

test.run()
