/** The worker's end of one connection: what a channel writes becomes records of a turn, and frames become what it reads. */
import { setImmediate } from 'node:timers'
import type { ClientLimit } from '../limits.js'
import type { RelayedConnection } from '../runtime/edge-port.js'
import type { ConnectionSink } from '../transport/connection.js'
import { copyOf } from './bytes.js'
import type { OpenFrame } from './frames.js'

/**
 * Beyond so many bytes that are on their way to the edge, the peer counts as one that takes nothing: only the edge knows what it
 * takes, and whoever sends many lines at once would be given all answers before the edge can say so.
 */
const MAX_ON_THE_WAY = 64 * 1024

/** What a connection needs of the worker's end of the pipe. */
export interface RelayHost {
  /** A record of output. */
  output(connection: Relayed, data: string | Uint8Array): void
  /** Closes when all output has left. */
  close(connection: Relayed): void
  destroy(connection: Relayed): void
  /** The edge may forget it as soon as it is closed. */
  release(connection: Relayed): void
  /** Its description is to be looked at when the turn ends. */
  touch(connection: Relayed): void
  /** The channel has been given bytes. */
  read(connection: Relayed): void
  /** Calls `left` when what was written so far has left the process. */
  whenLeft(connection: Relayed): void
}

export class Relayed implements RelayedConnection {
  readonly id: number
  readonly listener: string
  readonly remoteAddress: string | undefined
  readonly protocol: string | undefined
  readonly secure: boolean
  readonly deaths: number
  readonly #host: RelayHost
  #sink: ConnectionSink | undefined
  /** What waits to be read, since nobody reads yet, or reading is paused. */
  #waiting: Uint8Array[] = []
  #paused = false
  /** The peer has ended its side, and the sink does not know yet. */
  #ending = false
  #closed = false
  #destroyed = false
  #leaving = false
  /** Another worker goes on with it. */
  abandoned = false
  /** Bytes that were written since the peer took no more, and in how many writes. */
  unsent = 0
  #held = 0
  #stuck = false
  /** Writes that have not left the process, and bytes that were written since none was. */
  #writes = 0
  #onTheWay = 0
  /** Bytes that were read here or by the worker before, and are not acknowledged. */
  seen: number
  /** In how many chunks they came. */
  chunks = 0
  /** How many items had been given out, by the inbox's count, when the last acknowledgement was made. */
  takenBefore = 0
  /** It is in the list of those that the turn has touched. */
  touchedInTurn = false

  constructor(
    { connection, listener, remoteAddress, protocol, secure, seen, deaths }: OpenFrame,
    host: RelayHost,
  ) {
    this.id = connection
    this.listener = listener
    this.remoteAddress = remoteAddress
    this.protocol = protocol
    this.secure = secure
    this.deaths = deaths
    this.seen = seen
    this.#host = host
  }

  get leaving(): boolean {
    return this.#leaving || this.destroyed
  }

  get destroyed(): boolean {
    return this.#destroyed || this.#closed
  }

  /** Takes what the worker before has read out of what waits. */
  takeSeen(): Uint8Array[] {
    const seen: Uint8Array[] = []
    for (let left = this.seen; left > 0; ) {
      const chunk = this.#waiting.shift()
      if (chunk === undefined) break
      seen.push(chunk.subarray(0, left))
      this.chunks += 1
      if (chunk.length > left) this.#waiting.unshift(chunk.subarray(left))
      left -= chunk.length
    }
    return seen
  }

  // --- For the channel

  open(sink: ConnectionSink): void {
    this.#sink = sink
    this.#pump(this.#closed)
    if (this.#closed) process.nextTick(() => sink.closed())
  }

  write(data: string | Uint8Array, length = Buffer.byteLength(data)): boolean {
    if (this.destroyed) return true
    this.#host.output(this, data)
    if (this.#stuck) {
      this.unsent += length
      this.#held += 1
      return false
    }
    this.#host.whenLeft(this)
    this.#writes += 1
    this.#onTheWay += length
    return !this.#crowded
  }

  get #crowded(): boolean {
    return this.#onTheWay > MAX_ON_THE_WAY
  }

  left(): void {
    if (this.destroyed) return
    this.#sink?.left()
    this.#writes -= 1
    if (this.#writes > 0) return
    const wasCrowded = this.#crowded
    this.#onTheWay = 0
    if (wasCrowded && !this.#stuck) this.#sink?.drained()
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    // Not from within the caller's turn: as a socket would, it goes on when the caller is done.
    if (this.#waiting.length > 0 || this.#ending) setImmediate(() => this.#pump())
  }

  end(): void {
    if (!this.destroyed) this.#host.close(this)
    this.#waiting = []
  }

  destroy(): void {
    if (this.destroyed) return
    this.#destroyed = true
    this.#host.destroy(this)
  }

  touched(): void {
    this.#host.touch(this)
  }

  release(): void {
    if (!this.abandoned) this.#host.release(this)
  }

  /** Another worker goes on with it: whatever is done with it here means nothing any more. */
  abandon(): void {
    this.#closed = true
    this.abandoned = true
  }

  // --- From the edge

  received(bytes: Buffer): void {
    const waits = this.#paused || this.#sink === undefined
    this.#waiting.push(waits ? copyOf(bytes) : bytes)
    this.#pump()
  }

  peerEnded(): void {
    this.#leaving = true
    this.#ending = true
    this.#pump()
  }

  gone(limit?: ClientLimit): void {
    this.#closed = true
    // What has come is still delivered (contract rule 12), paused or not.
    this.#pump(true)
    this.#sink?.closed(limit)
  }

  gotStuck(): void {
    this.#stuck = true
  }

  gotFree(): void {
    this.#stuck = false
    this.unsent = 0
    for (; this.#held > 0; this.#held--) this.#sink?.left()
    if (!this.#crowded) this.#sink?.drained()
  }

  #pump(always = false): void {
    const sink = this.#sink
    if (sink === undefined) return
    while ((always || !this.#paused) && this.#waiting.length > 0) {
      const chunk = this.#waiting.shift() as Uint8Array
      this.seen += chunk.length
      this.chunks += 1
      sink.data(chunk)
      this.#host.read(this)
    }
    if (this.#ending && this.#waiting.length === 0) {
      this.#ending = false
      sink.ended()
    }
  }
}
