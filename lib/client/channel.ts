/**
 * One connection: its socket, the inbox that it fills, the outbox that it sends, and flow control between them.
 *
 * Reading stops while too much is unread, and while the peer does not read what it is sent. This bounds the memory that a
 * peer can use, and nothing is lost.
 */
import type { Alarm, Clock } from '../clock.js'
import { isAnythingSilent, isSilenced } from '../conversation/context.js'
import type { ClientLimit, Limits } from '../limits.js'
import type { Traffic } from '../observability/counters.js'
import type { ProtocolConnection, ProtocolHost } from '../protocol/index.js'
import type { TelnetEvent } from '../telnet/index.js'
import type { Connection, ConnectionSink } from '../transport/connection.js'
import type {
  ChannelInit,
  ChannelOwner,
  ChannelProgress,
  ChannelSettings,
  EndListener,
} from './channel-init.js'
import { EventGate } from './event-gate.js'
import { Inbox, type InboxOwner } from './inbox.js'
import { Outbox, type OutboxOwner } from './outbox.js'
import { runProgram, type Scheduler } from './scheduler.js'
import { type ChannelSnapshot, itemOf, type Secrecy, textOf } from './snapshot.js'

/** How long `close` waits for a peer to take what it is owed, in milliseconds. */
const FLUSH_GRACE = 5_000
/** How long after that it waits for the peer to close its side, so that what is on its way still arrives. */
const CLOSE_GRACE = 1_000
/** How long a client is not read that has met a limit on telnet, in milliseconds. */
const TELNET_REST = 1_000
/** By then a connection that `close` was called for is destroyed, whatever its peer does. */
export const MAX_CLOSING = FLUSH_GRACE + CLOSE_GRACE

export class Channel<Data extends string | Uint8Array>
  implements InboxOwner, OutboxOwner, ProtocolHost, ConnectionSink
{
  readonly inbox: Inbox<Data>
  readonly outbox: Outbox
  readonly settings: ChannelSettings
  readonly #owner: ChannelOwner
  readonly #connection: Connection
  readonly protocol: ProtocolConnection
  /** When the peer last sent something, in the clock's milliseconds. */
  lastInput: number
  /** It has sent no line yet; in raw mode, no chunk. */
  silent = true
  #reading = true
  #closing = false
  /** What the user types is hidden. */
  #hiding = false
  /** A line may have been begun while it was hidden, and not have come yet. */
  #hiddenBegun = false
  #gone = false
  /** `destroy` was called here. */
  #destroyed = false
  /** Nothing is read any more, since the connection moves to another process. */
  #frozen = false
  /** The peer is not read for a while, since it has flooded the service with telnet. */
  #resting = false
  /** What is read was answered by another process. */
  #muted = false
  /** Why the protocol could not go on where another process stopped. */
  #failure: { readonly error: unknown } | undefined
  #grace: Alarm
  #telnetEvents: EventGate | undefined
  #endListener: EndListener | undefined
  #whenClosed: Promise<void> | undefined
  #resolveClosed: (() => void) | undefined

  constructor({ connection, protocol, settings, moved = false }: ChannelInit, owner: ChannelOwner) {
    this.settings = settings
    this.#owner = owner
    this.#connection = connection
    this.inbox = new Inbox(this)
    this.outbox = new Outbox(this, connection)
    this.protocol = protocol.open(this, settings)
    this.lastInput = settings.clock.now()
    if (moved) return
    connection.open(this)
    this.protocol.start()
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

  get counters(): Traffic {
    return this.settings.counters
  }

  /** There are unread lines, and it is up to the program to read them: the peer reads its output. */
  get awaitsProgram(): boolean {
    return this.inbox.unread > 0 && !this.outbox.stuck
  }

  /** Whether anything can still be sent. */
  get open(): boolean {
    return !this.#closing && !this.#gone && !this.#connection.destroyed
  }

  /** Its peer has gone, and this side had not closed it: lines that came before are still delivered. */
  get lost(): boolean {
    return this.#gone && !this.#closing && !this.#destroyed
  }

  /** Whether `close` was called, which takes until the peer has taken what it is owed. */
  get closing(): boolean {
    return this.#closing && !this.#gone
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

  disconnected(): Error {
    return this.#owner.disconnected()
  }

  /** @param listener is told at once of what has happened already. */
  onEnd(listener: EndListener): void {
    this.#endListener = listener
    if (this.inbox.finished) listener.linesEnded()
    else if (this.inbox.ended) listener.linesEnding()
  }

  /** Drops what is unread, sends what is owed, and closes. */
  close(): void {
    // What another process has read was answered there, by a close as well.
    if (this.#closing || this.#gone || this.#muted) return
    this.#closing = true
    this.inbox.close()
    this.outbox.flush()
    this.#connection.end()
    // Whatever the peer still sends is read and dropped: unread bytes would make the system reset the connection, and
    // a reset can overtake the last words.
    this.#regulate()
    this.#destroyAfter(FLUSH_GRACE)
  }

  /** Closes at once: whatever is unsent is dropped. Lines that were received are still delivered. */
  destroy(): void {
    this.#destroyed = true
    this.outbox.close()
    this.#connection.destroy()
  }

  // --- To another process

  /** From now on nobody here gets an item, and nothing is sent: another process goes on with the connection. */
  freeze(): void {
    this.#frozen = true
    this.#connection.pause()
    this.inbox.freeze()
  }

  /** Lets the connection go, after `freeze`. Nobody here is told of an end. */
  abandon(): void {
    this.#gone = true
    this.clock.clearTimeout(this.#grace)
    this.inbox.abandon()
    this.#endListener?.abandoned()
  }

  /**
   * After `abandon`, in a process that goes on after all: whoever awaits its end awaits that of `next`, which has the
   * connection now, or hears of it where the connection is closed.
   */
  endWith(next?: Channel<Data>): void {
    const resolve = this.#resolveClosed
    if (resolve !== undefined) void (next?.whenClosed ?? Promise.resolve()).then(resolve)
  }

  /** Whether no byte that has come so far will be needed again, once what `snapshot` gives is remembered. */
  get atRest(): boolean {
    return this.inbox.unread === 0 && this.protocol.atRest
  }

  snapshot(): ChannelSnapshot {
    const protocolState = this.protocol.save()
    return {
      protocol: this.protocol.protocol.name,
      ...(protocolState !== undefined && { protocolState }),
      ...(this.inbox.unread > 0 && { unread: this.inbox.snapshot().map(textOf) }),
      ...(this.#closing && { closing: true }),
    }
  }

  /** What of its input no log may show: all that comes, or the next line and what is unread. */
  get secrecy(): Secrecy | undefined {
    if (this.#hiding) return 'input'
    return this.#hiddenBegun || this.inbox.hasHidden ? 'line' : undefined
  }

  /**
   * Goes on where another process stopped; for a channel that nobody has used yet. Nothing is answered: that process has
   * done so. `resume` follows, and closes it where its protocol fails: that may be long before its time has come.
   */
  restore(progress: ChannelProgress): void {
    const { taken, lastInput, silent, secrecy } = progress
    this.#muted = true
    this.#hiding = secrecy !== undefined
    try {
      this.#read(progress)
    } catch (error) {
      this.#failure = { error }
    }
    this.#muted = false
    this.#hiding = secrecy === 'input'
    this.#hiddenBegun = secrecy !== undefined
    this.silent = silent
    this.lastInput = lastInput
    this.inbox.drop(taken)
  }

  #read({ snapshot, seen }: ChannelProgress): void {
    const { protocolState, unread = [] } = snapshot
    const { name, raw } = this.protocol.protocol
    // Where the new version speaks something else, what the other protocol has kept means nothing to it.
    if (protocolState !== undefined && snapshot.protocol === name) this.protocol.restore(protocolState)
    for (const text of unread) {
      const item = itemOf(text, raw)
      this.deliver(item, typeof item === 'string' ? Buffer.byteLength(item) : item.length)
    }
    for (const chunk of seen) this.protocol.receive(chunk)
  }

  /** The connection's bytes come here from now on; after `restore`. */
  resume(): void {
    if (this.#failure !== undefined) this.#fail(this.#failure.error)
    if (!this.#reading) this.#connection.pause()
    this.#connection.open(this)
    this.#regulate()
  }

  // --- Writing

  /** What the user types is hidden from now on: lines that come now are shown in no log. */
  hide(): void {
    this.#hiding = true
    this.#hiddenBegun = true
  }

  /** It is shown again. A line that was begun before may come yet, unless one has come since `hide`. */
  show(): void {
    this.#hiding = false
  }

  /** Sends what is ready for the wire. */
  send(data: string | Uint8Array): void {
    if (this.#muted) return
    if (!this.open) this.outbox.lose()
    else if (isAnythingSilent()) this.#sendUnlessSilenced(data)
    else this.outbox.write(data)
  }

  /** In a method of its own: one with a closure in it costs each call an object, whether it comes that far or not. */
  #sendUnlessSilenced(data: string | Uint8Array): void {
    if (!isSilenced(() => this.send(data))) this.outbox.write(data)
  }

  // --- From the connection

  data(chunk: Uint8Array): void {
    if (this.#frozen) return
    this.settings.counters.bytesIn += chunk.length
    if (this.#closing) return
    this.lastInput = this.clock.now()
    try {
      this.protocol.receive(chunk)
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#owner.protocolFailed(error)
    this.close()
  }

  ended(): void {
    if (this.#frozen) return
    this.inbox.end()
    if (!this.settings.closeAtEnd) return
    this.outbox.flush()
    this.#connection.end()
  }

  left(): void {
    this.outbox.left()
    // A program that closes its own end may have written more than can leave in that time: as long as it leaves, it may.
    if (this.#closing && !this.#gone && this.settings.closeAtEnd) this.#destroyAfter(FLUSH_GRACE)
  }

  drained(): void {
    this.outbox.drained()
  }

  finished(): void {
    if (this.#closing && !this.#gone) this.#destroyAfter(CLOSE_GRACE)
  }

  closed(limit?: ClientLimit): void {
    if (this.#gone) return
    this.#gone = true
    this.clock.clearTimeout(this.#grace)
    // What waits for lines of a frozen channel goes on in another process, which is told of the end.
    if (!this.#frozen) this.inbox.end()
    this.outbox.close()
    this.#resolveClosed?.()
    if (this.#closing) this.#endListener?.closed()
    this.#owner.closed()
    // For one that was destroyed here, that has been told.
    if (limit !== undefined && !this.#destroyed) this.#owner.limitExceeded(limit)
  }

  #destroyAfter(ms: number): void {
    this.clock.clearTimeout(this.#grace)
    // It keeps the process alive: a service that stops waits for its clients to be closed.
    this.#grace = this.clock.setTimeout(() => this.destroy(), ms)
  }

  // --- From the protocol

  deliver(item: string | Uint8Array, bytes: number): void {
    this.silent = false
    // What another process has read was counted there.
    if (!this.#muted) this.settings.counters.linesIn += 1
    this.inbox.push(item as Data, bytes, this.#hiding || this.#hiddenBegun)
    this.#hiddenBegun = false
  }

  reply(data: string | Uint8Array): void {
    this.send(data)
  }

  telnetEvent(event: TelnetEvent): void {
    if (this.#muted) return
    const { clock, limits } = this.settings
    this.#telnetEvents ??= new EventGate(limits.maxTelnetEvents, clock, () =>
      this.limitExceeded('maxTelnetEvents'),
    )
    if (this.#telnetEvents.allows()) this.#telnetEvents.count(this.#owner.telnetEvent(event))
  }

  limitExceeded(limit: ClientLimit): void {
    if (!this.open || this.#muted) return
    if (limit === 'maxTelnetEvents' || limit === 'maxTelnetReplies') this.#rest()
    this.#owner.limitExceeded(limit)
  }

  /** A flood of telnet costs more to read than lines do, and lines that nobody has read end no flood of it. */
  #rest(): void {
    if (this.#resting) return
    this.#resting = true
    this.#regulate()
    const goOn = (): void => {
      this.#resting = false
      this.#regulate()
    }
    this.clock.setTimeout(goOn, TELNET_REST, { keepAlive: false })
  }

  // --- From the inbox

  inboxFull(limit: ClientLimit): void {
    this.#regulate()
    if (!this.#muted) this.#owner.limitExceeded(limit)
  }

  inboxHasRoom(): void {
    this.#regulate()
  }

  inboxRan(): void {
    this.outbox.flush()
    this.#connection.touched?.()
  }

  inboxEnding(): void {
    this.#endListener?.linesEnding()
  }

  inboxEnded(): void {
    runProgram(() => this.#owner.ended())
    this.#endListener?.linesEnded()
  }

  inboxDrained(): void {
    this.close()
  }

  // --- From the outbox

  outboxStuck(): void {
    this.inbox.hold()
    this.#regulate()
  }

  outboxFree(): void {
    this.inbox.release()
    this.#regulate()
  }

  outboxExceeded(limit: ClientLimit): void {
    if (this.#gone || this.#connection.destroyed) return
    // Destroyed first, since a handler of the event may write to this client again.
    this.destroy()
    runProgram(() => this.#owner.limitExceeded(limit))
  }

  #regulate(): void {
    const read = this.#closing || !(this.inbox.full || this.outbox.stuck || this.#resting)
    if (read === this.#reading || this.#frozen) return
    this.#reading = read
    if (read) this.#connection.resume()
    else this.#connection.pause()
  }
}
