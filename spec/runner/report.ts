// Words what a run prints: one short line a file, failures whole, and the counts alone on the last line.

import type { Verdict } from './verdict.js'

export interface FileResult extends Verdict {
  readonly file: string
  readonly seconds: number
  readonly output: string
}

/** One line; where the file is red, also why, and all that it printed. */
export function describeFile(result: FileResult): string {
  const { file, total, passed, seconds, output, problems } = result
  const green = problems.length === 0
  const tests = `${passed === total ? '' : `${passed} of `}${total} ${total === 1 ? 'test' : 'tests'}`
  const line = `${green ? 'ok ' : 'RED'}  ${file}  ${tests}  ${seconds.toFixed(1)} s`
  if (green) return line
  const printed =
    output.trim() === ''
      ? ['     (it printed nothing)']
      : [`---- ${file} printed:`, output.trimEnd(), `---- end of ${file}`]
  return [line, ...problems.map((problem) => `     ${problem}`), ...printed].join('\n')
}

/**
 * The end of a run.
 *
 * @param runProblems what is wrong with the run as a whole; each counts as one failure
 */
export function describeRun(
  results: readonly FileResult[],
  runProblems: readonly string[],
): { text: string; failed: number } {
  const lines: string[] = ['']
  for (const { file, skipped, skippedNames } of results) {
    if (skipped > 0)
      lines.push(`skipped in ${file}: ${skipped}${skippedNames.map((name) => `\n     ${name}`).join('')}`)
  }
  for (const { file, problems } of results) {
    if (problems.length > 0)
      lines.push(`RED  ${file}${problems.map((problem) => `\n     ${problem}`).join('')}`)
  }
  for (const problem of runProblems) lines.push(`RED  ${problem}`)

  const count = (key: 'passed' | 'failed' | 'skipped'): number =>
    results.reduce((sum, result) => sum + result[key], 0)
  const failed = count('failed') + runProblems.length
  const skipped = count('skipped')
  lines.push(`${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return { text: lines.join('\n'), failed }
}
