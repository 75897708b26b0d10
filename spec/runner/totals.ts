// Reads what uvu prints. uvu's exit code says less than its totals: a hook that throws, or a test that throws something
// other than an Error, leaves exit code 0 and a total that is larger than the number passed.

export interface Totals {
  readonly total: number
  readonly passed: number
  readonly skipped: number
}

const TOTALS = /^ {2}Total: {5}(\d+)\n {2}Passed: {4}(\d+)\n {2}Skipped: {3}(\d+)\n {2}Duration: {2}/gm

/**
 * Every block of totals in `stdout`, in order. uvu prints one a process, over all suites of the file; a second one means
 * that uvu was started twice.
 */
export function findTotals(stdout: string): Totals[] {
  return [...stdout.matchAll(TOTALS)].map(([, total, passed, skipped]) => ({
    total: Number(total),
    passed: Number(passed),
    skipped: Number(skipped),
  }))
}

/**
 * The reasons a file gives on stdout for what it leaves out, in lines of the shape `skipped: REASON`. uvu ends the mark of
 * a test, and the name of a suite, without a line break, so a reason may stand right behind one.
 */
export function findSkipReasons(stdout: string): string[] {
  return [...stdout.matchAll(/(?:^|[•✘] | {2})skipped: (.*\S)/gm)].map(([, reason]) => reason ?? '')
}
