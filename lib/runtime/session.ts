/**
 * The whole program of one client.
 */
import type { AnyClient, Client } from '../client/client.js'
import { Connect, Disconnect, Receive } from '../events/catalogue.js'
import type { Event } from '../events/event.js'

/** What a session needs of its service. */
export interface SessionHost {
  /** Runs an event's handlers; undefined where none had anything to await. Never throws. */
  dispatch(event: Event): PromiseLike<unknown> | undefined
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
  await host.dispatch(new Connect({ client }))
  const { inbox } = client
  for (;;) {
    const line = inbox.poll() ?? (await inbox.rest())
    if (line === undefined) break
    const pending = host.dispatch(new Receive({ client, data: line }))
    if (pending !== undefined) await pending
  }
  host.leaving(client)
  await host.dispatch(new Disconnect({ client }))
  void client.close()
}
