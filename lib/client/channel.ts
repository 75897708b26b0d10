/**
 * One connection's machinery: the socket, the inbox in front of it and the outbox behind it, and the flow between.
 *
 * Reading stops while too much is unread, and while the peer does not take what it is sent: so a peer's own speed
 * bounds the memory that it costs, and nothing is lost.
 */
import type { Duplex } from 'node:stream'
import type { Alarm, Clock } from '../clock.js'
import type { TelnetEvent } from '../telnet/index.js'
import { stopReading } from '../transport/handle.js'
import { ClientDisconnectedError } from './errors.js'
import { Inbox, type InboxOwner } from './inbox.js'
import type { ClientLimit, Limits } from './limits.js'
import { LineProtocol, type LineProtocolHost, type LineProtocolSettings } from './line-protocol.js'
import { Outbox, type OutboxOwner } from './outbox.js'
import type { Scheduler } from './scheduler.js'
import { type ChannelSnapshot, itemOf, textOf, withoutHalves } from './snapshot.js'

/** How long `close` waits for a peer to take what it is owed, in milliseconds. */
const FLUSH_GRACE = 5_000
/** How long after that it waits for the peer to close its side, so that what is on its way still arrives. */
const CLOSE_GRACE = 1_000

/** What all connections of a server share. */
export interface ChannelSettings extends LineProtocolSettings {
  readonly executor: Scheduler
  readonly clock: Clock
  /** Chunks as they come in place of lines (contract rule 14). */
  readonly raw: boolean
}

/** The client on whose behalf a channel works. */
export interface ChannelOwner {
  limitExceeded(limit: ClientLimit): void
  telnetEvent(event: TelnetEvent): void
  /** All lines are read and no more will come (contract rule 12). */
  ended(): void
  toString(): string
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

export class Channel<Data extends string | Uint8Array> implements InboxOwner, OutboxOwner, LineProtocolHost {
  readonly inbox: Inbox<Data>
  readonly outbox: Outbox
  readonly settings: ChannelSettings
  readonly #owner: ChannelOwner
  readonly #duplex: Duplex
  /** Undefined in raw mode. */
  readonly protocol: LineProtocol | undefined
  /** When the peer last sent something, in the clock's milliseconds. */
  lastInput: number
  #full = false
  #stuck = false
  #reading = true
  #closing = false
  #gone = false
  /** Nothing is read any more, since the connection moves to another process. */
  #frozen = false
  #grace: Alarm | undefined
  #whenClosed: Promise<void> | undefined
  #resolveClosed: (() => void) | undefined

  /** @param fresh false where the connection is another process's, whose work is to be restored. */
  constructor(duplex: Duplex, settings: ChannelSettings, owner: ChannelOwner, fresh = true) {
    this.settings = settings
    this.#owner = owner
    this.#duplex = duplex
    this.inbox = new Inbox(this)
    this.outbox = new Outbox(this, duplex)
    this.protocol = settings.raw ? undefined : new LineProtocol(settings, this)
    this.lastInput = settings.clock.now()
    duplex.on('data', (chunk: Uint8Array | string) => this.#receive(chunk))
    duplex.on('end', () => this.inbox.end())
    duplex.on('drain', () => this.outbox.drained())
    duplex.on('finish', () => this.#finished())
    // What went wrong with a socket matters to nobody once it is closed, and `close` follows.
    duplex.on('error', () => duplex.destroy())
    duplex.on('close', () => this.#closed())
    // A stream that ended before it came here tells so no more.
    if (duplex.destroyed) process.nextTick(() => this.#closed())
    else if (duplex.readableEnded) this.inbox.end()
    if (fresh) this.protocol?.open()
  }

  get executor(): Scheduler {
    return this.settings.executor
  }

  get clock(): Clock {
    return this.settings.clock
  }

  get limits(): Limits {
    return this.settings.limits
  }

  /** Whether anything can still be sent. */
  get open(): boolean {
    return !this.#closing && !this.#gone
  }

  /** Resolves when the socket is closed. */
  get whenClosed(): Promise<void> {
    if (this.#gone) return Promise.resolve()
    this.#whenClosed ??= new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    return this.#whenClosed
  }

  toString(): string {
    return String(this.#owner)
  }

  /** Drops what is unread, sends what is owed, and closes. */
  close(): void {
    if (!this.open) return
    this.#closing = true
    this.inbox.close()
    this.outbox.flush()
    this.#duplex.end()
    // Whatever the peer still sends is read and dropped: unread bytes would make the system reset the connection, and
    // a reset can overtake the last words.
    this.#regulate()
    this.#destroyAfter(FLUSH_GRACE)
  }

  /** Closes at once: whatever is unsent is dropped. Lines that were received are still delivered. */
  destroy(): void {
    this.outbox.close(new ClientDisconnectedError(String(this)))
    this.#duplex.destroy()
  }

  // --- To another process

  /** Begins to read from a socket that came paused. */
  startReading(): void {
    if (this.#reading) this.#duplex.resume()
  }

  /** Stops reading at once. What has been read and what has not been sent stays where it is, for `save`. */
  freeze(): void {
    this.#frozen = true
    stopReading(this.#duplex)
    this.inbox.freeze()
  }

  /** What outlives this process even where it dies without warning. */
  snapshot(): ChannelSnapshot {
    const { lastInput, protocol } = this
    return protocol === undefined ? { lastInput } : { lastInput, protocol: withoutHalves(protocol.save()) }
  }

  /** Another process goes on with the connection: here it is let go, and nobody is told of an end. */
  abandon(): void {
    this.#gone = true
    if (this.#grace !== undefined) this.clock.clearTimeout(this.#grace)
    this.inbox.abandon()
    // What is under way must not leave twice. Other sockets can wait for their end, but clients can't.
    if (this.#duplex.writableLength > 0) this.#duplex.destroy()
  }

  /** Everything, once it is frozen. Nothing may be sent after this. */
  save(): ChannelSnapshot {
    // What the stream has kept to itself goes the usual way, into the inbox.
    if (this.#duplex.readableLength > 0) while (this.#duplex.read() !== null);
    const saved: Writable<ChannelSnapshot> = { lastInput: this.lastInput }
    if (this.protocol !== undefined) saved.protocol = this.protocol.save()
    if (this.inbox.unread > 0) saved.unread = this.inbox.snapshot().map(textOf)
    const unsent = this.outbox.unsent()
    if (unsent !== undefined) saved.unsent = textOf(unsent)
    if (this.#closing) saved.closing = true
    return saved
  }

  /** Goes on where another process has stopped; for a channel that nobody has used yet. */
  restore({ lastInput, protocol, unread, unsent }: ChannelSnapshot): void {
    this.lastInput = lastInput
    if (protocol !== undefined) this.protocol?.restore(protocol)
    if (unsent !== undefined) this.outbox.restore(Buffer.from(unsent, 'base64'))
    if (unread === undefined) return
    const { raw } = this.settings
    this.inbox.restore(unread.map((text) => itemOf(text, raw)) as Data[])
    this.#full = this.inbox.full
    this.#regulate()
  }

  // --- From the socket

  #receive(chunk: Uint8Array | string): void {
    if (this.#closing) return
    this.lastInput = this.clock.now()
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    if (this.protocol !== undefined) this.protocol.receive(bytes)
    // A view of its own class: programs get a plain Uint8Array, whatever class the stream's chunks have.
    else this.inbox.push(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) as Data)
  }

  #finished(): void {
    if (this.#closing && !this.#gone) this.#destroyAfter(CLOSE_GRACE)
  }

  #closed(): void {
    if (this.#gone) return
    this.#gone = true
    if (this.#grace !== undefined) this.clock.clearTimeout(this.#grace)
    this.inbox.end()
    this.outbox.close(new ClientDisconnectedError(String(this)))
    this.#resolveClosed?.()
  }

  #destroyAfter(ms: number): void {
    if (this.#grace !== undefined) this.clock.clearTimeout(this.#grace)
    // It keeps the process alive: a service that stops waits for its clients to be closed.
    this.#grace = this.clock.setTimeout(() => this.destroy(), ms)
  }

  // --- From the protocol

  line(line: string): void {
    this.inbox.push(line as Data)
  }

  reply(data: string | Uint8Array): void {
    if (this.open) this.outbox.write(data)
  }

  telnetEvent(event: TelnetEvent): void {
    this.#owner.telnetEvent(event)
  }

  limitExceeded(limit: ClientLimit): void {
    if (!this.open) return
    this.#owner.limitExceeded(limit)
  }

  // --- From the inbox

  inboxFull(limit: ClientLimit): void {
    this.#full = true
    this.#regulate()
    this.#owner.limitExceeded(limit)
  }

  inboxHasRoom(): void {
    this.#full = false
    this.#regulate()
  }

  inboxRan(): void {
    this.outbox.flush()
  }

  inboxEnded(): void {
    this.#owner.ended()
  }

  // --- From the outbox

  outboxStuck(): void {
    this.#stuck = true
    this.inbox.hold()
    this.#regulate()
  }

  outboxFree(): void {
    this.#stuck = false
    this.inbox.release()
    this.#regulate()
  }

  outboxExceeded(limit: ClientLimit): void {
    if (this.#gone || this.#duplex.destroyed) return
    // Dropped first: whoever is told of it may write to this client again.
    this.destroy()
    this.#owner.limitExceeded(limit)
  }

  #regulate(): void {
    const read = this.#closing || !(this.#full || this.#stuck)
    if (read === this.#reading || this.#frozen) return
    this.#reading = read
    if (read) this.#duplex.resume()
    else this.#duplex.pause()
  }
}
