/**
 * One connection of the edge's, and what outlives a worker of it: input that no worker has acknowledged, the state that the
 * last one has left, and the journal of the conversation under way.
 */
import type { Duplex } from 'node:stream'
import { listenTo, type StreamSink } from '../transport/shared-reads.js'
import { copyOf } from './bytes.js'
import type { Origin, Position } from './frames.js'
import { HeldWrites } from './held-writes.js'

/** Where it is told what its peer does. */
export interface ConnectionEvents {
  received(connection: Connection, chunk: Buffer): void
  peerEnded(connection: Connection): void
  drained(connection: Connection): void
  /** All output has left after its end. */
  finished(connection: Connection): void
  closed(connection: Connection): void
}

/** Each piece of a journal has a cost of its own, so many become one. */
const MOST_PIECES = 16

export class Connection implements StreamSink {
  readonly id: number
  readonly duplex: Duplex
  readonly origin: Origin
  readonly events: ConnectionEvents
  lastInput: number
  /** Chunks that are not acknowledged; bytes of the first that are. */
  input: Buffer[] = []
  offset = 0
  /** Bytes of input that are not acknowledged. */
  pending = 0
  seen = 0
  taken = 0
  /** The state's bytes, a character each: a Buffer of its own costs 150 bytes more, and more time in each turn. */
  #state = ''
  /** The journal of the conversation under way, in pieces. */
  journal: Buffer[] = []
  journalLength = 0
  /** A handler was at work on its input when the last turn ended. */
  busy = false
  /** See `OpenFrame`. */
  deaths = 0
  /** How many workers in a row were killed while its input made no progress. */
  kills = 0
  /** How often it was to blame, and when last (milliseconds since the epoch): see `Blame`. */
  blames = 0
  blamedAt = 0
  /** The worker has said that it is about to handle what may be the reason for a crash. */
  handling = false
  peerHasEnded = false
  stuck = false
  /** What it was sent since then. */
  #held: HeldWrites | undefined
  closing = false
  /** The worker has done with it: it is forgotten when it is closed. */
  released = false
  reading = true
  /** Its peer has gone; it stays here until the worker has done with it. */
  gone = false
  /** It was closed since too much of its output was unsent. */
  exceeded = false
  /** A worker has been told of it. */
  told = false
  /** Grows with each change of what the next worker would be told of it. */
  revision = 0
  grace: NodeJS.Timeout | undefined

  constructor(id: number, duplex: Duplex, origin: Origin, events: ConnectionEvents) {
    this.id = id
    this.duplex = duplex
    this.origin = origin
    this.events = events
    this.lastInput = Date.now()
  }

  /** Begins to read, and to tell of what its peer does. */
  open(): void {
    listenTo(this.duplex, this)
  }

  /** @param bytes are used again by the next read. */
  data(bytes: Uint8Array): void {
    this.events.received(this, copyOf(bytes))
  }

  ended(): void {
    this.events.peerEnded(this)
  }

  drained(): void {
    this.events.drained(this)
  }

  finished(): void {
    this.events.finished(this)
  }

  closed(): void {
    this.#held = undefined
    this.events.closed(this)
  }

  /** Nothing comes of it any more, and the worker has not done with it: its Disconnect is handled, or will be. */
  get leaving(): boolean {
    return this.peerHasEnded || this.closing || this.gone
  }

  /** Everything that is not acknowledged, in order. */
  unacknowledged(): Buffer[] {
    const [first, ...rest] = this.input
    return first === undefined ? [] : [first.subarray(this.offset), ...rest]
  }

  /** Bytes that its peer has not taken. */
  get unsent(): number {
    return this.duplex.writableLength + (this.#held?.length ?? 0)
  }

  /** @returns false where the peer takes nothing at the moment: `drained` follows. */
  write(bytes: Buffer): boolean {
    const { duplex } = this
    // A view of what the pipe has read, all of which stays in memory as long as the peer does not take its part: with a few
    // bytes for one peer that reads nothing, everything that all others are sent.
    return duplex.write(duplex.writableLength > 0 ? copyOf(bytes) : bytes)
  }

  /** Keeps a copy of what it is sent while it is stuck. */
  hold(bytes: Buffer): void {
    this.#held ??= new HeldWrites()
    this.#held.add(bytes)
  }

  /** Writes what was held. @returns as `write`. */
  writeHeld(): boolean {
    const held = this.#held
    this.#held = undefined
    let isFree = true
    for (const bytes of held?.take() ?? []) isFree = this.duplex.write(bytes)
    return isFree
  }

  /** Keeps what its peer has sent. */
  receive(chunk: Buffer): void {
    this.lastInput = Date.now()
    this.input.push(chunk)
    this.pending += chunk.length
    this.revision += 1
  }

  /** A worker has come so far in its input. */
  move({ acknowledged, seen, taken }: Position): void {
    // One more item was dealt with, or all of them.
    if (acknowledged > 0 || taken > this.taken) this.kills = 0
    if (acknowledged > 0 || seen !== this.seen || taken !== this.taken) this.revision += 1
    this.seen = seen
    this.taken = taken
    this.pending -= Math.min(acknowledged, this.pending)
    let offset = this.offset + acknowledged
    let [first] = this.input
    while (first !== undefined && offset >= first.length) {
      offset -= first.length
      this.input.shift()
      first = this.input[0]
    }
    this.offset = first === undefined ? 0 : offset
  }

  /** Nothing of its input is wanted any more. */
  dropInput(): void {
    this.input = []
    this.pending = 0
    this.revision += 1
  }

  /** What the last worker has left of it. */
  get state(): Buffer {
    return Buffer.from(this.#state, 'latin1')
  }

  get stateLength(): number {
    return this.#state.length
  }

  /** @param state is copied. */
  remember(state: Buffer): void {
    this.#state = state.toString('latin1')
    this.revision += 1
  }

  /** The first `keep` bytes of its journal stay, and `text`, which is copied, follows them. */
  writeDown(keep: number, text: Buffer): void {
    if (keep < this.journalLength || this.journal.length >= MOST_PIECES) {
      this.journal = keep === 0 ? [] : [copyOf(Buffer.concat(this.journal, keep))]
    }
    if (text.length > 0) this.journal.push(copyOf(text))
    this.journalLength = keep + text.length
    this.revision += 1
  }
}
