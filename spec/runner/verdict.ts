// Decides whether a spec file is green. It must say so on every count: exit code, totals, source.

import type { FileRun } from './run-file.js'
import type { SourceCheck } from './static-check.js'
import { findSkipReasons, findTotals } from './totals.js'

export interface Verdict {
  readonly total: number
  readonly passed: number
  /** At least 1 where the file is red. */
  readonly failed: number
  readonly skipped: number
  /** What is known of the skipped tests: reasons the file gave, titles given to `.skip()`. */
  readonly skippedNames: readonly string[]
  /** Why the file is red; empty where it is green. */
  readonly problems: readonly string[]
}

export function judge(run: FileRun, check: SourceCheck): Verdict {
  const all = findTotals(run.stdout)
  const total = sum(all.map((totals) => totals.total))
  const passed = sum(all.map((totals) => totals.passed))
  const skippedByUvu = sum(all.map((totals) => totals.skipped))
  const reasons = findSkipReasons(run.stdout)
  // A reason may explain a `.skip()`, so the two are not added up.
  const skipped = Math.max(skippedByUvu, reasons.length)

  const problems: string[] = []
  const lost = total - passed
  if (run.stopped !== undefined) {
    problems.push(run.stopped)
  } else if (run.signal !== null) {
    problems.push(`ended by ${run.signal}`)
  } else if (run.exitCode === 0 && lost > 0) {
    problems.push(
      `${lost} of ${total} tests did not pass, and uvu hides why: a hook threw, or a test threw something that is no Error`,
    )
  } else if (lost > 0) {
    problems.push(`${lost} of ${total} tests failed`)
  } else if (run.exitCode !== 0) {
    problems.push(`exit code ${run.exitCode}`)
  }
  if (all.length > 1) {
    problems.push('uvu was started twice: no "await" may stand between one .run() and the next')
  } else if (all.length === 0 && run.stopped === undefined) {
    problems.push('no totals: either .run() is missing, or the process ended before its tests did')
  } else if (all.length === 1 && total === 0 && skipped === 0) {
    problems.push('it has no tests')
  }
  problems.push(...check.problems)

  return {
    total,
    passed,
    failed: Math.max(lost, problems.length > 0 ? 1 : 0),
    skipped,
    skippedNames: [...reasons, ...(skippedByUvu > 0 ? check.skippedNames : [])],
    problems,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}
