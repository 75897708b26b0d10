/**
 * Sockets as they come to a worker from its angel. Until the worker serves they wait, since another process still reads
 * them.
 */
import type { Socket } from 'node:net'
import type { Guarded } from '../runtime/guardian.js'
import { socketOf } from '../transport/handle.js'
import { socketNote } from './messages.js'

/** Node's channel to the angel, on which sockets come: `process`. */
export interface SocketChannel {
  on(event: 'message', listener: (note: unknown, handle: unknown) => void): unknown
  readonly channel?: { ref(): void; unref(): void } | null | undefined
}

export interface ArrivalsHost {
  /** Asked before a socket is taken: false where another process is to serve it. */
  readonly wantsSockets: boolean
  /** A socket has come, whatever becomes of it here. */
  got(connection: number): void
  arrived(guarded: Guarded): void
  /** A socket is closed on this side: now the angel's copy is all that keeps the connection open. */
  closed(connection: number): void
}

export class Arrivals {
  readonly #host: ArrivalsHost
  /** Sockets that are here and nobody serves yet. */
  readonly #waiting = new Map<number, Guarded>()
  /** Sockets that are here and open, served or not. */
  readonly #open = new Map<number, Socket>()

  constructor(channel: SocketChannel, host: ArrivalsHost) {
    this.#host = host
    channel.on('message', (note, handle) => this.#received(note, handle))
  }

  /** One that waits. */
  waiting(connection: number): Guarded | undefined {
    return this.#waiting.get(connection)
  }

  /** Takes these, unless one of them has not come yet. */
  take(connections: readonly number[]): Guarded[] | undefined {
    if (!connections.every((connection) => this.#waiting.has(connection))) return undefined
    const taken = connections.map((connection) => this.#waiting.get(connection) as Guarded)
    for (const connection of connections) this.#waiting.delete(connection)
    return taken
  }

  /** Takes all that wait. */
  takeAll(): Guarded[] {
    const taken = [...this.#waiting.values()]
    this.#waiting.clear()
    return taken
  }

  /** Closes what this process has of them; the connections stay open. */
  closeAll(): void {
    this.#waiting.clear()
    for (const socket of this.#open.values()) socket.destroy()
  }

  #received(note: unknown, handle: unknown): void {
    const { success, data } = socketNote.safeParse(note)
    // A program may be sent messages of its own.
    if (!success) return
    if ('gone' in data) {
      this.#waiting.delete(data.gone)
      this.#open.get(data.gone)?.destroy()
      return
    }
    // The socket may have been closed on its way.
    if (handle === undefined || handle === null) return
    const { connection, listener, remoteAddress } = data
    const socket = socketOf(handle)
    this.#host.got(connection)
    if (!this.#host.wantsSockets) {
      socket.destroy()
      return
    }
    const guarded = { connection, socket, listener, remoteAddress }
    this.#open.set(connection, socket)
    this.#waiting.set(connection, guarded)
    socket.once('close', () => {
      this.#open.delete(connection)
      this.#host.closed(connection)
    })
    this.#host.arrived(guarded)
  }
}
