/**
 * A client: an async iterable of lines that can be written to. This is what handlers hold.
 */
import type { Duplex } from 'node:stream'
import { Channel, type ChannelSettings } from './channel.js'
import { ClientDisconnectedError } from './errors.js'
import { format, takeOptions, type WriteArguments } from './format.js'
import type { WaitOptions } from './inbox.js'
import type { ClientLimit } from './limits.js'

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
  /** Called when a limit is met, before the client is told or dropped. */
  readonly onLimit?: ((client: AnyClient, limit: ClientLimit) => void) | undefined
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
  #abort: AbortController | undefined

  constructor(init: ClientInit) {
    this.id = init.id
    this.remoteAddress = init.remoteAddress
    this.connectedAt = new Date(init.settings.clock.now())
    this.state = (init.state ?? {}) as State
    this.#onLimit = init.onLimit
    this.#channel = new Channel(init.duplex, init.settings, {
      limitExceeded: (limit) => this.#onLimit?.(this, limit),
      ended: () => this.#abort?.abort(new ClientDisconnectedError(String(this))),
      toString: () => this.toString(),
    })
  }

  /** Milliseconds since the client last sent anything; since it connected, where it never has. */
  get idle(): number {
    return this.#channel.clock.now() - this.#channel.lastInput
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
      this.send(this.raw ? line : format(line, true))
      return
    }
    const { lines, options } = takeOptions(args)
    for (const line of lines) {
      // Bytes leave later than this call, and the program may use them again before that.
      if (line instanceof Uint8Array) this.send(new Uint8Array(line))
      else this.send(this.raw ? line : format(line, options?.newline ?? true))
    }
  }

  /** Sends what has been made ready for the wire already: a broadcast encodes its lines once for all. */
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

  toString(): string {
    return `Client #${this.id}${this.remoteAddress === undefined ? '' : ` (${this.remoteAddress})`}`
  }
}
