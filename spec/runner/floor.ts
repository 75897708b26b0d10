// Guards the number of tests: a spec file that is lost, renamed or no longer found would otherwise lower the total in
// silence. The floor is committed, so that lowering it shows in a review.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const FLOOR_FILE = 'spec/runner/floor.json'

export function readFloor(root: string): number {
  let tests: unknown
  try {
    tests = JSON.parse(readFileSync(join(root, FLOOR_FILE), 'utf8')).tests
  } catch (cause) {
    throw new Error(`${FLOOR_FILE} cannot be read: it must be {"tests": N}, N the least number of tests`, {
      cause,
    })
  }
  if (typeof tests !== 'number')
    throw new Error(`${FLOOR_FILE} must be {"tests": N}, N the least number of tests`)
  return tests
}

/** Why `total` is too low; undefined where it is not. */
export function belowFloor(total: number, floor: number): string | undefined {
  if (total >= floor) return undefined
  return (
    `floor: ${total} tests ran, and there must be at least ${floor}. Bring the lost tests back; ` +
    `where they were taken out on purpose, lower the number in ${FLOOR_FILE} in the same commit`
  )
}

/** A hint where `total` has outgrown the floor by more than 5 %: by then that many tests could be lost unseen. */
export function aboveFloor(total: number, floor: number): string | undefined {
  if (total <= floor * 1.05) return undefined
  return `floor: ${total} tests ran, and ${FLOOR_FILE} asks for ${floor}: it can be raised to ${total}`
}
