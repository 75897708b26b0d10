/**
 * Connections that have been accepted and are no clients yet: they shake hands, or ask for a page. Only so many may be,
 * each only for so long; beyond that the oldest goes, since an honest peer needs a moment, and one that only means to fill
 * the place stays as long as it may.
 */
import type { Duplex } from 'node:stream'
import type { Alarm, Clock } from '../clock.js'

export interface PendingLimits {
  readonly max: number
  /** Milliseconds, from first to last: bytes that trickle in win no more time. */
  readonly timeout: number
  readonly clock: Clock
}

interface Entry {
  readonly duplex: Duplex
  readonly alarm: Alarm
}

export class Pending {
  readonly #limits: PendingLimits
  /** The oldest first. */
  readonly #entries = new Map<unknown, Entry>()

  constructor(limits: PendingLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#entries.size
  }

  /** @param key by which `done` will know it, where that has another object for the connection. */
  add(duplex: Duplex, key: unknown = duplex): void {
    const { max, timeout, clock } = this.#limits
    if (this.#entries.size >= max) {
      const [oldest] = this.#entries.keys()
      this.#drop(oldest)
    }
    const alarm = clock.setTimeout(() => this.#drop(key), timeout, { keepAlive: false })
    const entry: Entry = { duplex, alarm }
    this.#entries.set(key, entry)
    duplex.once('close', () => {
      if (this.#entries.get(key) === entry) this.done(key)
    })
  }

  /** The connection is what it was to become: no limit holds for it here any more. */
  done(key: unknown): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#limits.clock.clearTimeout(entry.alarm)
    this.#entries.delete(key)
  }

  /** Closes all of them. */
  close(): void {
    for (const key of [...this.#entries.keys()]) this.#drop(key)
  }

  #drop(key: unknown): void {
    const entry = this.#entries.get(key)
    this.done(key)
    entry?.duplex.destroy()
  }
}
