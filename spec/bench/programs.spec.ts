// time limit: 300 s
// not measured: it runs what is built.
// By tsx: benchmarks are run from their sources, as `npm run bench -- NAME` runs them.
// Each benchmark runs to its end at tiny sizes. What it measures is not looked at, only that it measures.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compilePackage, ROOT } from '../../bench/support/build.js'

const test = suite('bench/programs')

/** A copy of its own, since each benchmark is built into the tree that it lies in. */
const folder = path.join(ROOT, '.bench', `programs-${process.pid}`)
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** By the name of the benchmark: what makes it small, and how many lines of figures it prints then. */
const BENCHMARKS: Readonly<Record<string, { readonly args: readonly string[]; readonly figures: number }>> = {
  angel: { args: ['--only=pause', '--restarts=1', '--clients=10'], figures: 1 },
  conversations: { args: ['--only=cost', '--rounds=1', '--seconds=0.2', '--warm-up=0.1'], figures: 4 },
  log: { args: ['--rounds=1', '--lines=1000'], figures: 3 },
  micro: { args: ['--rounds=1', '--ms=1'], figures: 1 },
  observability: { args: ['--only=plain', '--rounds=1', '--seconds=0.1'], figures: 5 },
  startup: { args: ['--rounds=1'], figures: 10 },
}
/** Those that have specs of their own. */
const OTHERS = ['race']
const FIGURE = /^ {2}.*\d.*$/gm

test.before(() => {
  mkdirSync(folder, { recursive: true })
  for (const name of ['bench', 'lib', 'package.json', 'tsconfig.json']) {
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true })
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  compilePackage(path.join(folder, 'dist'))
})

test('there is no benchmark that no spec runs', () => {
  const folders = readdirSync(path.join(ROOT, 'bench'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['support', 'pictures'].includes(entry.name))
    .map(({ name }) => name)
  assert.equal(folders.sort(), [...Object.keys(BENCHMARKS), ...OTHERS].sort())
})

test('every program that a benchmark starts by its place is there', () => {
  const bench = path.join(ROOT, 'bench')
  const files = readdirSync(bench, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const started = files.flatMap((file) => {
    const text = readFileSync(path.join(bench, file), 'utf8')
    return [...text.matchAll(/'(\.\.?\/[\w./-]+\.ts)'/g)].map(([, place]) =>
      path.join(bench, file, '..', place as string),
    )
  })
  assert.ok(started.length > 5)
  assert.equal(
    started.filter((place) => !existsSync(place)),
    [],
  )
})

for (const [name, { args, figures }] of Object.entries(BENCHMARKS)) {
  test(`the benchmark ${name} runs to its end`, async () => {
    const env = { ...process.env, NODE_V8_COVERAGE: '', XDG_RUNTIME_DIR: folder }
    const child = spawn(process.execPath, ['--import', 'tsx', 'bench/main.ts', name, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    const [exitCode] = await once(child, 'close')
    assert.is(exitCode, 0, output)
    const found = output.match(FIGURE) ?? []
    assert.ok(found.length >= figures, `${found.length} figures:\n${output}`)
    assert.not.match(output, /NaN|undefined|Infinity/)
  })
}

test.run()
