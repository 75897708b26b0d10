/**
 * How long to wait before a worker is started again: not at all for the first one that dies, then 1, 2, 4, ... 30 seconds,
 * so that a program which can't run does not keep the machine busy.
 */

const FIRST = 1_000
const LONGEST = 30_000

/** The delay after this one, in milliseconds. */
export function nextBackoff(delay: number): number {
  return Math.min(LONGEST, delay === 0 ? FIRST : delay * 2)
}
