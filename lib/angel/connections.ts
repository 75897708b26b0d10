/**
 * The angel's copies of all client connections. It never reads or writes them: holding on to a copy is what keeps a
 * connection open when a worker dies.
 */
import type net from 'node:net'

export interface Connection {
  readonly id: number
  readonly socket: net.Socket
  /** The listener that it came in on. */
  readonly listener: string
  readonly remoteAddress: string | undefined
  /** A worker that serves has got it. */
  served: boolean
}

export class Connections {
  #lastId = 0
  readonly #open = new Map<number, Connection>()

  get size(): number {
    return this.#open.size
  }

  get ids(): number[] {
    return [...this.#open.keys()]
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#open.values()
  }

  has(connection: Connection): boolean {
    return this.#open.get(connection.id) === connection
  }

  add(socket: net.Socket, listener: string, remoteAddress: string | undefined): Connection {
    this.#lastId += 1
    const connection = { id: this.#lastId, socket, listener, remoteAddress, served: false }
    this.#open.set(connection.id, connection)
    socket.on('error', () => {})
    return connection
  }

  /** Lets go of a connection. A worker's FIN has gone out before; without one the peer learns of it now. */
  close(id: number): Connection | undefined {
    const connection = this.#open.get(id)
    this.#open.delete(id)
    connection?.socket.destroy()
    return connection
  }

  closeAll(): void {
    for (const id of this.ids) this.close(id)
  }
}
