/**
 * A client: an async iterable of lines that can be written to. This is what handlers hold.
 */
import type { Duplex } from 'node:stream'
import {
  type Encoding,
  type Telnet,
  type TelnetEvent,
  type Terminal,
  TerminalFacts,
} from '../telnet/index.js'
import { inWords } from '../text/duration.js'
import { isStyled } from '../text/styles/index.js'
import type { WaitOptions } from '../wait.js'
import { Channel, type ChannelOwner, type ChannelSettings } from './channel.js'
import { ClientDisconnectedError } from './errors.js'
import {
  encode,
  format,
  formatStyled,
  type Line,
  type Screen,
  takeOptions,
  type WriteArguments,
} from './format.js'
import type { ClientLimit } from './limits.js'
import type { ChannelSnapshot, ClientSnapshot } from './snapshot.js'

/** A client whatever its state, and whatever it sends. */
export type AnyClient = Client<unknown, string | Uint8Array>

/** What a client is made of; programs get theirs from a service or from `connect`. */
export interface ClientInit {
  /** Unique in the service. */
  readonly id: number
  readonly duplex: Duplex
  readonly settings: ChannelSettings
  readonly remoteAddress?: string | undefined
  readonly state?: unknown
  /** Whom to restore: see `restore`. */
  readonly saved?: ClientSnapshot | undefined
  /** Called when a limit is met. */
  readonly onLimit?: ((client: AnyClient, limit: ClientLimit) => void) | undefined
  /** Called for whatever the peer says in telnet. */
  readonly onTelnet?: ((client: AnyClient, event: TelnetEvent) => void) | undefined
}

/**
 * @typeParam State the program's own data about a client.
 * @typeParam Data what it sends: lines of text, or in raw mode chunks of bytes.
 */
export class Client<State = unknown, Data extends string | Uint8Array = string>
  implements AsyncIterable<Data>
{
  /** Unique in the service, and kept over a restart. */
  readonly id: number
  /** The peer's address; undefined where the transport has none (a Unix socket, a pipe in memory). */
  readonly remoteAddress: string | undefined
  readonly connectedAt: Date
  /** The program's own data; it outlives a restart, so keep plain data in it (contract rule 16). */
  state: State
  readonly #channel: Channel<Data>
  readonly #onLimit: ClientInit['onLimit']
  readonly #onTelnet: ClientInit['onTelnet']
  #abort: AbortController | undefined

  constructor(init: ClientInit) {
    this.id = init.id
    this.remoteAddress = init.remoteAddress
    this.connectedAt = new Date(init.saved?.connectedAt ?? init.settings.clock.now())
    this.state = (init.state ?? {}) as State
    this.#onLimit = init.onLimit
    this.#onTelnet = init.onTelnet
    const owner: ChannelOwner = {
      limitExceeded: (limit) => this.#onLimit?.(this, limit),
      telnetEvent: (event) => this.#onTelnet?.(this, event),
      ended: () => this.#abort?.abort(new ClientDisconnectedError(String(this))),
      toString: () => this.toString(),
    }
    this.#channel = new Channel(init.duplex, init.settings, owner, init.saved === undefined)
  }

  /** Milliseconds since the client last sent anything; since it connected, where it never has. */
  get idle(): number {
    return this.#channel.clock.now() - this.#channel.lastInput
  }

  /** The same in words: '3 minutes'. */
  get idleInWords(): string {
    return inWords(this.idle)
  }

  /** Aborts when the client has gone and all its lines are read: for whatever a handler does meanwhile (rule 12). */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController()
      if (this.#channel.inbox.finished) this.#abort.abort(new ClientDisconnectedError(String(this)))
    }
    return this.#abort.signal
  }

  /** Whether anything can still be sent; false once the client has gone, or `close` was called. */
  get connected(): boolean {
    return this.#channel.open
  }

  /** Resolves when the connection is closed, whoever closed it. */
  get closed(): Promise<void> {
    return this.#channel.whenClosed
  }

  /** Whether it sends and gets chunks of bytes in place of lines. */
  get raw(): boolean {
    return this.#channel.settings.raw
  }

  /** Lines received that nobody has read yet. */
  get unread(): number {
    return this.#channel.inbox.unread
  }

  /**
   * The next line; in raw mode the next chunk. Several waits are served first come, first served, and the `Receive`
   * event only gets what nobody waits for (contract rule 10).
   *
   * @throws ClientDisconnectedError when the client has gone and all its lines are read.
   * @throws TimeoutError after `timeout` milliseconds; no line is lost by it.
   * @throws the signal's reason when `signal` aborts; no line is lost by it.
   */
  nextLine(options?: WaitOptions): Promise<Data> {
    return this.#channel.inbox.next(options)
  }

  /**
   * Lines until the client has gone. Leaving the loop early neither closes the connection nor loses a line (rule 11).
   */
  [Symbol.asyncIterator](): AsyncIterator<Data, undefined, undefined> {
    return {
      next: async () => {
        try {
          return { done: false, value: await this.nextLine() }
        } catch (error) {
          if (error instanceof ClientDisconnectedError) return { done: true, value: undefined }
          throw error
        }
      },
    }
  }

  /**
   * Sends lines, each ended with CR LF unless `{ newline: false }` comes last; in raw mode, and for bytes, nothing is
   * added. What one turn writes leaves as one socket write. Writing to a client that has gone does nothing.
   */
  write(...args: WriteArguments): void {
    const [line] = args
    if (args.length === 1 && typeof line === 'string') {
      this.#writeText(this.raw ? line : format(line, true))
      return
    }
    const { lines, options } = takeOptions(args)
    for (const line of lines) this.#writeLine(line, (options?.newline ?? true) && !this.raw)
  }

  /** Writes a prompt: no CR LF after it, but the mark by which telnet clients know prompts, where it is agreed. */
  prompt(message: Exclude<Line, Uint8Array>): void {
    this.#writeLine(message, false)
    const mark = this.#channel.protocol?.telnet?.endOfPrompt()
    if (mark !== undefined) this.send(mark)
  }

  /**
   * Shows a prompt and gives the next line, without the blanks around it. `mara-ts/prompts` has those that check the
   * answer and ask again.
   *
   * @throws as `nextLine` does.
   */
  async ask(
    this: Client<State, string>,
    message: Exclude<Line, Uint8Array>,
    options?: WaitOptions,
  ): Promise<string> {
    this.prompt(message)
    return (await this.nextLine(options)).trim()
  }

  #writeLine(line: Line, newline: boolean): void {
    if (line instanceof Uint8Array) {
      // A copy: bytes leave later than this call, and the program may use them again before that.
      this.send(new Uint8Array(this.escape(line)))
    } else if (isStyled(line)) {
      this.needTerminal()
      this.#writeText(formatStyled(line, newline, this.screen))
    } else {
      this.#writeText(this.raw ? line : format(line, newline))
    }
  }

  #writeText(text: string): void {
    const { encoding } = this
    this.send(encoding === 'utf-8' ? text : this.escape(encode(text, encoding)))
  }

  // --- The terminal

  /**
   * What is known of the peer's terminal. It begins with nothing and is filled in as the peer tells more; reading it is
   * what makes the service ask, so nothing ever waits for it.
   */
  get terminal(): Terminal {
    this.needTerminal()
    return this.#channel.protocol?.telnet?.terminal ?? UNKNOWN
  }

  /**
   * Keeps what the user types from being shown, until `showInput`: for secrets. In stream order with what is written.
   *
   * @returns true where the peer is known to do so, false where it can't (a plain netcat, a refusal), undefined where
   * it has not said yet.
   */
  hideInput(): boolean | undefined {
    const { telnet } = this.#channel.protocol ?? {}
    return telnet === undefined ? false : telnet.hideInput()
  }

  /** Ends `hideInput`. */
  showInput(): void {
    this.#channel.protocol?.telnet?.showInput()
  }

  /** Speaks telnet of the program's own: options that it brought to the service. Undefined where telnet is off. */
  get telnet(): Telnet | undefined {
    return this.#channel.protocol?.telnet
  }

  /** How text goes out and comes in. @internal */
  get encoding(): Encoding {
    return this.#channel.protocol?.telnet?.encoding ?? 'utf-8'
  }

  /** @internal */
  get screen(): Screen {
    const terminal = this.#channel.protocol?.telnet?.terminal ?? UNKNOWN
    return { depth: terminal.colours, columns: terminal.columns }
  }

  /** Everything on which the bytes of a styled line depend. @internal */
  get screenKey(): string {
    const { depth, columns } = this.screen
    return `${this.raw} ${this.encoding} ${depth} ${columns}`
  }

  /** @internal */
  needTerminal(): void {
    this.#channel.protocol?.needTerminal()
  }

  /** Bytes as they go out, where telnet gives 0xFF a meaning. @internal */
  escape(bytes: Uint8Array): Uint8Array {
    return this.#channel.protocol?.telnet?.escape(bytes) ?? bytes
  }

  /** Sends what has been made ready for the wire already: a broadcast encodes its lines once for all. @internal */
  send(data: string | Uint8Array): void {
    if (this.#channel.open) this.#channel.outbox.write(data)
  }

  /**
   * Waits until everything written so far has left the process.
   *
   * @throws ClientDisconnectedError when it never will.
   */
  flush(): Promise<void> {
    return this.#channel.outbox.flushed()
  }

  /** Closes after what was written is flushed; lines not yet read are dropped. Resolves when it is closed. */
  close(): Promise<void> {
    this.#channel.close()
    return this.#channel.whenClosed
  }

  /** Closes at once; unsent output is dropped. */
  destroy(): void {
    this.#channel.destroy()
  }

  /** The client's inbox, for the session that works on it; programs use `nextLine`. @internal */
  get inbox(): Channel<Data>['inbox'] {
    return this.#channel.inbox
  }

  // --- To another process

  /** Goes on where another process has stopped. @internal */
  restore(saved: ClientSnapshot): void {
    this.#channel.restore(saved)
  }

  /** Begins to read from a socket that came paused. @internal */
  startReading(): void {
    this.#channel.startReading()
  }

  /** A handler of another process was cut short while it waited for a line, perhaps behind a prompt. @internal */
  interrupted(): void {
    this.showInput()
    if (!this.raw) this.write('')
  }

  /** Stops reading, and gives out no more lines. @internal */
  freeze(): void {
    this.#channel.freeze()
  }

  /** What is to outlive a crash. @internal */
  snapshot(): ClientSnapshot {
    return this.#withFacts(this.#channel.snapshot())
  }

  /** Everything, once it is frozen. Nothing may be sent after this. @internal */
  save(): ClientSnapshot {
    return this.#withFacts(this.#channel.save())
  }

  #withFacts(saved: ChannelSnapshot): ClientSnapshot {
    const { id, connectedAt, raw } = this
    return Object.assign(saved, { id, connectedAt: connectedAt.getTime(), raw })
  }

  /** Another process goes on with it: nobody here is told of an end. @internal */
  abandon(): void {
    this.#channel.abandon()
  }

  toString(): string {
    return `Client #${this.id}${this.remoteAddress === undefined ? '' : ` (${this.remoteAddress})`}`
  }
}

/** The terminal of whoever can't tell. */
const UNKNOWN: Terminal = new TerminalFacts()
