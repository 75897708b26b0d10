/** Some clients, in the order in which they were added, and writing to all of them at once. */

import { checkFunction, checkObject, InvalidOptionError } from '../errors.js'
import { Broadcast } from './broadcast.js'
import { type AnyClient, Client, membershipsOf } from './client.js'
import {
  type Line,
  type LinesAndOptions,
  takeOptions,
  type WriteArguments,
  type WriteOptions,
} from './format.js'

export interface WriteAllOptions<C = AnyClient> extends WriteOptions {
  /** Who is left out: one client, or several. */
  readonly exclude?: AnyClient | Iterable<AnyClient> | undefined
  /** Who is told, on top of what `filterAll` says. */
  readonly filter?: ClientFilter<C> | undefined
}

/**
 * Chooses clients. Its parameter is compared as that of a method is, in both directions: so whoever takes a service, or a
 * container, of any state takes one of every state.
 */
export type ClientFilter<C = AnyClient> = { method(client: C): boolean }['method']

/**
 * A set of clients: all of a service (`service.clients`), or those that a program puts together.
 *
 * ```ts
 * const lobby = new ClientContainer()
 * lobby.add(client)
 * lobby.writeAll(`${client.state.name} comes in.`, { exclude: client })
 * ```
 *
 * A client that goes leaves every container by itself, just before its `Disconnect`.
 */
export class ClientContainer<State = unknown, Data extends string | Uint8Array = string>
  implements Iterable<Client<State, Data>>
{
  /** By id; where a client of another service has the same id already, by the client itself. */
  readonly #clients = new Map<number | Client<State, Data>, Client<State, Data>>()

  /** Who is told by every `writeAll`: those for whom it gives true; all where it is not set. */
  filterAll: ClientFilter<Client<State, Data>> | undefined

  get size(): number {
    return this.#clients.size
  }

  /** The client of this id, where all clients are of one service: two services may give the same id. */
  get(id: number): Client<State, Data> | undefined {
    return this.#clients.get(id)
  }

  has(client: Client<State, Data>): boolean {
    checkClient('has()', client)
    return this.#clients.get(client.id) === client || this.#clients.has(client)
  }

  [Symbol.iterator](): IterableIterator<Client<State, Data>> {
    return this.#clients.values()
  }

  /**
   * Adds a client at the end. One that is there already keeps its place; one that has gone is not added.
   *
   * @throws InvalidOptionError, here as everywhere, for what is no client.
   */
  add(client: Client<State, Data>): this {
    checkClient('add()', client)
    if (!this.has(client) && membershipsOf(client as AnyClient).join(this)) {
      this.#clients.set(this.#clients.has(client.id) ? client : client.id, client)
    }
    return this
  }

  /** @returns whether the client was there. */
  delete(client: Client<State, Data>): boolean {
    checkClient('delete()', client)
    membershipsOf(client as AnyClient).leave(this)
    return this.#clients.delete(this.#clients.get(client.id) === client ? client.id : client)
  }

  clear(): void {
    for (const client of this) this.delete(client)
  }

  /** Sends the same lines to `clients`; a last argument `{ newline: false }` leaves out the CR LF. */
  write(clients: AnyClient | Iterable<AnyClient>, ...args: WriteArguments): void {
    const { lines, options } = takeOptions(args)
    const broadcast = new Broadcast(lines, options)
    for (const client of several('clients', clients)) {
      checkClient('write()', client)
      broadcast.sendTo(client)
    }
  }

  /** Sends the same lines to every client but those that `exclude`, `filter` or `filterAll` leave out. */
  writeAll(...args: LinesAndOptions<WriteAllOptions<Client<State, Data>>>): void
  writeAll(...lines: Line[]): void
  writeAll(...args: WriteArguments<WriteAllOptions<Client<State, Data>>>): void {
    const { lines, options } = takeOptions(args)
    const broadcast = new Broadcast(lines, options)
    const excluded = options?.exclude === undefined ? undefined : new Set(several('exclude', options.exclude))
    if (options?.filter) checkFunction('writeAll()', 'filter', options.filter)
    if (this.filterAll) checkFunction('writeAll()', 'filterAll', this.filterAll)
    for (const client of this.#clients.values()) {
      if (excluded?.has(client)) continue
      if (this.filterAll && !this.filterAll(client)) continue
      if (options?.filter && !options.filter(client)) continue
      broadcast.sendTo(client)
    }
  }
}

function checkClient(where: string, client: unknown): void {
  if (!(client instanceof Client)) throw new InvalidOptionError(where, 'client', client, 'a client')
}

/** A client is iterable itself, but asynchronously, so it can't be taken for several. */
function several<C extends object>(name: string, clients: C | Iterable<C>): Iterable<C> {
  checkObject('write()', name, clients, 'a client, or several')
  return Symbol.iterator in clients ? (clients as Iterable<C>) : [clients as C]
}
