/**
 * What the angel holds while workers come and go: a copy of each client's connection, and the last snapshot of it. It never
 * reads or writes the connections: holding on to a copy is what keeps one open when a worker dies. The standby, the worker
 * that is to serve next, gets all of it as it comes.
 */
import type net from 'node:net'
import { connectionKey } from '../runtime/guardian.js'
import { SnapshotStore } from './snapshot-store.js'

export interface Connection {
  readonly id: number
  readonly socket: net.Socket
  /** The listener that it came in on. */
  readonly listener: string
  readonly remoteAddress: string | undefined
  /** A worker that serves has got it. */
  served: boolean
}

/** What the standby is told: a worker process. */
interface Standby {
  sendSocket(connection: Connection): void
  dropSocket(id: number): void
  tellKept(key: string, value: Buffer): void
  tellForgotten(key: string): void
}

export class ConnectionTable {
  #lastId = 0
  readonly #open = new Map<number, Connection>()
  readonly #snapshots = new SnapshotStore()
  #standby: Standby | undefined

  get size(): number {
    return this.#open.size
  }

  has(connection: Connection): boolean {
    return this.#open.get(connection.id) === connection
  }

  /** Gives the standby what is here, and what comes. */
  prepare(standby: Standby): void {
    this.#standby = standby
    for (const connection of this.#open.values()) standby.sendSocket(connection)
    for (const [key, value] of this.#snapshots) standby.tellKept(key, value)
  }

  /** Where this worker was the standby, there is none now: it is to serve, or has ended. */
  noStandby(worker: Standby): void {
    if (this.#standby === worker) this.#standby = undefined
  }

  add(socket: net.Socket, listener: string, remoteAddress: string | undefined): Connection {
    this.#lastId += 1
    const connection = { id: this.#lastId, socket, listener, remoteAddress, served: false }
    this.#open.set(connection.id, connection)
    socket.on('error', () => {})
    this.#standby?.sendSocket(connection)
    return connection
  }

  /** Lets go of a connection. A worker's FIN has gone out before; without one the peer learns of it now. */
  close(id: number): void {
    const connection = this.#open.get(id)
    this.#open.delete(id)
    connection?.socket.destroy()
    this.forget(connectionKey(id))
    this.#standby?.dropSocket(id)
  }

  /** All connections, which are served from now on. */
  served(): number[] {
    for (const connection of this.#open.values()) connection.served = true
    return [...this.#open.keys()]
  }

  /** Nobody will serve those that nobody serves yet. */
  closeUnserved(): void {
    for (const { id, served } of [...this.#open.values()]) if (!served) this.close(id)
  }

  closeAll(): void {
    for (const id of [...this.#open.keys()]) this.close(id)
  }

  /** @returns false where there is no room for it: then what was there before is gone, too, since it is true no longer. */
  keep(key: string, value: Buffer): boolean {
    const isKept = this.#snapshots.set(key, value)
    if (isKept) this.#standby?.tellKept(key, value)
    else this.forget(key)
    return isKept
  }

  forget(key: string): void {
    this.#snapshots.delete(key)
    this.#standby?.tellForgotten(key)
  }
}
