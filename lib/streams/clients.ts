/** A service's clients as a stream: for services without handlers. */
import type { AnyClient, Client } from '../client/client.js'
import { leadElsewhere, leadHere } from '../conversation/elsewhere.js'
import { Connect, PreStop } from '../events/catalogue.js'
import type { Service } from '../service.js'
import { type AnyService, openReader, type ReaderOptions } from './events.js'
import { Stream } from './stream.js'

/**
 * Clients as they connect, from the beginning of the iteration until the service stops:
 *
 * ```ts
 * for await (const client of clients(service)) void talk(client)
 * ```
 *
 * A client that is taken belongs to whoever took it: its lines wait for them, and none becomes a `Receive` event. Clients
 * that nobody takes, because the reader leaves or drops them, go on to the service's own handlers.
 *
 * A stop does not wait for conversations: it closes clients after what was written to them is sent.
 *
 * @throws InvalidOptionError when the iteration begins.
 */
export function clients<State, Data extends string | Uint8Array>(
  // biome-ignore lint/suspicious/noExplicitAny: whatever settings it has
  service: Service<State, Data, any>,
  options: ReaderOptions = {},
): Stream<Client<State, Data>> {
  return new Stream(() => {
    const held = new Held(service)
    return openReader<Client<State, Data>>(
      'clients()',
      service,
      options,
      (reader) => [
        service.listen(Connect, (async ({ client }: { client: Client<State, Data> }) => {
          const over = held.untilGone(client)
          // Whoever takes it is no part of this handler: in another process the client is taken again.
          leadElsewhere(client)
          await reader.push(client)
          await over
        }) as never),
        service.listen(PreStop, () => reader.end()),
      ],
      (client) => held.release(client),
    )
  })
}

/** Clients whose `Connect` is being handled, which is what keeps their lines from becoming events. */
class Held {
  readonly #service: AnyService
  readonly #releases = new Map<AnyClient, () => void>()
  /** Listens for the service's stop as long as there are any. */
  #unlisten: (() => void) | undefined

  constructor(service: AnyService) {
    this.#service = service
  }

  /** Resolves when the client has gone and all its lines are read, or is released before that. */
  untilGone(client: AnyClient): Promise<void> {
    this.#unlisten ??= this.#service.listen(PreStop, () => {
      for (const held of [...this.#releases.keys()]) this.release(held)
    })
    return new Promise((resolve) => {
      const { signal } = client
      const onAbort = (): void => this.release(client)
      this.#releases.set(client, () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      })
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  release(client: AnyClient): void {
    leadHere(client)
    this.#releases.get(client)?.()
    this.#releases.delete(client)
    if (this.#releases.size > 0) return
    this.#unlisten?.()
    this.#unlisten = undefined
  }
}
