/**
 * What the angel holds while workers come and go: a copy of each connection, and what the worker that serves has last
 * said of it. The worker that is to serve next, the heir, gets all of it as it comes.
 */
import type net from 'node:net'
import { connectionKey } from '../runtime/guardian.js'
import { type Connection, Connections } from './connections.js'
import { Kept } from './kept.js'
import type { WorkerProcess } from './worker-process.js'

export class Custody {
  readonly #connections = new Connections()
  readonly #kept = new Kept()
  #heir: WorkerProcess | undefined

  /** How many connections there are. */
  get size(): number {
    return this.#connections.size
  }

  has(connection: Connection): boolean {
    return this.#connections.has(connection)
  }

  /** Gives the heir what is here, and what comes. */
  bequeath(heir: WorkerProcess): void {
    this.#heir = heir
    for (const connection of this.#connections) heir.sendSocket(connection)
    for (const [key, value] of this.#kept) heir.tellKept(key, value)
  }

  /** The heir has come into its own, or has died. */
  noHeir(): void {
    this.#heir = undefined
  }

  add(socket: net.Socket, listener: string, remoteAddress: string | undefined): Connection {
    const connection = this.#connections.add(socket, listener, remoteAddress)
    this.#heir?.sendSocket(connection)
    return connection
  }

  close(id: number): void {
    this.#connections.close(id)
    this.forget(connectionKey(id))
    this.#heir?.dropSocket(id)
  }

  /** All connections, which the heir serves from now on. */
  served(): number[] {
    for (const connection of this.#connections) connection.served = true
    return this.#connections.ids
  }

  /** Nobody will serve those that nobody serves yet. */
  closeUnserved(): void {
    for (const { id, served } of [...this.#connections]) if (!served) this.close(id)
  }

  closeAll(): void {
    this.#connections.closeAll()
  }

  /** @returns false where there is no room for it: then what was there before is gone, too, since it is true no longer. */
  keep(key: string, value: Buffer): boolean {
    const isKept = this.#kept.set(key, value)
    if (isKept) this.#heir?.tellKept(key, value)
    else this.forget(key)
    return isKept
  }

  forget(key: string): void {
    this.#kept.delete(key)
    this.#heir?.tellForgotten(key)
  }
}
