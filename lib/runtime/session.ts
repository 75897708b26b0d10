/**
 * The whole program of one client.
 */
import { type AnyClient, type Client, channelOf } from '../client/client.js'
import type { Alarm } from '../clock.js'
import { Connect, Disconnect, Receive } from '../events/catalogue.js'
import { type Event, handlerOf } from '../events/event.js'
import { hasGone } from '../events/settle.js'

/** Where a session's events go: see `EventHub`. */
export interface SessionEvents {
  /** Runs an event's handlers, and passes on what they throw; undefined where none has anything to await. */
  dispatch(event: Event): PromiseLike<unknown> | undefined
  /** A handler of the event has thrown. Never rejects. */
  failed(event: Event, error: unknown): PromiseLike<unknown> | undefined
}

/** What a session needs besides. */
export interface SessionHost {
  readonly events: SessionEvents
  /** `Connect` is done. */
  connected?(client: AnyClient): void
  /** The client has no more lines; `Disconnect` is next. */
  leaving(client: AnyClient): void
  /** Milliseconds that a handler may go on when its client has gone. */
  readonly drain: number
  /** A handler was still running after that, and is not waited for. */
  leftBehind(event: Event, handler: unknown): void
}

/** How far a session has come: what another process needs to know to go on with it. */
export interface Progress {
  /** The handlers of which event run; `idle` where the next line is waited for. */
  at: 'new' | 'connect' | 'idle' | 'receive' | 'disconnect' | 'over'
  /** The line that is being handled. */
  data: string | Uint8Array | undefined
  /** How many events have been dispatched. */
  count: number
  /** The event whose handlers run. */
  event: Event | undefined
  /** A restart or a crash cut the handlers of its next event short. */
  again: boolean
  /** Goes on to `Disconnect` at once, whatever a handler is doing. */
  leave(): void
}

export function newProgress(): Progress {
  return { at: 'new', data: undefined, count: 0, event: undefined, again: false, leave: () => {} }
}

/**
 * From `Connect` to `Disconnect`. `Receive` gets each line that no handler has asked for.
 *
 * It reads as `for await (const line of client) await dispatch(new Receive({ client, data: line }))` would, but takes
 * lines that are there without waiting for them, and awaits only handlers that have something to await.
 */
export function runSession(
  client: Client,
  host: SessionHost,
  progress: Progress = newProgress(),
): Promise<void> {
  return new Promise((resolve) => {
    const channel = channelOf(client)
    const { clock } = channel
    let alarm: Alarm | undefined
    let hasLeft = false
    const leave = (): void => {
      if (hasLeft) return
      hasLeft = true
      clock.clearTimeout(alarm)
      if (isHandling(progress)) host.leftBehind(progress.event as Event, handlerOf(progress.event as Event))
      void sayGoodbye(client, host, progress).then(resolve)
    }
    progress.leave = leave
    channel.onEnd(() => {
      if (isHandling(progress)) alarm = clock.setTimeout(leave, host.drain)
    })
    void serve(client, host, progress, () => hasLeft).then(leave)
  })
}

/** `Connect`, and a `Receive` for each line. */
async function serve(
  client: Client,
  host: SessionHost,
  progress: Progress,
  hasLeft: () => boolean,
): Promise<void> {
  if (progress.at === 'new') {
    advance(progress, 'connect')
    await connect(client, host, progress)
    if (hasLeft()) return
    host.connected?.(client)
  }
  const { inbox } = channelOf(client)
  // Begins with the line that another process was handling when its time was up, however that was typed.
  inbox.sessionHidden = progress.data !== undefined
  let next = progress.data as string | undefined
  for (;;) {
    progress.at = 'idle'
    progress.event = undefined
    const line = next ?? inbox.poll() ?? (await inbox.rest())
    if (line === undefined) return
    next = undefined
    advance(progress, 'receive', line)
    const event = new Receive({ client, data: line, hidden: inbox.sessionHidden, again: progress.again })
    progress.again = false
    progress.event = event
    try {
      const pending = host.events.dispatch(event)
      if (pending !== undefined) await pending
    } catch (error) {
      await host.events.failed(event, error)
    }
    // It took too long after its client had gone: `Disconnect` has been triggered without it.
    if (hasLeft()) return
  }
}

async function sayGoodbye(client: Client, host: SessionHost, progress: Progress): Promise<void> {
  advance(progress, 'disconnect')
  host.leaving(client)
  await handle(new Disconnect({ client }), host.events)
  progress.at = 'over'
  void client.close()
}

/** A handler of `Connect` or `Receive` runs. */
function isHandling({ at }: Progress): boolean {
  return at === 'connect' || at === 'receive'
}

function advance(progress: Progress, at: Progress['at'], data?: Progress['data']): void {
  progress.at = at
  progress.data = data
  progress.count += 1
}

/** A client whose `Connect` fails is told, and closed (contract rule 6). */
async function connect(client: Client, host: SessionHost, progress: Progress): Promise<void> {
  const event = new Connect({ client, again: progress.again })
  progress.again = false
  progress.event = event
  try {
    await host.events.dispatch(event)
  } catch (error) {
    if (!hasGone(error, event)) {
      client.write('Sorry, something went wrong. Please try again later.')
      void client.close()
    }
    await host.events.failed(event, error)
  }
}

/** Runs an event's handlers to their end, whatever they do. */
export async function handle(event: Event, events: SessionEvents): Promise<void> {
  try {
    await events.dispatch(event)
  } catch (error) {
    await events.failed(event, error)
  }
}
