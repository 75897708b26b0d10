/**
 * A client: an async iterable of lines that can be written to. This is what handlers hold; what a program must not touch
 * is its channel (`channelOf`).
 */
import { unlessSilenced } from '../conversation/context.js'
import { InvalidOptionError } from '../errors.js'
import type { ClientLimit } from '../limits.js'
import type { Telnet, TelnetEvent, Terminal } from '../telnet/index.js'
import { isStyled } from '../text/styles/index.js'
import { durationInWords } from '../text/words.js'
import type { Server } from '../transport/server.js'
import { checkWaitOptions, type WaitOptions } from '../wait.js'
import { Channel } from './channel.js'
import type { ChannelInit, ChannelOwner } from './channel-init.js'
import { ClientDisconnectedError } from './errors.js'
import { type Line, takeOptions, type WriteArguments } from './format.js'
import { LineIterator } from './line-iterator.js'
import { Memberships } from './memberships.js'
import { bytesFor, escapeFor, formatStyled, terminalOf } from './screen.js'
import { LINE_ITSELF, type Outcome, type Question, refused } from './waiter.js'

/** A client whatever its state, and whatever it sends. */
export type AnyClient = Client<unknown, string | Uint8Array>

/** What a client is made of; programs get theirs from a service or from `connect`. */
export interface ClientInit extends ChannelInit {
  /** Unique in the service. */
  readonly id: number
  readonly remoteAddress?: string | undefined
  /** Whether the connection is encrypted, if its own word is not to be taken. */
  readonly secure?: boolean | undefined
  readonly server?: Server | undefined
  /** In milliseconds since the epoch; now unless said otherwise. */
  readonly connectedAt?: number | undefined
  /** Is told what happens to it. */
  readonly host?: ClientHost | undefined
}

/** Whoever has clients. */
export interface ClientHost {
  limitMet(client: AnyClient, limit: ClientLimit): void
  /**
   * The peer has said something in telnet.
   *
   * @returns undefined where no handler of it is left to wait for.
   */
  telnetEvent(client: AnyClient, event: TelnetEvent): PromiseLike<unknown> | undefined
  /** Its protocol could not cope with what it has sent. */
  protocolFailed(client: AnyClient, error: unknown): void
  /** Its connection is closed. */
  clientClosed(client: AnyClient): void
}

/** Gives a client that another process has served meanwhile a new connection; for the rooms that serve it. */
export let reconnect: (client: AnyClient, init: ClientInit) => void

/** `nextLine` of a client that was asked something; for the rooms that ask. */
export let nextAnswer: <Data extends string | Uint8Array>(
  client: Client<unknown, Data>,
  question: Question,
  options?: WaitOptions,
) => Promise<Data>

/** For a client that has gone while another process served it. */
export let goneElsewhere: (client: AnyClient) => void

/** Aborts its signal. */
let endSignal: (client: AnyClient) => void

/** The containers that a client is in. */
export let membershipsOf: (client: AnyClient) => Memberships

/** The channel of a client: for the rooms that serve it, and not for programs. */
export let channelOf: <Data extends string | Uint8Array>(client: Client<unknown, Data>) => Channel<Data>

/**
 * @typeParam State the program's own data about a client.
 * @typeParam Data what it sends: lines of text, or in raw mode chunks of bytes.
 */
export class Client<State = unknown, Data extends string | Uint8Array = string>
  implements AsyncIterable<Data>
{
  static {
    channelOf = (client) => client.#channel
    membershipsOf = (client) => client.#memberships
    reconnect = (client, init) => client.#reconnect(init)
    endSignal = (client) => client.#abort?.abort(new ClientDisconnectedError(client))
    goneElsewhere = (client) => {
      endSignal(client)
      client.#channel.endWith()
    }
    nextAnswer = (client, question, options) => client.#channel.inbox.next(options, undefined, question)
  }

  /** Unique in the service, and kept over a restart. */
  readonly id: number
  /** The peer's address; undefined where the transport has none (a Unix socket, a pipe in memory). */
  readonly remoteAddress: string | undefined
  /** Whether the connection is encrypted on its way, by TLS. */
  readonly secure: boolean
  /** The program's own data; it outlives a restart, so keep plain data in it (contract rule 16). */
  state: State
  #channel: Channel<Data>
  #abort: AbortController | undefined
  readonly #memberships = new Memberships()
  readonly #connectedAt: number
  readonly #server: Server | undefined

  constructor(init: ClientInit) {
    const { id, remoteAddress, settings, connectedAt = settings.clock.now() } = init
    this.id = id
    this.remoteAddress = remoteAddress
    this.secure = init.secure ?? init.connection.secure
    this.#server = init.server
    this.#connectedAt = connectedAt
    this.state = {} as State
    this.#channel = new Channel(init, new Owner(this as AnyClient, init.host))
  }

  /**
   * The object stays, since programs know the client by it, and so do its signal and its end. Whoever waits for a line of
   * the channel before waits for ever.
   */
  #reconnect(init: ClientInit): void {
    const before = this.#channel
    this.#channel = new Channel(init, new Owner(this as AnyClient, init.host))
    before.endWith(this.#channel)
  }

  /**
   * The server that it came in on, one of those that `run` was given. Undefined where a program has brought its connection
   * by `service.accept`, and after a restart where the new version has no such server.
   */
  get server(): Server | undefined {
    return this.#server
  }

  get connectedAt(): Date {
    return new Date(this.#connectedAt)
  }

  /** Milliseconds since the client last sent anything; since it connected, where it never has. */
  get idle(): number {
    // The clock may have been set back.
    return Math.max(0, this.#channel.clock.now() - this.#channel.lastInput)
  }

  /** The same in words: '3 minutes'. */
  get idleInWords(): string {
    return durationInWords(this.idle)
  }

  /** Aborts when the client has gone and all its lines are read: for whatever a handler does meanwhile (rule 12). */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController()
      if (this.#channel.inbox.finished) this.#abort.abort(new ClientDisconnectedError(this))
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
    return this.#channel.protocol.protocol.raw
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
   * @throws InvalidOptionError for options that it does not have, and for values that these can't have.
   */
  nextLine(options?: WaitOptions): Promise<Data> {
    try {
      if (options !== undefined) checkWaitOptions('nextLine()', options)
    } catch (error) {
      return refused(LINE_ITSELF, error)
    }
    return this.#channel.inbox.next(options)
  }

  /**
   * Lines until the client has gone. Leaving the loop early neither closes the connection nor loses a line, even where
   * a line is being waited for (rule 11).
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Data, undefined, undefined> {
    return new LineIterator(this.#channel)
  }

  /**
   * Sends lines, each ended with CR LF unless `{ newline: false }` comes last; in raw mode, and for bytes, nothing is
   * added. What one turn writes leaves as one socket write. Writing to a client that has gone does nothing.
   *
   * @throws InvalidOptionError for an object that is neither a line nor options.
   */
  write(...args: WriteArguments): void {
    const [line] = args
    if (args.length === 1 && typeof line === 'string') {
      this.#writeText(this.#channel.protocol.format(line, true))
      return
    }
    const { lines, options } = takeOptions(args)
    for (const line of lines) this.#writeLine(line, options?.newline ?? true)
  }

  /** Writes a prompt: no CR LF after it, but the mark by which telnet clients know prompts, where it is agreed. */
  prompt(message: Exclude<Line, Uint8Array>): void {
    // People would read [object Object], or undefined.
    if (typeof message !== 'string' && !isStyled(message))
      throw new InvalidOptionError('prompt()', 'message', message, 'text, plain or styled')
    this.#writeLine(message, false)
    const mark = this.telnet?.endOfPrompt()
    if (mark !== undefined) this.#channel.send(mark)
  }

  /**
   * Shows a prompt and gives the next line, without the blanks around it. `mara-ts/prompts` has those that check the
   * answer and ask again.
   *
   * @throws as `nextLine` does.
   */
  ask(
    this: Client<State, string>,
    message: Exclude<Line, Uint8Array>,
    options?: WaitOptions,
  ): Promise<string> {
    if (options !== undefined) checkWaitOptions('ask()', options)
    this.prompt(message)
    return this.#channel.inbox.next(options, undefined, { kind: 'ask', message }, TRIMMED)
  }

  #writeLine(line: Line, newline: boolean): void {
    const channel = this.#channel
    if (line instanceof Uint8Array) {
      // A copy: bytes leave later than this call, and the program may use them again before that.
      channel.send(new Uint8Array(escapeFor(channel.protocol, line)))
    } else if (isStyled(line)) {
      channel.protocol.needTerminal()
      this.#writeText(formatStyled(channel.protocol, line, newline))
    } else {
      this.#writeText(channel.protocol.format(line, newline))
    }
  }

  #writeText(text: string): void {
    const channel = this.#channel
    const { encoding } = channel.protocol
    channel.send(encoding === 'utf-8' ? text : bytesFor(channel.protocol, text))
  }

  // --- The terminal

  /**
   * What is known of the peer's terminal. It begins with nothing and is filled in as the peer tells more; reading it is
   * what makes the service ask, so nothing ever waits for it.
   */
  get terminal(): Terminal {
    this.#channel.protocol.needTerminal()
    return terminalOf(this.#channel.protocol)
  }

  /**
   * Keeps what the user types from being shown, until `showInput`: for secrets. In stream order with what is written.
   *
   * @returns true where the peer is known to do so, false where it can't (a plain netcat, a refusal), undefined where
   * it has not said yet.
   */
  hideInput(): boolean | undefined {
    unlessSilenced(() => this.#channel.hide())
    return this.telnet === undefined ? false : this.telnet.hideInput()
  }

  /** Ends `hideInput`. */
  showInput(): void {
    unlessSilenced(() => this.#channel.show())
    this.telnet?.showInput()
  }

  /** Speaks telnet of the program's own: options that it brought to the service. Undefined where telnet is off. */
  get telnet(): Telnet | undefined {
    return this.#channel.protocol.telnet
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
    unlessSilenced(() => this.#channel.close())
    return this.#channel.whenClosed
  }

  /** Closes at once; unsent output is dropped. */
  destroy(): void {
    unlessSilenced(() => this.#channel.destroy())
  }

  toString(): string {
    return `Client #${this.id}${this.remoteAddress === undefined ? '' : ` (${this.remoteAddress})`}`
  }
}

/** The client as its channel knows it. An object of functions for each client would take ten times the memory. */
class Owner implements ChannelOwner {
  readonly #client: AnyClient
  readonly #host: ClientHost | undefined

  constructor(client: AnyClient, host: ClientHost | undefined) {
    this.#client = client
    this.#host = host
  }

  limitExceeded(limit: ClientLimit): void {
    this.#host?.limitMet(this.#client, limit)
  }

  telnetEvent(event: TelnetEvent): PromiseLike<unknown> | undefined {
    return this.#host?.telnetEvent(this.#client, event)
  }

  protocolFailed(error: unknown): void {
    this.#host?.protocolFailed(this.#client, error)
  }

  ended(): void {
    endSignal(this.#client)
  }

  closed(): void {
    this.#host?.clientClosed(this.#client)
  }

  disconnected(): Error {
    return new ClientDisconnectedError(this.#client)
  }

  toString(): string {
    return this.#client.toString()
  }
}

const TRIMMED: Outcome<string, string> = { ...LINE_ITSELF, line: (line) => line.trim() }
