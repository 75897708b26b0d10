import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { applied, findMutants } from './mutate.js'

const root = mkdtempSync(join(tmpdir(), 'mutate-'))
test.after(() => rmSync(root, { recursive: true, force: true }))
writeFileSync(join(root, 'tsconfig.json'), '{ "include": ["."] }')

/** The text of every mutant of a source. */
function mutantsOf(source: string): string[] {
  writeFileSync(join(root, 'a.ts'), source)
  const mutants = findMutants(root, ['a.ts'])
  return mutants.map((mutant) => applied(mutant, readFileSync(join(root, 'a.ts'), 'utf8')))
}

test('operators are turned round, but for the + that joins text', () => {
  assert.equal(mutantsOf('export const a = 1 < 2 && 3 - 4'), [
    'export const a = 1 < 2 || 3 - 4',
    'export const a = 1 <= 2 && 3 - 4',
    'export const a = 1 < 2 && 3 + 4',
  ])
  assert.equal(mutantsOf("export const a = 'b' + 1"), [])
})

test('conditions hold always, and never', () => {
  assert.equal(mutantsOf('export const a = b ? 1 : 2'), [
    'export const a = true ? 1 : 2',
    'export const a = false ? 1 : 2',
  ])
  assert.equal(mutantsOf('if (!b) {}'), ['if (true) {}', 'if (false) {}', 'if (b) {}'])
})

test('statements go, also where one is all that an if has', () => {
  assert.equal(mutantsOf('function a() { b() }'), ['function a() { ; }'])
  assert.ok(mutantsOf('if (a) b()').includes('if (a) {}'))
})

test('a return gives nothing, and true and false change places, but for those that are types', () => {
  assert.equal(mutantsOf('function a(): true { return true }'), [
    'function a(): true { return undefined as never }',
    'function a(): true { return false }',
  ])
  assert.equal(mutantsOf('function a() { return undefined }'), [])
})

test('a mutant knows its line, and comments and text have none', () => {
  writeFileSync(join(root, 'a.ts'), "// if (a) b()\nexport const c = 'd < e'\n\nf()\n")
  const [mutant, ...others] = findMutants(root, ['a.ts'])
  assert.equal(others, [])
  assert.equal(mutant, { file: 'a.ts', line: 4, start: 40, before: 'f()', after: '{}' })
})

test('a file that the project does not have is named', () => {
  assert.throws(() => findMutants(root, ['gone.ts']), /gone\.ts is no part of/)
})

test.run()
