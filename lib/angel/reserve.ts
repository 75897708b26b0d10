/**
 * File descriptors put by. An angel that has none left when its worker dies could not start another one; and since only
 * workers read, it would not even learn that clients leave and free some.
 */
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'

/** What starting a worker takes, for two workers at a time. */
const COUNT = 24

export class Reserve {
  readonly #descriptors: number[] = []

  /** Puts by as many as there are, up to what is needed. */
  fill(): void {
    try {
      while (this.#descriptors.length < COUNT) this.#descriptors.push(openSync(devNull, 'r'))
    } catch {
      // Others have them; the next time there may be more.
    }
  }

  /** Frees them for a moment. */
  spend<T>(use: () => T): T {
    this.release()
    try {
      return use()
    } finally {
      this.fill()
    }
  }

  release(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor)
  }
}
