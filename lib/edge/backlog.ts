/**
 * What a worker has sent and its edge has not taken yet.
 *
 * The edge says that a peer does not read once it gets what is for that peer. Until then, whoever asks for long answers without
 * end would be given all of them, and everybody else's answers, and the signs of life, would stand behind these.
 */
import type { Duplex } from 'node:stream'

/** With so many bytes on their way, nobody is served until they have left. */
export const MAX_BACKLOG = 4 * 1024 * 1024

export class Backlog {
  readonly #pipe: Duplex
  #relief: Promise<void> | undefined

  constructor(pipe: Duplex) {
    this.#pipe = pipe
  }

  /** @returns a promise, where nobody is to be served before it resolves: everything has left, or nothing ever will. */
  relief(): Promise<void> | undefined {
    const pipe = this.#pipe
    if (pipe.writableLength < MAX_BACKLOG || pipe.destroyed) return undefined
    this.#relief ??= new Promise((resolve) => {
      const done = (): void => {
        pipe.off('drain', done).off('close', done)
        this.#relief = undefined
        resolve()
      }
      pipe.on('drain', done).on('close', done)
    })
    return this.#relief
  }
}
