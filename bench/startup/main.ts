/**
 * The claim: a program starts as fast as what it imports allows, see docs/package.md.
 *
 * The processor time of a process that imports an entry point of the built package and ends, in alternation with one that
 * imports nothing; the least of several rounds, since a machine that is busy only ever adds to it. A round of all entry
 * points takes a few seconds. `npm run bench -- startup`
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } })
const ROUNDS = Number(values.rounds)

const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  name: string
  exports: Record<string, unknown>
}
const entries = Object.keys(exports)
  .filter((entry) => !entry.endsWith('.json'))
  .map((entry) => name + entry.slice(1))

/** Milliseconds of the processor, of all threads. */
function start(entry: string): number {
  const load = entry === '' ? '' : `await import('${entry}')\n`
  const code = `${load}const { user, system } = process.cpuUsage()\nconsole.log((user + system) / 1000)`
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  if (status !== 0) throw new Error(stderr)
  return Number(stdout)
}

const least = new Map<string, number>()
for (let round = 0; round < ROUNDS; round++) {
  for (const entry of ['', ...entries]) {
    least.set(entry, Math.min(least.get(entry) ?? Number.POSITIVE_INFINITY, start(entry)))
  }
}

const bare = least.get('') as number
console.log(`Node ${process.version}, least processor time of ${ROUNDS} starts`)
for (const [entry, ms] of least) {
  const ratio = (ms / bare).toFixed(1)
  console.log(
    `  ${(entry || 'nothing').padEnd(28)} ${Math.round(ms).toString().padStart(5)} ms  ${ratio.padStart(4)}`,
  )
}
