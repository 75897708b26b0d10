import type { Clock } from 'mara-ts'
import { systemClock } from '../../lib/clock.js'

/** The system's clock, which knows which alarms are set. */
export class CountingClock implements Clock {
  /** Those that are set, and their length in milliseconds. */
  readonly #set = new Map<unknown, { readonly ms: number; readonly keepAlive: boolean }>()
  readonly now = systemClock.now

  setTimeout(fn: () => void, ms: number, options?: { keepAlive?: boolean }): unknown {
    const ring = (): void => {
      this.#set.delete(alarm)
      fn()
    }
    const alarm = systemClock.setTimeout(ring, ms, options)
    this.#set.set(alarm, { ms, keepAlive: options?.keepAlive ?? true })
    return alarm
  }

  clearTimeout(alarm: unknown): void {
    this.#set.delete(alarm)
    systemClock.clearTimeout(alarm)
  }

  /** How many are set. */
  get pending(): number {
    return this.#set.size
  }

  /** The lengths of those that keep the process running. */
  get keeping(): number[] {
    return [...this.#set.values()].filter(({ keepAlive }) => keepAlive).map(({ ms }) => ms)
  }
}
