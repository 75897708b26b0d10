/**
 * What a client is owed: everything written in one turn leaves as one write (contract rule 15), and never more waits
 * unsent than the limit allows (rule 19).
 *
 * Every byte that a program sends passes here. What a socket was given stays known until it has left, since it may have to
 * leave from another process.
 */
import type { Duplex } from 'node:stream'
import type { ClientLimit, Limits } from '../limits.js'
import { writeUnderWay } from '../transport/handle.js'
import type { Flushable, Scheduler } from './scheduler.js'

/** What is gathered before it leaves even within a turn, so that a long answer never stands in memory twice. */
const EARLY_FLUSH = 64 * 1024

/** What an outbox needs of the client that it belongs to. */
export interface OutboxOwner {
  readonly executor: Scheduler
  readonly limits: Limits
  /** The peer takes nothing at the moment. */
  outboxStuck(): void
  /** It takes more again. */
  outboxFree(): void
  /** More is unsent than the limit allows. */
  outboxExceeded(limit: ClientLimit): void
}

interface FlushWaiter {
  /** How many writes must have left. */
  readonly count: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class Outbox implements Flushable {
  readonly #owner: OutboxOwner
  readonly #duplex: Duplex
  /** Text since the last piece of bytes: joining strings is cheaper than keeping them apart. */
  #text = ''
  /** What came before `#text`. */
  #pieces: (string | Uint8Array)[] | undefined
  /** About how many bytes are gathered. */
  #gathered = 0
  #dirty = false
  /** What the socket was given and has not sent, in order. */
  readonly #onItsWay: (string | Uint8Array)[] = []
  /** How many bytes that is. */
  #unsent = 0
  #stuck = false
  /** Why nothing can be sent any more. */
  #closed: Error | undefined
  /** Bytes that another process has left: it had room for them, and they do not count here. */
  #inherited = 0
  #handed = 0
  #left = 0
  #flushing: FlushWaiter[] | undefined

  constructor(owner: OutboxOwner, duplex: Duplex) {
    this.#owner = owner
    this.#duplex = duplex
  }

  write(data: string | Uint8Array): void {
    if (this.#closed !== undefined || data.length === 0) return
    if (typeof data === 'string') {
      this.#text += data
    } else {
      this.#pieces ??= []
      if (this.#text !== '') this.#pieces.push(this.#text)
      this.#text = ''
      this.#pieces.push(data)
    }
    this.#gathered += data.length
    if (this.#gathered >= EARLY_FLUSH) this.flush()
    else if (!this.#dirty) {
      this.#dirty = true
      this.#owner.executor.flushLater(this)
    }
  }

  /** What another process had still to send. */
  restore(bytes: Uint8Array): void {
    this.#inherited = bytes.length
    this.write(bytes)
  }

  /** Hands what is gathered to the socket. */
  flush(): void {
    this.#dirty = false
    if (this.#gathered === 0) return
    const data = this.#take()
    this.#handed += 1
    const free = this.#duplex.write(data as string, this.#onLeft as (error?: Error | null) => void)
    // Mostly the system takes all of it in the same breath; the callback comes later in any case.
    if (this.#duplex.writableLength === 0) {
      this.#onItsWay.length = 0
      this.#unsent = 0
    } else {
      this.#onItsWay.push(data)
      this.#unsent += byteLength(data)
    }
    if (!free && !this.#stuck && this.#closed === undefined) {
      this.#stuck = true
      this.#owner.outboxStuck()
    }
    if (this.#unsent > this.#owner.limits.maxUnsentBytes + this.#inherited) {
      this.#owner.outboxExceeded('maxUnsentBytes')
    }
  }

  /** Resolves when everything written so far has left the process; rejects when it never will. */
  flushed(): Promise<void> {
    this.flush()
    if (this.#left === this.#handed) return Promise.resolve()
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    const promise = new Promise<void>((resolve, reject) => {
      this.#flushing ??= []
      this.#flushing.push({ count: this.#handed, resolve, reject })
    })
    // A program that does not look at the promise does not want to be told.
    promise.catch(() => {})
    return promise
  }

  /** The socket takes more again. */
  drained(): void {
    this.#inherited = 0
    if (!this.#stuck) return
    this.#stuck = false
    this.#owner.outboxFree()
  }

  /** What has not left, for another process to send. Nothing of it may leave after this. */
  unsent(): Uint8Array | undefined {
    if (this.#duplex.writableLength === 0 && this.#gathered === 0) return undefined
    const pieces = [...this.#onItsWay]
    const { length, unsent } = writeUnderWay(this.#duplex)
    // The stream may have joined several pieces to one write.
    const written: Uint8Array[] = []
    for (let counted = 0; counted < length && pieces.length > 0; ) {
      const piece = pieces.shift() as string | Uint8Array
      counted += piece.length
      written.push(bytesOf(piece))
    }
    const underWay = Buffer.concat(written)
    if (this.#gathered > 0) pieces.push(this.#take())
    return Buffer.concat([underWay.subarray(underWay.length - unsent), ...pieces.map(bytesOf)])
  }

  /** Nothing more will be taken or sent: what is gathered is dropped, and whoever waits for it gets `error`. */
  close(error: Error): void {
    if (this.#closed !== undefined) return
    this.#closed = error
    this.#take()
    for (const { reject } of this.#flushing ?? []) reject(error)
    this.#flushing = undefined
    this.drained()
  }

  /** Everything gathered as one piece, so that it is one write. */
  #take(): string | Uint8Array {
    const pieces = this.#pieces
    const text = this.#text
    this.#pieces = undefined
    this.#text = ''
    this.#gathered = 0
    if (pieces === undefined) return text
    if (text !== '') pieces.push(text)
    if (pieces.length === 1) return pieces[0] as Uint8Array
    return Buffer.concat(pieces.map(bytesOf))
  }

  /** One write has left the process; or, without an error, the socket was destroyed while it was on its way. */
  readonly #onLeft = (error?: Error | null): void => {
    if (error || this.#duplex.destroyed) return
    this.#left += 1
    while (this.#onItsWay.length > this.#handed - this.#left) {
      this.#unsent -= byteLength(this.#onItsWay.shift() as string | Uint8Array)
    }
    if (this.#flushing === undefined) return
    this.#flushing = this.#flushing.filter(({ count, resolve }) => {
      if (count > this.#left) return true
      resolve()
      return false
    })
    if (this.#flushing.length === 0) this.#flushing = undefined
  }
}

function byteLength(piece: string | Uint8Array): number {
  return typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length
}

function bytesOf(piece: string | Uint8Array): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece
}
