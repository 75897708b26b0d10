import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How many a second of what `count` counts, over `ms` milliseconds, after `warmUp` milliseconds. It measures until at
 * least one was counted: a rate of nothing would make each ratio to it infinite.
 *
 * @param patience milliseconds without any after which it gives up, with an error.
 */
export async function rateOver(
  ms: number,
  count: () => number,
  warmUp = ms / 4,
  patience = 60_000,
): Promise<number> {
  await sleep(warmUp)
  const before = count()
  const from = performance.now()
  for (;;) {
    await sleep(ms)
    const took = performance.now() - from
    if (count() > before) return (count() - before) / (took / 1_000)
    if (took > patience) throw new Error(`Nothing is answered for ${patience / 1_000} s.`)
  }
}
