/**
 * How often a spec does what is worth doing many times: `usual` in every run of the tests; `full` in `npm run soak`, which
 * takes hours. `SOAK=0.1 npm run spec -- PATH` does a tenth of that.
 */
export function times(usual: number, full: number): number {
  const share = process.env.SOAK
  if (share === undefined || share === '') return usual
  if (!(Number(share) > 0))
    throw new Error(`SOAK is a share of the full count, such as 0.1 or 1, and not "${share}"`)
  return Math.max(usual, Math.round(full * Number(share)))
}
