/**
 * How `mara rooms` finds the worlds of a program that it loads. The command may come from another copy of this package
 * than the program's, and then they share no module: what they say to each other goes through the global object.
 */
import type { WorldPlan } from './plan.js'

export interface Planned {
  plan(): Promise<WorldPlan>
}

interface Shared {
  [key]?: Planned[] | undefined
}

const key = Symbol.for('mara-ts.rooms')

/** From now on each world that is made is added to the result. */
export function collectWorlds(): Planned[] {
  const worlds: Planned[] = []
  ;(globalThis as Shared)[key] = worlds
  return worlds
}

/** Said by a world as it is made. Nothing holds on to it unless somebody collects worlds. */
export function announceWorld(world: Planned): void {
  ;(globalThis as Shared)[key]?.push(world)
}
