/**
 * All connections of the edge, for as long as they are open. What is not one client's (stored objects) is kept beside them.
 *
 * Nothing here grows with time: input is bounded by the window, output by `maxUnsent`, state by `maxState`, and all of a
 * connection's goes when it does.
 */
import type { Duplex } from 'node:stream'
import { copyOf } from './bytes.js'
import { Connection, type ConnectionEvents } from './connection.js'
import { MAX_CHUNKS, type Origin, type Position } from './frames.js'
import type { TurnRecord } from './turn.js'

export interface TableLimits {
  /** Bytes of one connection's input that are not acknowledged: beyond it the socket is not read. */
  readonly window: number
  /** Bytes of one connection's output that its peer has not taken: beyond it the connection is closed. */
  readonly maxUnsent: number
  /** Bytes of state and of what is kept, in all. */
  readonly maxState: number
}

/** What the table tells the worker that serves. */
export interface TableHost {
  data(connection: Connection, bytes: Buffer): void
  /** Its peer will send no more. */
  ended(connection: Connection): void
  /** The connection is closed. */
  closed(connection: Connection): void
  /** The peer does not take its output, or takes it again. */
  stuck(connection: Connection): void
  drained(connection: Connection): void
  warn(message: string): void
}

/** How long a connection that is to be closed may take to send what it is owed, in milliseconds. */
const FLUSH_GRACE = 30_000
/** How long after that its peer may take to close its side. */
const CLOSE_GRACE = 1_000

/**
 * With so many bytes that wait, a connection is read no further before any worker has heard of it: as long as none serves,
 * nobody counts how many connections a peer has. The last read may bring 64 kB more.
 */
const MAX_UNTOLD = 16 * 1024

const NOTHING = Buffer.alloc(0)

export class ConnectionTable {
  readonly #host: TableHost
  #limits: TableLimits
  readonly #connections = new Map<number, Connection>()
  readonly #kept = new Map<string, Buffer>()
  #lastId = 0
  /** Bytes of states, journals, and what is kept. */
  #size = 0
  readonly #events: ConnectionEvents = {
    received: (connection, chunk) => this.#received(connection, chunk),
    peerEnded: (connection) => this.#peerEnded(connection),
    drained: (connection) => this.#drained(connection),
    finished: (connection) => this.#graceFor(connection, CLOSE_GRACE),
    closed: (connection) => this.#closed(connection),
  }

  constructor(limits: TableLimits, host: TableHost) {
    this.#limits = limits
    this.#host = host
  }

  get size(): number {
    return this.#connections.size
  }

  /** Bytes that a worker would be told of all connections: what is remembered, and input that nobody has dealt with. */
  get toTell(): number {
    let input = 0
    for (const { pending } of this.#connections.values()) input += pending
    return this.#size + input
  }

  /** Whether a worker may have to do with it: see `unreleased`. */
  has(id: number): boolean {
    return this.#connections.get(id)?.released === false
  }

  get(id: number): Connection | undefined {
    return this.#connections.get(id)
  }

  get kept(): ReadonlyMap<string, Buffer> {
    return this.#kept
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#connections.values()
  }

  /** Without those with which a worker has done, `Disconnect` included: what they are owed is sent without one. */
  *unreleased(): IterableIterator<Connection> {
    for (const connection of this.#connections.values()) if (!connection.released) yield connection
  }

  /** Those of the worker that serves from now on. */
  setLimits(limits: TableLimits): void {
    this.#limits = limits
    for (const connection of this.#connections.values()) {
      this.#regulate(connection)
      // What a client is owed does not suffer from a restart.
      if (connection.closing) this.#graceFor(connection, FLUSH_GRACE)
    }
  }

  /** Takes a connection in, and begins to read it. */
  add(duplex: Duplex, origin: Origin): Connection {
    this.#lastId += 1
    const connection = new Connection(this.#lastId, duplex, origin, this.#events)
    this.#connections.set(connection.id, connection)
    connection.open()
    return connection
  }

  /** A worker hears of the connection, and from now on of all that comes. */
  tell(connection: Connection): void {
    connection.told = true
    this.#regulate(connection)
  }

  /** Applies a turn. What it says of connections that have gone meanwhile is nothing to anybody. */
  apply(records: readonly TurnRecord[]): void {
    for (const record of records) {
      if (record.type === 'keep') this.#keep(record.key, record.value)
      else if (record.type === 'forget') this.#forget(record.key)
      else if (record.type === 'broadcast') {
        for (const id of record.connections) {
          const connection = this.#connections.get(id)
          if (connection !== undefined) this.#write(connection, record.bytes)
        }
      } else {
        const connection = this.#connections.get(record.connection)
        if (connection !== undefined) this.#applyTo(connection, record)
      }
    }
  }

  #applyTo(connection: Connection, record: Extract<TurnRecord, { connection: number }>): void {
    switch (record.type) {
      case 'position':
        this.#move(connection, record)
        break
      case 'state':
        this.#remember(connection, record)
        break
      case 'journal':
        this.#writeDown(connection, record)
        break
      case 'output':
        this.#write(connection, record.bytes)
        break
      case 'end':
        this.#end(connection)
        break
      case 'destroy':
        this.#destroy(connection)
        break
      case 'release':
        this.#release(connection)
        break
    }
  }

  closeAll(): void {
    for (const { duplex } of this.#connections.values()) duplex.destroy()
  }

  // --- From the peers

  #received(connection: Connection, chunk: Buffer): void {
    if (connection.closing) return
    connection.receive(chunk)
    this.#regulate(connection)
    this.#host.data(connection, chunk)
  }

  #peerEnded(connection: Connection): void {
    connection.peerHasEnded = true
    connection.revision += 1
    this.#host.ended(connection)
  }

  #drained(connection: Connection): void {
    if (!connection.stuck || !connection.writeHeld()) return
    connection.stuck = false
    connection.revision += 1
    this.#host.drained(connection)
  }

  #closed(connection: Connection): void {
    clearTimeout(connection.grace)
    connection.gone = true
    connection.revision += 1
    // The next worker must hear of one that it finds in its state, or that has said something.
    const isMissed = connection.told || connection.stateLength > 0 || connection.pending > 0
    if (connection.released || !isMissed) this.#delete(connection)
    this.#host.closed(connection)
  }

  #delete(connection: Connection): void {
    if (this.#connections.delete(connection.id)) {
      this.#size -= connection.stateLength + connection.journalLength
    }
  }

  #regulate(connection: Connection): void {
    const { told } = connection
    const window = told ? this.#limits.window : Math.min(this.#limits.window, MAX_UNTOLD)
    const share = connection.reading ? 1 : 1 / 2
    const hasRoom = connection.pending < window * share && connection.input.length < MAX_CHUNKS * share
    const read = connection.closing || hasRoom
    if (read === connection.reading) return
    connection.reading = read
    if (read) connection.duplex.resume()
    else connection.duplex.pause()
  }

  // --- From the worker

  #move(connection: Connection, position: Position): void {
    connection.move(position)
    this.#regulate(connection)
  }

  #remember(connection: Connection, { state, busy }: { state: Buffer; busy: boolean }): void {
    connection.busy = busy
    if (this.#hasRoom(state.length - connection.stateLength)) connection.remember(state)
    else this.#host.warn(`The state of connection ${connection.id} is not kept: there is no room for it.`)
  }

  #writeDown(connection: Connection, { keep, text }: { keep: number; text: Buffer }): void {
    const kept = Math.min(keep, connection.journalLength)
    if (this.#hasRoom(kept + text.length - connection.journalLength)) {
      connection.writeDown(kept, text)
      return
    }
    // Without a part of it, nothing of it is of use.
    this.#host.warn(`The journal of connection ${connection.id} is not kept: there is no room for it.`)
    this.#size -= connection.journalLength
    connection.writeDown(0, NOTHING)
  }

  #write(connection: Connection, bytes: Buffer): void {
    if (connection.closing || connection.gone) return
    const { maxUnsent } = this.#limits
    if (connection.stuck) {
      // Looked at before it is copied.
      if (connection.unsent + bytes.length > maxUnsent) this.#cutOff(connection)
      else connection.hold(bytes)
      return
    }
    if (connection.write(bytes)) return
    if (connection.unsent > maxUnsent) this.#cutOff(connection)
    else {
      connection.stuck = true
      connection.revision += 1
      this.#host.stuck(connection)
    }
  }

  #cutOff(connection: Connection): void {
    connection.exceeded = true
    connection.duplex.destroy()
  }

  /** Closes when all output has left. What the peer still sends is dropped. */
  #end(connection: Connection): void {
    if (connection.closing) return
    connection.closing = true
    if (connection.gone) return
    connection.dropInput()
    connection.writeHeld()
    connection.duplex.end()
    connection.duplex.resume()
    this.#graceFor(connection, FLUSH_GRACE)
  }

  #destroy(connection: Connection): void {
    if (connection.gone) return
    connection.closing = true
    connection.duplex.destroy()
  }

  #release(connection: Connection): void {
    connection.released = true
    if (connection.gone) this.#delete(connection)
  }

  #keep(key: string, value: Buffer): void {
    if (this.#hasRoom(value.length - (this.#kept.get(key)?.length ?? 0))) this.#kept.set(key, copyOf(value))
    else this.#host.warn(`${key} is not kept: there is no room for it.`)
  }

  #forget(key: string): void {
    this.#size -= this.#kept.get(key)?.length ?? 0
    this.#kept.delete(key)
  }

  #hasRoom(more: number): boolean {
    if (this.#size + more > this.#limits.maxState) return false
    this.#size += more
    return true
  }

  #graceFor(connection: Connection, ms: number): void {
    if (!connection.closing || connection.gone) return
    clearTimeout(connection.grace)
    connection.grace = setTimeout(() => connection.duplex.destroy(), ms)
  }
}
