/** How many a second of what `count` counts, over `ms` milliseconds, after `warmUp` milliseconds. */
export async function rateOver(ms: number, count: () => number, warmUp = ms / 4): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, warmUp))
  const before = count()
  const from = performance.now()
  await new Promise((resolve) => setTimeout(resolve, ms))
  return (count() - before) / ((performance.now() - from) / 1_000)
}
