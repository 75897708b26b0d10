/**
 * The listening sockets. They belong to the angel, so that nobody is refused while workers come and go; a worker that
 * asks for an address gets what the one before it had.
 */
import net from 'node:net'
import { listen } from '../transport/listening.js'
import type { Address } from '../transport/server.js'
import { plainAddress } from '../transport/tcp.js'

export interface ListenersHost {
  accepted(socket: net.Socket, listener: string, remoteAddress: string | undefined): void
  warn(message: string): void
}

interface Listener {
  readonly server: net.Server
  readonly address: Address
  /** Workers that have asked for it. */
  readonly claims: Set<object>
}

export class Listeners {
  readonly #host: ListenersHost
  readonly #listeners = new Map<string, Listener>()
  /** On their way, so that two who ask at once get one. */
  readonly #opening = new Map<string, Promise<Listener>>()

  constructor(host: ListenersHost) {
    this.#host = host
  }

  get addresses(): Address[] {
    return [...this.#listeners.values()].map(({ address }) => address)
  }

  /**
   * Gives `worker` its listening socket for an address, which it opens where there is none.
   *
   * @throws the system's error, with its code.
   */
  async claim(worker: object, target: Address): Promise<{ listener: string; address: Address }> {
    const name = this.#nameFor(worker, target)
    let listener = this.#listeners.get(name)
    if (listener === undefined) {
      const opening = this.#opening.get(name) ?? this.#open(name, target)
      this.#opening.set(name, opening)
      listener = await opening.finally(() => this.#opening.delete(name))
    }
    listener.claims.add(worker)
    this.#listeners.set(name, listener)
    return { listener: name, address: listener.address }
  }

  /** Whether the worker has asked for it. */
  isClaimed(worker: object, name: string): boolean {
    return this.#listeners.get(name)?.claims.has(worker) === true
  }

  /** The worker does not want it any more; nor, where nobody else does, does the angel. */
  release(worker: object, name: string): void {
    const listener = this.#listeners.get(name)
    if (listener?.claims.delete(worker) && listener.claims.size === 0) this.#close(name, listener)
  }

  /** The worker has gone; its sockets stay, for the next one. */
  forget(worker: object): void {
    for (const { claims } of this.#listeners.values()) claims.delete(worker)
  }

  /** Closes what nobody has asked for. */
  prune(): void {
    for (const [name, listener] of this.#listeners)
      if (listener.claims.size === 0) this.#close(name, listener)
  }

  closeAll(): void {
    for (const [name, listener] of this.#listeners) this.#close(name, listener)
  }

  /** A service may listen on port 0 twice, and mean two ports: so addresses are counted. */
  #nameFor(worker: object, { path, host, port }: Address): string {
    const address = path ?? `${host ?? ''} ${port ?? 0}`
    for (let count = 1; ; count++) {
      const name = `${address} ${count}`
      if (!this.#listeners.get(name)?.claims.has(worker)) return name
    }
  }

  async #open(name: string, target: Address): Promise<Listener> {
    // Half-open, since a peer that has said its last line still wants to read the answer.
    const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#host.accepted(socket, name, plainAddress(socket.remoteAddress))
    })
    const address = await listen(server, target, (error) => {
      this.#host.warn(`A connection could not be accepted: ${error.message}`)
    })
    return { server, address, claims: new Set() }
  }

  #close(name: string, { server }: Listener): void {
    this.#listeners.delete(name)
    server.close()
  }
}
