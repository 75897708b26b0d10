/** People who use a service, as a test writes them: they type, and they see or don't. */

import { CONNECT_OPTIONS, CONNECT_SWITCHES } from '../connect/connect.js'
import { tap } from '../connect/connection.js'
import {
  type Connection,
  type ConnectOptions,
  type ConnectTarget,
  connect,
  type Found,
  type Pattern,
} from '../connect/index.js'
import { checkFunction, checkNames, checkText } from '../errors.js'
import { checkMilliseconds } from '../wait.js'
import { UnexpectedTextError } from './errors.js'
import { allDone, PATIENCE } from './patience.js'
import type { Transcript } from './transcript.js'

export interface PlayerOptions extends Omit<ConnectOptions, 'raw'> {
  /** Who this is, in a transcript and in errors; 'the client' unless said otherwise. */
  readonly name?: string | undefined
  /** Where what is typed and seen is written down. */
  readonly transcript?: Transcript | undefined
  /** Milliseconds that `sees` waits, by the system's clock; 4 seconds unless said otherwise. */
  readonly patience?: number | undefined
}

/**
 * Connects to a service: in memory, or to an address.
 *
 * ```ts
 * const ann = await connectTo(service, { name: 'ann' })
 * ann.type('look')
 * await ann.sees('You are in the lobby')
 * await ann.seesNothing()
 * ```
 *
 * @throws what `connect` throws; InvalidOptionError for options that there are not, or are none.
 */
export async function connectTo(target: ConnectTarget, options: PlayerOptions = {}): Promise<Player> {
  checkNames('connectTo()', options, ['name', 'transcript', 'patience', ...CONNECT_OPTIONS], CONNECT_SWITCHES)
  const { name = 'the client', transcript, patience = PATIENCE, ...rest } = options
  checkText('connectTo()', 'name', name)
  if (transcript !== undefined) checkFunction('connectTo()', 'saw of transcript', transcript?.saw)
  checkMilliseconds('connectTo()', 'patience', patience)
  return new Player(await connect(target, rest), { name, transcript, patience, target })
}

interface PlayerInit {
  readonly name: string
  readonly transcript: Transcript | undefined
  readonly patience: number
  /** Where the connection leads. */
  readonly target: object
}

export class Player {
  readonly name: string
  /** The connection itself, for all else. */
  readonly connection: Connection
  readonly #transcript: Transcript | undefined
  readonly #patience: number
  readonly #target: object
  #seen = ''

  /** Tests call `connectTo`. */
  constructor(connection: Connection, { name, transcript, patience, target }: PlayerInit) {
    this.name = name
    this.connection = connection
    this.#transcript = transcript
    this.#patience = patience
    this.#target = target
    tap(connection, (text) => {
      this.#seen += text
      transcript?.saw(name, text)
    })
  }

  /** Everything that has come so far, read or not; each line end as `\n`. */
  get seen(): string {
    return this.#seen
  }

  /** Types lines, each ended with Enter. */
  type(...lines: string[]): void {
    for (const line of lines) {
      this.#transcript?.typed(this.name, line)
      this.connection.write(line)
    }
  }

  /**
   * Waits until all of these have come, one after another: text, or regular expressions. Reads up to the end of the line
   * that the last one is in, if that line has come to its end, so that a prompt is read no further than it has come.
   *
   * @throws ExpectError that shows what came instead.
   */
  async sees(...what: [Pattern, ...Pattern[]]): Promise<Found> {
    // It refuses to expect nothing.
    if (what.length === 0) return this.connection.expect(what)
    let found: Found | undefined
    for (const pattern of what) found = await this.connection.expect(pattern, { timeout: this.#patience })
    const last = found as Found
    if (!last.text.endsWith('\n')) await this.connection.expect(REST_OF_LINE)
    return last
  }

  /**
   * Sees to it that nothing is there that was not read, once the service has done everything that it can do at the moment:
   * all that anybody has typed is handled. It does not wait for what takes time, such as a file or a timer: await that
   * first. Of a service that was connected to by an address nothing is known: await first what it says last.
   *
   * @throws UnexpectedTextError that shows what is there.
   */
  async seesNothing(): Promise<void> {
    await allDone(this.#target, this.#patience)
    const { text } = await this.connection.lookFor(EVERYTHING)
    // Blanks behind a prompt can't be seen.
    if (/[^ ]/.test(text)) throw new UnexpectedTextError(this.name, text)
  }

  /** Closes the connection. Resolves when it is closed. */
  leave(): Promise<void> {
    return this.connection.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave()
  }

  toString(): string {
    return this.name
  }
}

/** To the end of the line; nothing, where the line has not come to its end. */
const REST_OF_LINE = /^(?:[^\n]*\n)?/
const EVERYTHING = /^[\s\S]*$/
