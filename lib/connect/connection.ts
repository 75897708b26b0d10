/** A service as its clients see it: text that arrives, which can be read by line or by what is expected in it. */
import type { Client } from '../client/client.js'
import { ClientDisconnectedError } from '../client/errors.js'
import { takeOptions, type WriteArguments } from '../client/format.js'
import type { Clock } from '../clock.js'
import { InvalidOptionError, TimeoutError } from '../errors.js'
import type { TelnetSettings } from '../telnet/index.js'
import { escapeJson } from '../text/escape.js'
import { quietly, type WaitOptions } from '../wait.js'
import { ExpectError } from './errors.js'
import { LineIterator } from './line-iterator.js'
import { type LoginOptions, login } from './login.js'
import { type Found, type Pattern, Patterns } from './pattern.js'
import { Received } from './received.js'
import { Transcoder } from './transcoder.js'
import { SHOWN, secretsOf, withoutSecrets } from './visible.js'

export interface ConnectionInit {
  /** Where it leads, for messages. */
  readonly where: string
  /** The connection as bytes. */
  readonly client: Client<unknown, Uint8Array>
  readonly raw: boolean
  readonly sanitize: boolean
  readonly clock: Clock
  /** Undefined where telnet is off. */
  readonly telnet: TelnetSettings | undefined
}

/** Has each text that arrives told as it arrives: for recorders, and not for programs. */
export let tap: (connection: Connection, listener: (text: string) => void) => void

/** Drops what has arrived and was not read: for load generators, whose questions are not answered before they are asked. */
export let discard: (connection: Connection) => void

/** Milliseconds that `expect` waits unless said otherwise. */
const EXPECT_TIMEOUT = 10_000

/**
 * A connection to a service, which `connect` made. When the service ends it, it is closed from this side, too; what has
 * come before can still be read.
 *
 * ```ts
 * const peer = await connect({ port: 9000 })
 * await peer.expect('Name: ')
 * peer.write('ann')
 * for await (const line of peer) console.log(line)
 * ```
 */
export class Connection<Data extends string | Uint8Array = string> implements AsyncIterable<Data> {
  static {
    tap = (connection, listener) => {
      connection.#listener = listener
    }
    discard = (connection) => connection.#received.clear()
  }

  readonly #client: Client<unknown, Uint8Array>
  readonly #where: string
  readonly #raw: boolean
  readonly #clock: Clock
  readonly #received: Received
  readonly #text: Transcoder
  readonly #secrets = new Set<string>()
  #listener: ((text: string) => void) | undefined
  /** What arrives now is for nobody. */
  #closed = false

  /** Programs call `connect`. */
  constructor({ where, client, raw, sanitize, clock, telnet }: ConnectionInit) {
    this.#where = where
    this.#client = client
    this.#raw = raw
    this.#clock = clock
    this.#received = new Received(clock)
    this.#text = new Transcoder(telnet, sanitize, (bytes) => client.write(bytes))
    if (!raw) void this.#read()
  }

  /** Whether anything can still be sent. */
  get connected(): boolean {
    return this.#client.connected
  }

  /** Resolves when the connection is closed, whoever closed it. */
  get closed(): Promise<void> {
    return this.#client.closed
  }

  /** Whether TLS is spoken. */
  get secure(): boolean {
    return this.#client.secure
  }

  /** The other end's address; undefined where there is none (a Unix socket, a pipe in memory). */
  get remoteAddress(): string | undefined {
    return this.#client.remoteAddress
  }

  /** Milliseconds since the other end last sent anything. */
  get idle(): number {
    return this.#client.idle
  }

  // --- Reading

  /**
   * The next line; in raw mode the next chunk. Several waits, those of `expect` included, are served first come, first
   * served. Text that is left when the connection ends is a line, too.
   *
   * @throws ClientDisconnectedError when the connection has ended and everything is read.
   * @throws TimeoutError, or the signal's reason; no line is lost by it.
   * @throws ExpectError when too much has come without a line end.
   */
  nextLine(options?: WaitOptions): Promise<Data> {
    const next = this.#raw ? this.#client.nextLine(options) : this.#nextLine(options)
    return next as Promise<Data>
  }

  #nextLine(options: WaitOptions = {}): Promise<string> {
    return this.#received.wait(
      'nextLine()',
      {
        take: (text, ended) => {
          const end = text.indexOf('\n')
          if (end !== -1) return { value: text.slice(0, end), length: end + 1 }
          return ended && text !== '' ? { value: text, length: text.length } : undefined
        },
        failed: (failure, waited) => {
          if (failure === 'end') return new ClientDisconnectedError(this)
          if (failure === 'too-much') return this.#expectError(['a line'], failure, waited)
          return new TimeoutError(`Waiting for a line of ${this}${this.#begun()}`, options.timeout ?? waited)
        },
      },
      options,
    )
  }

  /**
   * Reads up to a text or a match of a regular expression, which need not end a line: for prompts. Of several
   * alternatives, the one that comes first in the text is taken. Line ends are `\n`, however they came.
   *
   * A regular expression is tried whenever something arrives, so let it ask for the end of what it means: `/\d+\n/`.
   *
   * @param options.timeout 10 seconds unless said otherwise.
   * @throws ExpectError that shows what arrived instead; nothing is read then. Or the signal's reason.
   */
  expect(
    this: Connection<string>,
    what: Pattern | readonly Pattern[],
    options: WaitOptions = {},
  ): Promise<Found> {
    return this.#find(what, options, true)
  }

  /** Like `expect`, but leaves everything to be read. */
  lookFor(
    this: Connection<string>,
    what: Pattern | readonly Pattern[],
    options: WaitOptions = {},
  ): Promise<Found> {
    return this.#find(what, options, false)
  }

  #find(what: Pattern | readonly Pattern[], options: WaitOptions, takes: boolean): Promise<Found> {
    if (this.#raw) {
      const expected = 'false: expect(), lookFor() and login() read text'
      return quietly(Promise.reject(new InvalidOptionError('connect()', 'raw', true, expected)))
    }
    const patterns = new Patterns(what)
    return this.#received.wait(
      'expect()',
      {
        take: (text) => {
          const found = patterns.find(text)
          if (found === undefined) return undefined
          return { value: found, length: takes ? found.before.length + found.text.length : 0 }
        },
        failed: (failure, waited) => this.#expectError(patterns.describe(), failure, waited),
      },
      { ...options, timeout: options.timeout ?? EXPECT_TIMEOUT },
    )
  }

  /**
   * Waits for the questions for a name and a password, and answers them.
   *
   * @throws LoginError when it is refused; ExpectError when something else comes, or nothing. Neither shows the password.
   */
  login(this: Connection<string>, options: LoginOptions): Promise<void> {
    return quietly(login(this, options, this.#clock, (text) => withoutSecrets(text, this.#secrets)))
  }

  /** Lines until the connection ends. Leaving the loop early neither closes it nor loses a line. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Data, undefined, undefined> {
    if (this.#raw) return this.#client[Symbol.asyncIterator]() as AsyncIterableIterator<Data, undefined>
    return new LineIterator((signal) => this.nextLine({ signal }))
  }

  // --- Writing

  /**
   * Sends lines, each ended with CR LF unless `{ newline: false }` comes last. In raw mode nothing is added. What the other
   * end has not taken yet waits in memory: await `flush()` where that may be much.
   */
  write(...args: WriteArguments): void {
    if (this.#raw) {
      this.#client.write(...args)
      return
    }
    const { lines, options } = takeOptions(args)
    for (const line of lines) this.#client.write(this.#text.write(line, options?.newline ?? true))
  }

  /**
   * Writes a line that no error of this connection will show, nor will any error show it where it is sent back, whole or cut
   * off after its fourth character or later.
   */
  writeSecret(line: string): void {
    for (const secret of secretsOf(String(line))) {
      this.#secrets.add(secret)
      this.#received.kept = Math.max(this.#received.kept, secret.length)
    }
    this.write(line)
  }

  /**
   * Waits until everything written so far has left the process.
   *
   * @throws ClientDisconnectedError when it never will.
   */
  flush(): Promise<void> {
    return this.#client.flush()
  }

  /** Closes after what was written is flushed; what is not read yet is dropped. Resolves when it is closed. */
  close(): Promise<void> {
    this.#closed = true
    this.#received.clear()
    return this.#client.close()
  }

  /** Closes at once. */
  destroy(): void {
    this.#client.destroy()
  }

  /** Closes it: `await using peer = await connect(...)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  toString(): string {
    return this.#where
  }

  // --- What arrives

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.#client) {
        this.#add(this.#text.read(chunk))
        const { room } = this.#received
        if (room !== undefined) await room
      }
    } finally {
      this.#add(this.#text.end())
      this.#received.end()
    }
  }

  #add(text: string): void {
    if (text === '' || this.#closed) return
    this.#listener?.(text)
    this.#received.add(text)
  }

  // --- Errors

  /** What can be read, without secrets. */
  get #unread(): string {
    return withoutSecrets(this.#received.text, this.#secrets, this.#received.before)
  }

  /** What has come of a line that is not complete. */
  #begun(): string {
    // Whole secrets first: a cut could leave half of one.
    const text = this.#unread.slice(-SHOWN)
    return text === '' ? '' : ` (so far without a line end: ${escapeJson(JSON.stringify(text))})`
  }

  #expectError(expected: readonly string[], failure: ExpectError['failure'], waited: number): ExpectError {
    return new ExpectError({
      failure,
      expected: expected.map((text) => withoutSecrets(text, this.#secrets)),
      where: this.#where,
      received: this.#unread,
      waited,
    })
  }
}
