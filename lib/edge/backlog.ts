/**
 * What a worker has sent and its edge has not taken yet.
 *
 * The edge says that a peer does not read once it gets what is for that peer. Until then, whoever asks for long answers without
 * end would be given all of them, and everybody else's answers, and the signs of life, would stand behind these.
 */
import type { Duplex } from 'node:stream'

/** With so many bytes on their way, nobody is served until these have left. */
export const MAX_BACKLOG = 4 * 1024 * 1024

export class Backlog {
  readonly #pipe: Duplex
  #relief: Promise<void> | undefined

  constructor(pipe: Duplex) {
    this.#pipe = pipe
  }

  /**
   * @returns a promise, where nobody is to be served before it resolves: all that is on its way now has left, or never will.
   * What is written meanwhile is not waited for: handlers that `flush` go on writing, and everybody else would wait for ever.
   */
  relief(): Promise<void> | undefined {
    const pipe = this.#pipe
    if (pipe.writableLength < MAX_BACKLOG || !pipe.writable) return undefined
    this.#relief ??= new Promise((resolve) => {
      const done = (): void => {
        pipe.off('close', done)
        this.#relief = undefined
        resolve()
      }
      pipe.on('close', done)
      // Comes behind all that is on its way.
      pipe.write('', done)
    })
    return this.#relief
  }
}
