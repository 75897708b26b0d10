/** Medians, their spread, and what is noise. */

export interface Summary {
  readonly median: number
  /** The least and the greatest. */
  readonly low: number
  readonly high: number
}

/** The middle one; of an even count, the mean of the two in the middle. NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (Number.isInteger(middle))
    return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
  return sorted[Math.floor(middle)] as number
}

export function summary(numbers: readonly number[]): Summary {
  return { median: median(numbers), low: Math.min(...numbers), high: Math.max(...numbers) }
}

/** Round by round, so that a machine whose speed drifts does not bend the ratio. */
export function ratios(own: readonly number[], others: readonly number[]): number[] {
  return own.slice(0, others.length).map((figure, round) => figure / (others[round] as number))
}

export type Verdict = 'more' | 'less' | 'noise'

/** Rounds below which nothing is said to be more than noise: chance alone would often have all rounds agree. */
export const LEAST_ROUNDS = 4

/**
 * Whether a change means something. This tree is measured under two names, and the earlier one between them.
 *
 * The two names show what chance does on this machine at this moment. A ratio within their spread, to either side, is noise.
 * So is one that is above 1 in one round and below it in another, under either name: of three equal programs, the same one
 * is the quickest in all of five rounds, or the slowest, in fewer than 1 of 100 comparisons.
 *
 * @param own @param again this tree's figures, a round each. @param earlier those of the earlier one.
 */
export function compare(
  own: readonly number[],
  again: readonly number[],
  earlier: readonly number[],
): { readonly ratio: number; readonly verdict: Verdict; readonly chance: Summary } {
  const changed = [...ratios(own, earlier), ...ratios(again, earlier)]
  const same = ratios(own, again)
  return { ratio: median(changed), verdict: verdict(changed, same), chance: summary(same) }
}

function verdict(changed: readonly number[], same: readonly number[]): Verdict {
  if (same.length < LEAST_ROUNDS) return 'noise'
  const middle = Math.log(median(changed))
  const chance = Math.max(...same.map((ratio) => Math.abs(Math.log(ratio))))
  // Written so that what is no number is noise.
  if (!(Math.abs(middle) > chance)) return 'noise'
  if (!changed.every((ratio) => Math.sign(Math.log(ratio)) === Math.sign(middle))) return 'noise'
  return middle > 0 ? 'more' : 'less'
}

/** Whether 1 lies within the spread of ratios. */
export function holdsOne(ratios: readonly number[]): boolean {
  const { low, high } = summary(ratios)
  return low <= 1 && high >= 1
}
