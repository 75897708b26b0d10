/**
 * The whole program of one client.
 */
import { type AnyClient, type Client, channelOf } from '../client/client.js'
import type { Alarm } from '../clock.js'
import { Connect, Disconnect, Receive } from '../events/catalogue.js'
import { type Event, type EventClass, handlerOf } from '../events/event.js'
import { hasGone } from '../events/settle.js'
import type { Flights } from '../observability/tallies.js'
import type { HandlerRuns } from './dispatcher.js'

/** Where a session's events go: see `EventHub`. */
export interface SessionEvents {
  /** Runs an event's handlers, and passes on what they throw; undefined where none has anything to await. */
  dispatch(
    event: Event,
    args?: readonly unknown[],
    rerun?: undefined,
    runs?: HandlerRuns,
  ): PromiseLike<unknown> | undefined
  /** Where whoever dispatches events of a class counts those that are in flight. */
  flights(eventClass: EventClass): Flights
  /** A handler of the event has thrown. Never rejects. */
  failed(event: Event, error: unknown): PromiseLike<unknown> | undefined
}

/** What a session needs besides. */
export interface SessionHost {
  readonly events: SessionEvents
  /** Writes down what the client's handlers are given, where they are to outlive the process. */
  readonly conversations?: SessionConversations | undefined
  /** `Connect` is done. */
  connected?(client: AnyClient): void
  /** The client has no more lines; `Disconnect` is next. */
  leaving(client: AnyClient): void
  /** Milliseconds that a handler may go on when its client has gone. */
  readonly drain: number
  /** A handler was still running after that, and is not waited for. */
  leftBehind(event: Event, handler: unknown): void
}

/** See `Conversations`. */
export interface SessionConversations {
  /** The handlers of an event of the client's are about to run. */
  begin(client: AnyClient, event: Event): HandlerRuns
  /** They have run. */
  end(client: AnyClient): void
}

/** An event whose handlers run already: they have been brought to where another process has left them. */
export interface ResumedEvent {
  readonly event: Event
  /** Resolves when they have run. */
  readonly ended: Promise<unknown>
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
  /** The session goes on in the middle of this event. */
  resumed: ResumedEvent | undefined
  /** Goes on to `Disconnect` at once, whatever a handler is doing. */
  leave(): void
}

export function newProgress(): Progress {
  return {
    at: 'new',
    data: undefined,
    count: 0,
    event: undefined,
    again: false,
    resumed: undefined,
    leave: () => {},
  }
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
  if (progress.at === 'new' || progress.resumed?.event instanceof Connect) {
    advance(progress, 'connect')
    await connect(client, host, progress)
    if (hasLeft()) return
    host.connected?.(client)
  }
  const { inbox } = channelOf(client)
  // Begins with the line that another process was handling when its time was up, however that was typed.
  inbox.sessionHidden = progress.data !== undefined
  let next = progress.data as string | undefined
  const flights = host.events.flights(Receive)
  for (;;) {
    progress.at = 'idle'
    progress.event = undefined
    const line = next ?? inbox.poll() ?? (await inbox.rest())
    if (line === undefined) return
    next = undefined
    advance(progress, 'receive', line)
    const event =
      (progress.resumed?.event as Receive | undefined) ??
      new Receive({ client, data: line, hidden: inbox.sessionHidden, again: progress.again })
    progress.again = false
    progress.event = event
    flights.count += 1
    try {
      const pending = run(client, event, host, progress)
      if (pending !== undefined) await pending
      flights.count -= 1
    } catch (error) {
      flights.count -= 1
      await host.events.failed(event, error)
    }
    host.conversations?.end(client)
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
  const event = progress.resumed?.event ?? new Connect({ client, again: progress.again })
  progress.again = false
  progress.event = event
  const flights = host.events.flights(Connect)
  flights.count += 1
  try {
    await run(client, event, host, progress)
    flights.count -= 1
  } catch (error) {
    flights.count -= 1
    if (!hasGone(error, event)) {
      client.write('Sorry, something went wrong. Please try again later.')
      void client.close()
    }
    await host.events.failed(event, error)
  }
  host.conversations?.end(client)
}

/** Runs the handlers of a client's event, or goes on with them. */
function run(
  client: Client,
  event: Event,
  { events, conversations }: SessionHost,
  progress: Progress,
): PromiseLike<unknown> | undefined {
  const { resumed } = progress
  progress.resumed = undefined
  if (resumed !== undefined) return resumed.ended
  if (conversations === undefined) return events.dispatch(event)
  return events.dispatch(event, undefined, undefined, conversations.begin(client, event))
}

/** Runs an event's handlers to their end, whatever they do. */
export async function handle(event: Event, events: SessionEvents): Promise<void> {
  const flights = events.flights(event.constructor as EventClass)
  flights.count += 1
  try {
    await events.dispatch(event)
    flights.count -= 1
  } catch (error) {
    flights.count -= 1
    await events.failed(event, error)
  }
}
