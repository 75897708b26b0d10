/**
 * What a client is owed: everything written in one turn leaves as one write (contract rule 15), and never more waits
 * unsent than the limit allows (rule 19).
 *
 * Every byte that a program sends passes here.
 */
import { Buffer } from 'node:buffer'
import { systemClock } from '../clock.js'
import type { ClientLimit, Limits } from '../limits.js'
import type { Traffic } from '../observability/counters.js'
import type { Connection } from '../transport/connection.js'
import { quietly } from '../wait.js'
import type { Flushable, Scheduler, Task } from './scheduler.js'

/** How long whoever writes to a peer that lags waits for it at a time, in milliseconds: a peer that never reads holds up nobody. */
const RELIEF = 200

/** What is gathered before it leaves even within a turn, so that a long answer never stands in memory twice. */
const EARLY_FLUSH = 64 * 1024

const LF = 0x0a

/** What an outbox needs of the client that it belongs to. */
export interface OutboxOwner {
  readonly executor: Scheduler
  /** Its own task: it does not wait for itself. */
  readonly inbox: Task
  readonly limits: Limits
  readonly counters: Traffic
  /** The peer takes nothing at the moment. */
  outboxStuck(): void
  /** It takes more again. */
  outboxFree(): void
  /** More is unsent than the limit allows. */
  outboxExceeded(limit: ClientLimit): void
  /** What waits that will never end end in. */
  disconnected(): Error
}

interface FlushWaiter {
  /** How many writes must have left. */
  readonly count: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class Outbox implements Flushable {
  readonly #owner: OutboxOwner
  readonly #connection: Connection
  /** Text since the last piece of bytes: joining strings is cheaper than keeping them apart. */
  #text = ''
  /** What came before `#text`. */
  #pieces: (string | Uint8Array)[] | undefined
  /** About how many bytes are gathered. */
  #gathered = 0
  #dirty = false
  #stuck = false
  /** Nothing can be sent any more. */
  #closed = false
  /** Something that was written was dropped. */
  #lost = false
  #handed = 0
  #left = 0
  #flushing: FlushWaiter[] | undefined
  /** Resolves when the peer has taken all, or others have waited for that long enough. */
  #relief: Promise<void> | undefined
  #relieve: (() => void) | undefined

  constructor(owner: OutboxOwner, connection: Connection) {
    this.#owner = owner
    this.#connection = connection
  }

  /** The peer takes nothing at the moment. */
  get stuck(): boolean {
    return this.#stuck
  }

  write(data: string | Uint8Array): void {
    if (data.length === 0) return
    if (this.#closed) {
      this.#lost = true
      return
    }
    if (typeof data === 'string') {
      this.#text += data
    } else {
      // Mostly it is the only one. An array that grows has room for 17 at once.
      if (this.#pieces === undefined) this.#pieces = this.#text === '' ? [data] : [this.#text, data]
      else if (this.#text === '') this.#pieces.push(data)
      else this.#pieces.push(this.#text, data)
      this.#text = ''
    }
    this.#gathered += data.length
    if (this.#stuck) this.#slowDown()
    if (this.#gathered >= EARLY_FLUSH) this.flush()
    else if (!this.#dirty) {
      this.#dirty = true
      this.#owner.executor.flushLater(this)
    }
  }

  /**
   * The peer lags. Whoever writes to it waits for it: otherwise one client that floods would have all those cut off by
   * `maxUnsentBytes` who hear it, however fast they read.
   */
  #slowDown(): void {
    const { limits, executor, inbox } = this.#owner
    if (this.unsent <= limits.maxUnsentBytes / 2) return
    this.#relief ??= new Promise<void>((resolve) => {
      // In real time, since the peer takes it in real time.
      const alarm = systemClock.setTimeout(() => this.#relieve?.(), RELIEF)
      this.#relieve = () => {
        systemClock.clearTimeout(alarm)
        this.#relief = undefined
        this.#relieve = undefined
        resolve()
      }
    })
    executor.hold(this.#relief, inbox)
  }

  /** Hands what is gathered to the socket. */
  flush(): void {
    this.#dirty = false
    if (this.#gathered === 0) return
    const data = this.#take()
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length
    this.#count(data, length)
    this.#handed += 1
    const free = this.#connection.write(data, length)
    if (!free && !this.#stuck && !this.#closed) {
      this.#stuck = true
      this.#owner.outboxStuck()
    }
    if (this.#connection.unsent > this.#owner.limits.maxUnsentBytes) {
      this.#owner.outboxExceeded('maxUnsentBytes')
    }
  }

  /** Something was written when nothing could be sent any more. */
  lose(): void {
    this.#lost = true
  }

  /**
   * Resolves when everything written so far has left the process; rejects when it never will. A program that does not look
   * at the promise does not want to be told.
   */
  flushed(): Promise<void> {
    this.flush()
    const left = this.#left === this.#handed
    if (this.#lost || (this.#closed && !left)) return quietly(Promise.reject(this.#owner.disconnected()))
    if (left) return Promise.resolve()
    return quietly(
      new Promise<void>((resolve, reject) => {
        this.#flushing ??= []
        this.#flushing.push({ count: this.#handed, resolve, reject })
      }),
    )
  }

  /** The socket takes more again. */
  drained(): void {
    if (!this.#stuck) return
    this.#stuck = false
    this.#relieve?.()
    this.#owner.outboxFree()
  }

  /** Nothing more will be taken or sent: what is gathered is dropped, and whoever waits for it is told. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#gathered > 0) this.#lost = true
    this.#take()
    for (const { reject } of this.#flushing ?? []) reject(this.#owner.disconnected())
    this.#flushing = undefined
    this.drained()
  }

  /** About how many bytes have not left the process. */
  get unsent(): number {
    return this.#gathered + this.#connection.unsent
  }

  #count(data: string | Uint8Array, length: number): void {
    const { counters } = this.#owner
    counters.bytesOut += length
    // Here and not where lines are written: a program may write several in one text.
    counters.linesOut += typeof data === 'string' ? lineFeedsIn(data) : lineFeedsAmong(data)
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

  /** One write has left the process. */
  left(): void {
    this.#left += 1
    if (this.#flushing === undefined) return
    this.#flushing = this.#flushing.filter(({ count, resolve }) => {
      if (count > this.#left) return true
      resolve()
      return false
    })
    if (this.#flushing.length === 0) this.#flushing = undefined
  }
}

function bytesOf(piece: string | Uint8Array): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece
}

function lineFeedsIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

/** How many bytes a loop reads in the time that two calls of `indexOf` take. */
const FEW = 128

function lineFeedsAmong(bytes: Uint8Array): number {
  let count = 0
  if (bytes.length <= FEW) {
    for (let i = 0; i < bytes.length; i += 1) if (bytes[i] === LF) count += 1
    return count
  }
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count += 1
  return count
}
