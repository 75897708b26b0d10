/**
 * What a service counts of its clients. Plain numbers, added to where the work is done anyway: a chunk, a write, a limit.
 * So counting needs no switch.
 */
import { defaultLimits, type LimitName } from '../limits.js'

/** What all connections count together. */
export interface Traffic {
  bytesIn: number
  linesIn: number
  bytesOut: number
  linesOut: number
}

export class Counters implements Traffic {
  bytesIn = 0
  linesIn = 0
  bytesOut = 0
  linesOut = 0
  accepted = 0
  restored = 0
  refused = 0
  readonly limits: Record<LimitName, number>

  constructor() {
    const names = Object.keys(defaultLimits) as LimitName[]
    this.limits = Object.fromEntries(names.map((name) => [name, 0])) as Record<LimitName, number>
  }
}
