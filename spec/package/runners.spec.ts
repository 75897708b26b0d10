// time limit: 900 s
// not measured: it runs the package as it is packed.
/**
 * `mara-ts/testing` with each test runner, as users have it: a project of its own, the packed package in it, `npm test`.
 * What docs/testing.md shows is these projects.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folder, removeFolders } from '../cli/support.js'
import { ROOT } from '../support/node.js'
import { pack, sh, succeeds } from './packed.js'

const runners = suite('test runners')

const tarball = await pack()

interface Project {
  readonly name: string
  readonly service: string
  /** What the runner says when all is well, with the number of tests. */
  readonly passed: RegExp
  /** A change of the service, and what must be told of it. */
  readonly change: [from: string, to: string]
  readonly failed: RegExp
}

const PROJECTS: readonly Project[] = [
  {
    name: 'node-test',
    service: 'service.js',
    passed: /pass 2\n.*fail 0\n/s,
    change: ['lobby', 'kitchen'],
    // Node 24 counts first, and tells more then; the others do so the other way round.
    failed: /^(?=.*You are in the kitchen)(?=.*fail 2\n)/s,
  },
  {
    name: 'uvu',
    service: 'service.ts',
    passed: /Total: +5\n +Passed: +5\n/,
    change: ['Welcome', 'Hello'],
    failed: /Passed: +3\n/,
  },
  {
    name: 'vitest',
    service: 'service.ts',
    passed: /Tests +2 passed \(2\)/,
    change: ['lobby', 'kitchen'],
    failed: /You are in the kitchen.*Tests +2 failed \(2\)/s,
  },
]

/** All of them in one folder, with what they need: it takes a while to install. */
async function projects(): Promise<string> {
  const home = folder({ 'package.json': '{ "private": true }' })
  const needed = new Set<string>()
  for (const { name } of PROJECTS) {
    cpSync(path.join(ROOT, 'examples/testing', name), path.join(home, name), { recursive: true })
    const manifest = JSON.parse(readFileSync(path.join(home, name, 'package.json'), 'utf8'))
    for (const [dependency, range] of Object.entries(manifest.devDependencies ?? {})) {
      needed.add(`'${dependency}@${range}'`)
    }
  }
  await succeeds(`npm install --no-audit --no-fund ${[tarball, ...needed].join(' ')}`, home)
  return home
}

const home = await projects()

for (const { name, service, passed, change, failed } of PROJECTS) {
  runners(`${name}: what a service does is tested, and what it does wrong is noticed`, async () => {
    const project = path.join(home, name)
    const test = 'NO_COLOR=1 npm test 2>&1'
    const { out } = await succeeds(test, project)
    assert.match(out, passed)

    const file = path.join(project, service)
    const text = readFileSync(file, 'utf8')
    assert.match(text, change[0])
    writeFileSync(file, text.replace(...change))
    const wrong = await sh(test, project)
    assert.is(wrong.code, 1)
    assert.match(wrong.out, failed)
  })
}

runners.after(removeFolders)

runners.run()
