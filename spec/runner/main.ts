// Runs the specs: `npm run spec -- [--coverage] [--jobs N] [--timeout SECONDS] [PART_OF_A_PATH ...]`.
//
// uvu alone reports green where no file matches, where `.run()` is forgotten, where a hook throws, and where a test throws
// something that is no Error; and it waits forever for a handle left open. So each file runs in a process of its own within
// a time limit, and is green only if that process ends by itself, and its totals say that every test passed.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { makeCoverageDirectory, reportCoverage } from './coverage.js'
import { updateMirror } from './mirror.js'
import { type FileResult, killAllOnExit, runFile, timeLimit } from './run-file.js'

const FLOOR_FILE = 'spec/runner/floor.json'
/** Specs that are red on purpose: they run only where a pattern names their folder. */
const FIXTURES = 'spec/runner/fixtures/'

async function main(): Promise<boolean> {
  const { values, positionals: patterns } = parseArgs({
    allowPositionals: true,
    options: { jobs: { type: 'string' }, timeout: { type: 'string' }, coverage: { type: 'boolean' } },
  })
  // Specs wait half of the time: for processes to start and end, for time limits to pass.
  const jobs = wholeNumber('jobs', values.jobs) ?? 2 * Math.max(2, availableParallelism())
  const seconds = wholeNumber('timeout', values.timeout) ?? 120

  const all = existsSync('spec') ? readdirSync('spec', { recursive: true, encoding: 'utf8' }) : []
  const specs = all
    .map((path) => `spec/${path}`)
    .filter((path) => path.endsWith('.spec.ts'))
    .sort()
  const chosenBy = (pattern: string) =>
    specs.filter(
      (path) => path.includes(pattern) && (pattern.includes(FIXTURES) || !path.startsWith(FIXTURES)),
    )
  const asked = patterns.length === 0 ? [''] : patterns
  const problems = asked
    .filter((pattern) => chosenBy(pattern).length === 0)
    .map((pattern) => `no spec file matches "${pattern}"`)
  // The longest first: a long one at the end would leave other jobs without work.
  const limits = new Map(
    asked.flatMap(chosenBy).map((file) => [file, timeLimit(readFileSync(file, 'utf8'))] as const),
  )
  const files = [...limits.keys()].sort((a, b) => (limits.get(b) as number) - (limits.get(a) as number))

  updateMirror()
  const counts = values.coverage ? makeCoverageDirectory() : undefined
  const results: FileResult[] = []
  const waiting = files.values()
  const work = async (): Promise<void> => {
    for (const file of waiting) {
      const result = await runFile(file, seconds, counts)
      results.push(result)
      console.log(inWords(result))
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))

  const sum = (key: 'total' | 'passed' | 'skipped') => results.reduce((all, result) => all + result[key], 0)
  if (counts !== undefined) problems.push(...reportCoverage(counts))
  if (patterns.length === 0) problems.push(...belowFloor(sum('total')))

  // Again at the end, where they can be found; then the counts alone on the last line.
  console.log()
  for (const { file, skipped, reasons } of results) {
    if (skipped > 0) console.log(`skipped in ${file}: ${[skipped, ...reasons].join('\n     ')}`)
  }
  for (const { file, problems, output } of results) {
    if (problems.length > 0) console.log(`RED  ${[file, ...problems, ...ending(output)].join('\n     ')}`)
  }
  for (const problem of problems) console.log(`RED  ${problem}`)
  const failed = results.reduce((all, { total, passed, problems }) => {
    return all + Math.max(total - passed, problems.length > 0 ? 1 : 0)
  }, problems.length)
  console.log(
    `${sum('passed')} passed, ${failed} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`,
  )
  return failed === 0
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^[1-9]\d*$/.test(text)) {
    throw new Error(`--${name} takes a whole number above 0, not "${text}"`)
  }
  return text === undefined ? undefined : Number(text)
}

/** One line; where the file is red, also why, and all that it printed. */
function inWords({ file, total, passed, seconds, problems, output }: FileResult): string {
  const tests = `${passed === total ? '' : `${passed} of `}${total} ${total === 1 ? 'test' : 'tests'}`
  const line = `${problems.length === 0 ? 'ok ' : 'RED'}  ${file}  ${tests}  ${seconds.toFixed(1)} s`
  if (problems.length === 0) return line
  return [[line, ...problems].join('\n     '), output.trimEnd(), `---- end of ${file}`].join('\n')
}

/** The last lines of what a red file printed: where only the end of a log is kept, they say what happened. */
function ending(output: string): string[] {
  return output.trimEnd().split('\n').slice(-12)
}

/** A spec file that is lost, renamed or no longer found would lower the total in silence. */
function belowFloor(total: number): string[] {
  const floor: unknown = JSON.parse(readFileSync(FLOOR_FILE, 'utf8')).tests
  if (typeof floor !== 'number') return [`${FLOOR_FILE} must be {"tests": N}, N the least number of tests`]
  if (total > floor * 1.05) console.log(`${FLOOR_FILE} asks for ${floor} tests, and ${total} ran: raise it`)
  if (total >= floor) return []
  return [`${total} tests ran, and there must be at least ${floor} (${FLOOR_FILE})`]
}

killAllOnExit()
try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
}
