/** When a worker counts as blocked: it has given no sign of life for so many ticks in a row, where it gives one with each. */
import { BEATS } from '../edge/frames.js'
import type { Heartbeat } from './supervisor-state.js'

export function heard(heartbeat: Heartbeat, at: number): void {
  heartbeat.silentTicks = 0
  heartbeat.heardAt = at
}

/** A tick has passed. @returns whether the limit is reached. */
export function tick(heartbeat: Heartbeat): boolean {
  heartbeat.silentTicks += 1
  // One tick more than the limit has: the first may have come right after a sign.
  return heartbeat.silentTicks > BEATS
}
