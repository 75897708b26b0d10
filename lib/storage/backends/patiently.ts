/**
 * File work in a process that has hardly a descriptor left, as where a crowd of clients has all others. What is at work here
 * gives its own back in a moment, so whoever finds none waits for that: else of two who save at once one would fail.
 */
import { isOutOfDescriptors } from '../../transport/descriptors.js'

/** How many may have a descriptor at the moment. */
let working = 0
let waiting: (() => void)[] = []

/**
 * @param work is begun again where it found no descriptor: it must not have done anything by then.
 * @throws what `work` throws; that there is no descriptor only if nobody else here has one.
 */
export async function patiently<R>(work: () => Promise<R>): Promise<R> {
  for (;;) {
    working += 1
    try {
      const result = await work()
      release()
      return result
    } catch (error) {
      if (!isOutOfDescriptors(error) || working === 1) {
        release()
        throw error
      }
    }
    working -= 1
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
}

/** One has ended: those who wait try again. */
function release(): void {
  working -= 1
  const woken = waiting
  waiting = []
  for (const wake of woken) wake()
}
