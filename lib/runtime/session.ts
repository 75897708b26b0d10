/**
 * The whole program of one client.
 */
import type { AnyClient, Client } from '../client/client.js'
import { ClientDisconnectedError } from '../client/errors.js'
import { Connect, Disconnect, Receive } from '../events/catalogue.js'
import type { Event } from '../events/event.js'

/** What a session needs of its service. */
export interface SessionHost {
  /** Runs an event's handlers, and passes on what they throw; undefined where none has anything to await. */
  dispatch(event: Event): PromiseLike<unknown> | undefined
  /** A handler of the event has thrown. Never rejects. */
  failed(event: Event, error: unknown): PromiseLike<unknown> | undefined
  /** The client has no more lines; `Disconnect` is next. */
  leaving(client: AnyClient): void
}

/**
 * From `Connect` to `Disconnect`. `Receive` gets each line that no handler has asked for.
 *
 * It reads as `for await (const line of client) await dispatch(new Receive({ client, data: line }))` would, but takes
 * lines that are there without waiting for them, and awaits only handlers that have something to await.
 */
export async function runSession(client: Client, host: SessionHost): Promise<void> {
  await connect(client, host)
  const { inbox } = client
  for (;;) {
    const line = inbox.poll() ?? (await inbox.rest())
    if (line === undefined) break
    const event = new Receive({ client, data: line })
    try {
      const pending = host.dispatch(event)
      if (pending !== undefined) await pending
    } catch (error) {
      await host.failed(event, error)
    }
  }
  host.leaving(client)
  await handle(new Disconnect({ client }), host)
  void client.close()
}

/** A client whose `Connect` fails is told, and closed (contract rule 6). */
async function connect(client: Client, host: SessionHost): Promise<void> {
  const event = new Connect({ client })
  try {
    await host.dispatch(event)
  } catch (error) {
    if (!(error instanceof ClientDisconnectedError)) {
      client.write('Sorry, something went wrong. Please try again later.')
      void client.close()
    }
    await host.failed(event, error)
  }
}

/** Runs an event's handlers to their end, whatever they do. */
export async function handle(event: Event, host: SessionHost): Promise<void> {
  try {
    await host.dispatch(event)
  } catch (error) {
    await host.failed(event, error)
  }
}
