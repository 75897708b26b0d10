/** Those who want to know of something that happens to stored objects. */
import { checkFunction } from '../errors.js'

export class Listeners<A extends unknown[]> {
  readonly #listeners = new Set<(...args: A) => void>()

  get empty(): boolean {
    return this.#listeners.size === 0
  }

  /** @returns a function that removes it. @throws InvalidOptionError for what is no function. */
  add(listener: (...args: A) => void): () => void {
    checkFunction('Stores', 'listener', listener)
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** What a listener throws must not turn a save that has succeeded into one that failed. */
  notify(...args: A): void {
    for (const listener of this.#listeners) {
      try {
        listener(...args)
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
  }
}
