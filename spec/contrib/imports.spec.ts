// contrib is built on nothing that a user of the package could not import.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const { exports, dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

/** The files of lib/ that package.json exports, in and out of contrib. */
const doors = new Set(
  Object.values<string | { default: string }>(exports)
    .flatMap((target) => (typeof target === 'string' ? [] : [target.default]))
    .map((target) => target.replace('./dist/', '').replace(/\.js$/, '.ts')),
)
// Any library checks its arguments by code of its own; that contrib shares it keeps all refusals alike.
doors.add('errors.ts')
for (const folder of readdirSync('lib/contrib')) doors.add(`contrib/${folder}/index.ts`)

const packages = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)])

const IMPORT = /\bfrom '([^']+)'|^import '([^']+)'|\bimport\(\s*'([^']+)'/gm

/** What a file of contrib imports that a user, or another folder of contrib, could not. */
function forbidden(file: string): string[] {
  const own = file.split('/')[0]
  return [...readFileSync(`lib/contrib/${file}`, 'utf8').matchAll(IMPORT)]
    .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
    .filter((target) => {
      if (!target.startsWith('.')) return !isPackage(target)
      const path = posix.join('contrib', posix.dirname(file), target).replace(/\.js$/, '.ts')
      return !path.startsWith(`contrib/${own}/`) && !doors.has(path)
    })
    .map((target) => `${file} -> ${target}`)
}

function isPackage(target: string): boolean {
  if (target.startsWith('node:')) return builtinModules.includes(target.slice('node:'.length))
  return packages.has(target)
}

const files = readdirSync('lib/contrib', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

test('contrib imports only what a user could import', () => {
  assert.ok(files.length > 5)
  assert.equal(files.flatMap(forbidden), [])
})

test('every folder of contrib has a door that package.json exports', () => {
  for (const folder of readdirSync('lib/contrib')) {
    assert.ok(`./contrib/${folder}` in exports, folder)
    assert.ok(existsSync(`lib/contrib/${folder}/index.ts`), folder)
  }
})

test.run()
