/** Puts the conformance checks of a back end into a uvu suite. */
import type { Test } from 'uvu'
import { type ConformanceOptions, storageConformance } from '../../../lib/storage/testing/index.js'

export function addConformance(test: Test, options: ConformanceOptions): void {
  for (const { name, run } of storageConformance(options)) test(name, run)
}
