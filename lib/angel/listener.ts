/**
 * One listening socket of the angel's, and what is spoken on it. The socket stays while workers come and go; what is
 * spoken is each worker's word, and that of the worker that serves counts.
 */
import type { Duplex } from 'node:stream'
import type { Clock } from '../clock.js'
import { NetServer } from '../transport/net-server.js'
import type { Address, ConnectionInfo, ServerDescription } from '../transport/server.js'
import { Layers, type LayersDescription } from './layers.js'

export interface ListenersHost {
  /** Whether there is room for another socket. If not, its peer has been told, and it is closed. */
  admits(socket: Duplex): boolean
  /** A connection is ready to be used. */
  accepted(connection: Duplex, listener: string, info: ConnectionInfo): void
  warn(message: string): void
}

export class Listener {
  readonly name: string
  readonly #host: ListenersHost
  readonly #clock: Clock
  readonly #socket: NetServer
  readonly #target: Address
  /** What workers have asked for. */
  readonly #claims = new Map<object, Layers>()
  /** Where connections that come in go. */
  #current: Layers | undefined

  constructor(name: string, target: Address, host: ListenersHost, clock: Clock) {
    this.name = name
    this.#target = target
    this.#host = host
    this.#clock = clock
    this.#socket = new NetServer(target)
  }

  get address(): Address {
    return this.#socket.address ?? this.#target
  }

  /** Nobody has asked for it. */
  get unclaimed(): boolean {
    return this.#claims.size === 0
  }

  isClaimed(worker: object): boolean {
    return this.#claims.has(worker)
  }

  /** @throws ListenError, AddressInUseError */
  listen(): Promise<void> {
    return this.#socket.listen({
      connection: (socket, info) => {
        if (this.#host.admits(socket)) this.#current?.take(socket, info)
      },
      warn: (message) => this.#host.warn(message),
    })
  }

  /** @throws CertificateError, InvalidOptionError */
  async claim(worker: object, { address: _, ...wanted }: ServerDescription): Promise<void> {
    const layers = await this.#layersFor(wanted)
    this.#claims.set(worker, layers)
    this.#current ??= layers
  }

  unclaim(worker: object): void {
    const layers = this.#claims.get(worker)
    this.#claims.delete(worker)
    if (layers !== undefined) this.#closeUnused(layers)
  }

  /** The worker serves: connections that come from now on get what it has asked for. */
  serve(worker: object): void {
    const before = this.#current
    this.#current = this.#claims.get(worker) ?? before
    if (before !== undefined) this.#closeUnused(before)
  }

  close(): void {
    void this.#socket.close()
    for (const layers of new Set([this.#current, ...this.#claims.values()])) layers?.close()
  }

  async #layersFor(wanted: LayersDescription): Promise<Layers> {
    const layers = new Layers(wanted, this.#clock)
    for (const other of [this.#current, ...this.#claims.values()]) {
      if (other?.key === layers.key) return other
    }
    await layers.open({
      connection: (connection, info) => this.#host.accepted(connection, this.name, info),
      warn: (message) => this.#host.warn(message),
    })
    return layers
  }

  #closeUnused(layers: Layers): void {
    if (layers === this.#current || [...this.#claims.values()].includes(layers)) return
    layers.close()
  }
}
