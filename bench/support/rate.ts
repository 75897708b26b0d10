/** How many a second of what `count` counts, over `ms` milliseconds, after a quarter of that to warm up. */
export async function rateOver(ms: number, count: () => number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, ms / 4))
  const before = count()
  const from = performance.now()
  await new Promise((resolve) => setTimeout(resolve, ms))
  return (count() - before) / ((performance.now() - from) / 1_000)
}
