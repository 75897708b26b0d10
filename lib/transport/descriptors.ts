/**
 * Warns before the process runs out of file descriptors.
 *
 * When a process has none left, libuv keeps its accept loop alive by closing new connections silently. So each time a
 * connection is accepted, this checks whether one more descriptor could be opened. If not, the connection is closed:
 * one descriptor stays free, every peer is told why, and the operator is warned.
 */
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import type { Clock } from '../clock.js'

/** How often to look whether descriptors are free again, in milliseconds. */
const LOOK_AGAIN = 1_000

/** Codes for "too many open files": the process's own limit, and the system's. */
export function isOutOfDescriptors(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EMFILE' || code === 'ENFILE'
}

/** Whether so many more file descriptors can be opened. */
export function descriptorsLeft(count: number): boolean {
  const opened: number[] = []
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'))
    return true
  } catch (error) {
    return !isOutOfDescriptors(error)
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}

/** Says once when descriptors run out, waits, and says once when there are some again. */
export class DescriptorWatch {
  readonly #clock: Clock
  readonly #warn: (message: string) => void
  readonly #left: (count: number) => boolean
  #out = false

  constructor(clock: Clock, warn: (message: string) => void, left = descriptorsLeft) {
    this.#clock = clock
    this.#warn = warn
    this.#left = left
  }

  /** Whether a connection that has just been accepted can be kept. */
  check(): boolean {
    if (this.#left(1)) return true
    if (this.#out) return false
    this.#out = true
    this.#warn(
      'Out of file descriptors: new connections are turned away until some are free. ' +
        'Raise the limit (ulimit -n), or lower maxConnections below it.',
    )
    this.#lookAgain()
    return false
  }

  #lookAgain(): void {
    const look = (): void => {
      // Two: with one, the next connection would be turned away again.
      if (!this.#left(2)) {
        this.#lookAgain()
        return
      }
      this.#out = false
      this.#warn('File descriptors are free again: new connections are accepted.')
    }
    this.#clock.setTimeout(look, LOOK_AGAIN, { keepAlive: false })
  }
}
