/** When timers are due, as the edge keeps it over restarts and crashes. */
import type { DueTimes } from '../../timers/index.js'
import type { EdgePort } from '../edge-port.js'

const TIMER = 'timer:'

/** For `Timers.start`. @param kept what the worker before has left. */
export function keptDueTimes(
  edge: Pick<EdgePort, 'keep' | 'forget'>,
  kept: ReadonlyMap<string, string>,
): DueTimes {
  return {
    get: (key) => {
      const due = kept.get(TIMER + key)
      return due === undefined || due === 'ended' ? due : Number(due)
    },
    set: (key, due) => edge.keep(TIMER + key, String(due)),
    delete: (key) => edge.forget(TIMER + key),
  }
}
