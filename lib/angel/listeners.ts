/**
 * The listening sockets. They belong to the angel, so that no client is refused while workers come and go: a worker that
 * asks for an address gets the socket that the one before it had.
 */
import type { Clock } from '../clock.js'
import type { Address, ServerDescription } from '../transport/server.js'
import { Listener, type ListenersHost } from './listener.js'

export class Listeners {
  readonly #host: ListenersHost
  readonly #clock: Clock
  readonly #listeners = new Map<string, Listener>()
  /** On their way, so that two who ask at once get one. */
  readonly #opening = new Map<string, Promise<Listener>>()

  constructor(host: ListenersHost, clock: Clock) {
    this.#host = host
    this.#clock = clock
  }

  get names(): string[] {
    return [...this.#listeners.keys()]
  }

  get addresses(): Address[] {
    return [...this.#listeners.values()].map(({ address }) => address)
  }

  /**
   * Gives `worker` its listener for a server, with a socket that is opened if there is none.
   *
   * @throws ListenError, AddressInUseError, CertificateError, InvalidOptionError
   */
  async claim(worker: object, description: ServerDescription): Promise<Listener> {
    const name = this.#nameFor(worker, description.address)
    const known = this.#listeners.get(name)
    if (known !== undefined) {
      await known.claim(worker, description)
      // Whoever had it may have let go of it meanwhile, and then it is closed.
      return this.#listeners.get(name) === known ? known : this.claim(worker, description)
    }
    const opening = this.#opening.get(name) ?? this.#open(name, worker, description)
    this.#opening.set(name, opening)
    const listener = await opening.finally(() => this.#opening.delete(name))
    await listener.claim(worker, description)
    return listener
  }

  /** Whether the worker has asked for it. */
  isClaimed(worker: object, name: string): boolean {
    return this.#listeners.get(name)?.isClaimed(worker) === true
  }

  /** The worker serves: connections that come from now on get what it has asked for. */
  serve(worker: object): void {
    for (const listener of this.#listeners.values()) listener.serve(worker)
  }

  /** The worker does not want it any more; nor, where nobody else does, does the angel. */
  release(worker: object, name: string): void {
    const listener = this.#listeners.get(name)
    if (!listener?.isClaimed(worker)) return
    listener.unclaim(worker)
    if (listener.unclaimed) this.#close(listener)
  }

  /** The worker has gone; its sockets stay, for the next one. */
  forget(worker: object): void {
    for (const listener of this.#listeners.values()) listener.unclaim(worker)
  }

  /** Closes what nobody has asked for. */
  prune(): void {
    for (const listener of this.#listeners.values()) if (listener.unclaimed) this.#close(listener)
  }

  closeAll(): void {
    for (const listener of this.#listeners.values()) this.#close(listener)
  }

  /** A service may listen on port 0 twice, and mean two ports: so addresses are counted. */
  #nameFor(worker: object, { path, host, port }: Address): string {
    const address = path ?? `${host ?? ''} ${port ?? 0}`
    for (let count = 1; ; count++) {
      const name = `${address} ${count}`
      if (!this.#listeners.get(name)?.isClaimed(worker)) return name
    }
  }

  async #open(name: string, worker: object, description: ServerDescription): Promise<Listener> {
    const listener = new Listener(name, description.address, this.#host, this.#clock)
    // First, so that what is to be spoken is known when the first connection comes.
    await listener.claim(worker, description)
    try {
      await listener.listen()
    } catch (error) {
      listener.close()
      throw error
    }
    this.#listeners.set(name, listener)
    return listener
  }

  #close(listener: Listener): void {
    this.#listeners.delete(listener.name)
    listener.close()
  }
}
