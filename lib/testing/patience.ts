/** How long people wait for what they are to see, and for what they are not to see. */
import { setImmediate as turn } from 'node:timers/promises'
import { systemClock } from '../clock.js'
import type { ServiceStats } from '../observability/stats.js'

/**
 * Milliseconds. Less than what a test may take by default (5 seconds with vitest), so that the error is one that shows what
 * came instead.
 */
export const PATIENCE = 4000

/** Turns of the event loop in which something happens at a service that has something to do, and awaits nothing else. */
const TURNS = 20

/**
 * Resolves when a service has done everything that it can do at the moment: for so many turns nothing was read, handled or
 * written. Where it leads to an address this can't be known, and so many turns have to do.
 *
 * @param patience milliseconds for a service that never comes to rest.
 */
export async function allDone(target: object, patience: number): Promise<void> {
  const latest = systemClock.now() + patience
  let before = progressOf(target)
  let quiet = 0
  for (let count = 0; quiet < TURNS && (count < TURNS || systemClock.now() < latest); count += 1) {
    await turn()
    const now = progressOf(target)
    quiet = now === before ? quiet + 1 : 0
    before = now
  }
}

/** Changes whenever the service does something; undefined for an address. */
function progressOf(target: { stats?: () => ServiceStats }): string | undefined {
  if (typeof target.stats !== 'function') return undefined
  const { input, output, queues, handlers, events } = target.stats()
  return JSON.stringify([input, output, queues, handlers, events])
}
