/**
 * What has arrived and has not been read, as text, and whoever waits for more of it.
 *
 * Waits are served first come, first served, lines and expectations alike: each takes its part of one stream of text. A
 * wait that fails takes nothing.
 */
import type { Clock } from '../clock.js'
import { checkMilliseconds, checkSignal, checkWaitOptions, quietly, type WaitOptions } from '../wait.js'

/** Characters that are kept for whoever reads. Beyond that nothing more is read from the socket. */
export const MAX_RECEIVED = 256 * 1024

/** What a wait looks for. */
export interface Wanted<T> {
  /**
   * Looks at what has arrived.
   *
   * @param ended no more will come.
   * @returns the result and how many characters it takes; undefined where it is not there yet.
   */
  take(text: string, ended: boolean): { readonly value: T; readonly length: number } | undefined
  /** What the wait ends in otherwise. @param waited milliseconds. */
  failed(failure: 'timeout' | 'end' | 'too-much', waited: number): Error
}

interface Wait {
  /** Whether the wait is over. */
  serve(): boolean
}

export class Received {
  readonly #clock: Clock
  #text = ''
  #before = ''
  /** How many of the characters that were read last are kept, for errors that must not show the rest of a secret. */
  kept = 0
  #ended = false
  readonly #waits: Wait[] = []
  #wake: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What has arrived and has not been read. */
  get text(): string {
    return this.#text
  }

  /** The end of what was read, as far as it is kept. */
  get before(): string {
    return this.#before
  }

  add(text: string): void {
    this.#text += text
    this.#serve()
  }

  /** No more will come. */
  end(): void {
    this.#ended = true
    this.#serve()
  }

  /** Drops what has not been read. */
  clear(): void {
    this.#drop(this.#text.length)
    this.#serve()
  }

  /** Resolves when there is room for more. */
  get room(): Promise<void> | undefined {
    if (this.#text.length < MAX_RECEIVED || this.#ended) return undefined
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /**
   * @throws what `wanted` fails with, or the signal's reason.
   * @throws InvalidOptionError for a timeout or a signal that is none.
   */
  wait<T>(where: string, wanted: Wanted<T>, options: WaitOptions = {}): Promise<T> {
    return quietly(
      new Promise<T>((resolve, reject) => {
        checkWaitOptions(where, options)
        const { signal, timeout = Infinity } = options ?? {}
        checkMilliseconds(where, 'timeout', timeout)
        if (signal !== undefined) checkSignal(where, signal)
        signal?.throwIfAborted()
        const began = this.#clock.now()
        const fail = (failure: Parameters<Wanted<T>['failed']>[0]): void => {
          end()
          reject(wanted.failed(failure, this.#clock.now() - began))
        }
        const wait: Wait = {
          serve: () => {
            const taken = wanted.take(this.#text, this.#ended)
            if (taken !== undefined) {
              end()
              this.#drop(taken.length)
              resolve(taken.value)
            } else if (this.#ended) fail('end')
            else if (this.#text.length >= MAX_RECEIVED) fail('too-much')
            else return false
            return true
          },
        }
        const giveUp = (tell: () => void): void => {
          const isFirst = this.#waits[0] === wait
          tell()
          // What it did not want may be what the next one waits for.
          if (isFirst) this.#serve()
        }
        const onAbort = (): void =>
          giveUp(() => {
            end()
            reject(signal?.reason)
          })
        const alarm = this.#clock.setTimeout(() => giveUp(() => fail('timeout')), timeout)
        const end = (): void => {
          this.#clock.clearTimeout(alarm)
          signal?.removeEventListener('abort', onAbort)
          const at = this.#waits.indexOf(wait)
          if (at !== -1) this.#waits.splice(at, 1)
        }
        signal?.addEventListener('abort', onAbort, { once: true })
        this.#waits.push(wait)
        if (this.#waits.length === 1) this.#serve()
      }),
    )
  }

  #drop(length: number): void {
    if (this.kept > 0) this.#before = (this.#before + this.#text.slice(0, length)).slice(-this.kept)
    this.#text = this.#text.slice(length)
  }

  #serve(): void {
    while (this.#waits[0]?.serve()) {
      // The next one may want what is left.
    }
    if (this.#wake === undefined || (this.#text.length >= MAX_RECEIVED && !this.#ended)) return
    this.#wake()
    this.#wake = undefined
  }
}
