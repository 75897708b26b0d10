/** How long people wait for what they are to see, and for what they are not to see. */
import { setImmediate as turn } from 'node:timers/promises'

/**
 * Milliseconds. Less than what a test may take by default (5 seconds with vitest), so that the error is one that shows what
 * came instead.
 */
export const PATIENCE = 4000

/** Turns of the event loop in which a service has answered, if it awaits nothing from outside. */
const TURNS = 20

/** Resolves when a service has done everything that it can do at the moment. */
export async function allDone(): Promise<void> {
  for (let count = 0; count < TURNS; count += 1) await turn()
}
