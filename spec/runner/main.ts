// Runs the specs: `node --import tsx spec/runner/main.ts [options] [pattern...]`, from the root of the repository.
//
// uvu alone reports green where no file matches, where `.run()` is forgotten, where a hook throws, and where a test throws
// something that is no Error; and it waits forever for a handle left open. So a file is green here only if its process
// ends by itself with exit code 0, its totals say that every test passed, and its source runs every suite it declares.

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { makeCoverageDirectory, reportCoverage } from './coverage.js'
import { listSpecs, selectSpecs } from './find.js'
import { aboveFloor, belowFloor, readFloor } from './floor.js'
import { stopAllOnExit } from './processes.js'
import { describeFile, describeRun, type FileResult } from './report.js'
import { runFile } from './run-file.js'
import { checkSpec } from './static-check.js'
import { judge } from './verdict.js'

const USAGE = `usage: node --import tsx spec/runner/main.ts [options] [pattern...]
  pattern        part of a path, or a glob over the whole path (default: spec/**/*.spec.ts)
  --jobs N       files that run side by side (default: one a processor, at least 2)
  --timeout MS   time limit of a file (default: 120000); "// time limit: 300 s" at its top gives it a longer one
  --floor N      least number of tests (default: spec/runner/floor.json, where there is no pattern)
  --coverage     measure lib/, and require 95 % of its lines`

function readArguments(argv: string[]) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      jobs: { type: 'string' },
      timeout: { type: 'string' },
      floor: { type: 'string' },
      coverage: { type: 'boolean', default: false },
    },
  })
  const number = (name: 'jobs' | 'timeout' | 'floor'): number | undefined => {
    const text = values[name]
    if (text !== undefined && !/^[1-9]\d*$/.test(text))
      throw new Error(`--${name} takes a whole number above 0, not "${text}"`)
    return text === undefined ? undefined : Number(text)
  }
  return {
    patterns: positionals,
    jobs: number('jobs') ?? Math.max(2, availableParallelism()),
    timeout: number('timeout') ?? 120_000,
    floor: number('floor'),
    coverage: values.coverage,
  }
}

async function main(root: string): Promise<{ text: string; failed: number }> {
  const { patterns, jobs, timeout, floor: floorAsked, coverage } = readArguments(process.argv.slice(2))
  const floor = floorAsked ?? (patterns.length === 0 ? readFloor(root) : undefined)
  const { files, unmatched } = selectSpecs(listSpecs(root), patterns)
  const results: FileResult[] = []
  const problems = unmatched.map(
    (pattern) => `no spec file matches ${pattern === '' ? 'spec/**/*.spec.ts' : `"${pattern}"`}`,
  )

  const counts = coverage ? makeCoverageDirectory() : undefined
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...(counts === undefined ? {} : { NODE_V8_COVERAGE: counts }),
  }
  // The totals are read as plain text.
  delete env.FORCE_COLOR

  const waiting = files.values()
  const worker = async (): Promise<void> => {
    for (const file of waiting) {
      const run = await runFile(file, { root, timeout, env })
      const result = { file, seconds: run.seconds, output: run.output, ...judge(run, checkSpec(root, file)) }
      results.push(result)
      console.log(describeFile(result))
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))

  if (counts !== undefined && files.length > 0) {
    const low = await reportCoverage(root, counts)
    if (low !== undefined) problems.push(low)
  }
  if (floor !== undefined) {
    const total = results.reduce((sum, result) => sum + result.total, 0)
    const low = belowFloor(total, floor)
    const high = aboveFloor(total, floor)
    if (low !== undefined) problems.push(low)
    if (high !== undefined) console.log(high)
  }
  return describeRun(results, problems)
}

stopAllOnExit()
try {
  const { text, failed } = await main(process.cwd())
  console.log(text)
  process.exitCode = failed === 0 ? 0 : 1
} catch (error) {
  console.error(
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
      ? `${error.message}\n${USAGE}`
      : error,
  )
  console.log('0 passed, 1 failed')
  process.exitCode = 1
}
