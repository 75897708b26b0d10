/** The clients of a service, in the order in which they connected, and writing to many of them at once. */
import { Broadcast } from './broadcast.js'
import type { AnyClient, Client } from './client.js'
import {
  type Line,
  type LinesAndOptions,
  takeOptions,
  type WriteArguments,
  type WriteOptions,
} from './format.js'

export interface WriteAllOptions<C = AnyClient> extends WriteOptions {
  /** Who is left out: one client, or several. */
  readonly exclude?: C | Iterable<C> | undefined
  /** Who is told, on top of what `filterAll` says. */
  readonly filter?: ((client: C) => boolean) | undefined
}

export class ClientContainer<State = unknown, Data extends string | Uint8Array = string>
  implements Iterable<Client<State, Data>>
{
  readonly #clients = new Map<number, Client<State, Data>>()

  /** Who is told by every `writeAll`: those for whom it gives true; all where it is not set. */
  filterAll: ((client: Client<State, Data>) => boolean) | undefined

  get size(): number {
    return this.#clients.size
  }

  get(id: number): Client<State, Data> | undefined {
    return this.#clients.get(id)
  }

  has(client: Client<State, Data>): boolean {
    return this.#clients.get(client.id) === client
  }

  [Symbol.iterator](): IterableIterator<Client<State, Data>> {
    return this.#clients.values()
  }

  /** @internal */
  add(client: Client<State, Data>): void {
    this.#clients.set(client.id, client)
  }

  /** @internal */
  delete(client: Client<State, Data>): void {
    if (this.has(client)) this.#clients.delete(client.id)
  }

  /** Sends the same lines to `clients`; a last argument `{ newline: false }` leaves out the CR LF. */
  write(clients: Client<State, Data> | Iterable<Client<State, Data>>, ...args: WriteArguments): void {
    const { lines, options } = takeOptions(args)
    const broadcast = new Broadcast(lines, options)
    for (const client of several(clients)) broadcast.sendTo(client)
  }

  /** Sends the same lines to every client but those that `exclude`, `filter` or `filterAll` leave out. */
  writeAll(...args: LinesAndOptions<WriteAllOptions<Client<State, Data>>>): void
  writeAll(...lines: Line[]): void
  writeAll(...args: WriteArguments<WriteAllOptions<Client<State, Data>>>): void {
    const { lines, options } = takeOptions(args)
    const broadcast = new Broadcast(lines, options)
    const excluded = new Set(options?.exclude === undefined ? [] : several(options.exclude))
    for (const client of this.#clients.values()) {
      if (excluded.has(client)) continue
      if (this.filterAll !== undefined && !this.filterAll(client)) continue
      if (options?.filter !== undefined && !options.filter(client)) continue
      broadcast.sendTo(client)
    }
  }
}

/** A client is iterable itself, but asynchronously, so it can't be taken for several. */
function several<C extends object>(clients: C | Iterable<C>): Iterable<C> {
  return Symbol.iterator in clients ? (clients as Iterable<C>) : [clients as C]
}
