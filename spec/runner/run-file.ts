// Runs one spec file as a process of its own, within a time limit, and judges what it printed.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mirrored, runsInMirror } from './mirror.js'

export interface FileResult {
  readonly file: string
  readonly total: number
  readonly passed: number
  readonly skipped: number
  /** Why tests were left out, as the file says on stdout: `skipped: REASON`. */
  readonly reasons: readonly string[]
  /** Why the file is red; empty where it is green. */
  readonly problems: readonly string[]
  /** Both streams, in order of arrival. */
  readonly output: string
  readonly seconds: number
}

const SEED = new URL('./seed.js', import.meta.url).href
/**
 * At the top of a file whose processes reach nothing in `lib/` that others don't. To count makes each process a third slower
 * that loads it, and leaves half a megabyte to be read.
 */
const UNMEASURED = /^\/\/ not measured: \S/m
const TOTALS = /^ {2}Total: {5}(\d+)\n {2}Passed: {4}(\d+)\n {2}Skipped: {3}(\d+)\n/gm
/** A place in the mirror: its line and column are those of the source. */
const IN_MIRROR = /(?:file:\/\/)?[^\s()]*?\.build\/(\S+?)\.js(?=:\d)/g
/** uvu ends the mark of a test, and the name of a suite, without a line break. */
const REASON = /(?:^|[•✘] | {2})skipped: (.*\S)/gm

/**
 * @param limit seconds; the file may declare a longer limit by `// time limit: 300 s` at its top
 * @param counts folder for the coverage that Node measures; undefined measures none
 */
export async function runFile(file: string, limit: number, counts?: string): Promise<FileResult> {
  const started = performance.now()
  const source = readFileSync(file, 'utf8')
  const seconds = Math.max(limit, timeLimit(source))
  const env: NodeJS.ProcessEnv = { ...process.env }
  // The totals are read as plain text.
  delete env.FORCE_COLOR
  if (counts !== undefined && !UNMEASURED.test(source)) env.NODE_V8_COVERAGE = counts

  // A group of its own: a spec may start processes, and a signal to the spec alone would leave them running.
  const args = runsInMirror(file) ? [mirrored(file)] : ['--import', 'tsx', file]
  const child = spawn(process.execPath, ['--import', SEED, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  let output = ''
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  let late = false
  const timer = setTimeout(() => {
    late = true
    killGroup(child)
  }, seconds * 1000)
  // Not 'exit': what a process left behind holds its output open, and so is found by the time limit too.
  const [exitCode, signal] = await once(child, 'close')
  clearTimeout(timer)
  killGroup(child)

  const blocks = [...stdout.matchAll(TOTALS)]
  const [total, passed, skips] = [1, 2, 3].map((group) =>
    blocks.reduce((sum, block) => sum + Number(block[group]), 0),
  ) as [number, number, number]
  const reasons = [...stdout.matchAll(REASON)].map(([, reason]) => reason as string)
  const skipped = Math.max(skips, reasons.length)

  const problems: string[] = []
  const hidden = exitCode === 0 ? ', and uvu hides why: a hook threw, or a test threw what is no Error' : ''
  if (late)
    problems.push(`at its time limit of ${seconds} s, it or a process that it started was still running`)
  else if (passed < total) problems.push(`${total - passed} of ${total} tests did not pass${hidden}`)
  else if (exitCode !== 0) problems.push(`it ended with ${signal ?? `exit code ${exitCode}`}`)
  if (blocks.length !== 1) problems.push(`uvu printed ${blocks.length} totals, and must print them once`)
  else if (total + skipped === 0) problems.push('it has no tests')
  problems.push(...sourceProblems(source))
  return {
    file,
    total,
    passed,
    skipped,
    reasons,
    problems,
    output: output.replaceAll(IN_MIRROR, '$1.ts'),
    seconds: (performance.now() - started) / 1000,
  }
}

/** What a file's text declares, in seconds; 0 where it declares nothing. */
export function timeLimit(source: string): number {
  return Number(/^\/\/ time limit: (\d+) s\n/.exec(source)?.[1] ?? 0)
}

/** What leaves no trace in what uvu prints: a suite that is never run, tests after its `.run()`, a forgotten `.only`. */
function sourceProblems(source: string): string[] {
  const suites = [...source.matchAll(/^const (\w+) = suite\b/gm)].map(([, name]) => name as string)
  if (/^import \{[^}]*\btest\b[^}]*\} from 'uvu'/m.test(source)) suites.push('test')
  const problems = suites
    .filter((name) => !source.includes(`\n${name}.run()\n`))
    .map((name) => `${name}.run() is missing, so the tests of ${name} never run`)
  if (!/\n\w+\.run\(\)\s*$/.test(source))
    problems.push('its last line must be a .run(): nothing after it runs')
  if (/^\s*\w*\s*\.only\(/m.test(source)) problems.push('.only leaves every other test of its suite out')
  return problems
}

const running = new Set<ChildProcess>()

function killGroup(child: ChildProcess): void {
  running.delete(child)
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The whole group has gone.
  }
}

/** Sees to it that no spec outlives the run. */
export function killAllOnExit(): void {
  process.on('exit', () => {
    for (const child of running) killGroup(child)
  })
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
}
