/** How far a session has come: what another process needs to know to go on with it. */
import { type AnyClient, channelOf } from '../client/client.js'
import type { Event } from '../events/event.js'

/** An event whose handlers run already: they have been brought to where another process has left them. */
export interface ResumedEvent {
  readonly event: Event
  /** Resolves when they have run. */
  readonly ended: Promise<unknown>
  /** From now on they are as live as any other: in the session's own turn, which goes to the edge with what they do. */
  release(): void
}

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
}

export function newProgress(): Progress {
  return { at: 'new', data: undefined, count: 0, event: undefined, again: false, resumed: undefined }
}

/** Nothing that a restart or a crash has cut short begins again: the client is let go, and its `Disconnect` is next. */
export function beginNothing(progress: Progress): void {
  Object.assign(progress, { at: 'idle', data: undefined, again: false })
}

/** A handler of `Connect` or `Receive` runs. */
export function isHandling({ at }: Pick<Progress, 'at'>): boolean {
  return at === 'connect' || at === 'receive'
}

/** A handler of the session's waits for a line of this client. */
export function isConversing(client: AnyClient, progress: Progress): boolean {
  return isHandling(progress) && channelOf(client).inbox.awaited
}

/** A handler of the session's runs, and waits for something else, or the session is about to begin or to end. */
export function isWorking(client: AnyClient, progress: Progress): boolean {
  return progress.at !== 'idle' && progress.at !== 'over' && !isConversing(client, progress)
}

/** Another process was handling the line when its time was up, and the session's turn to go on with it has not come. */
export function isAboutTo({ at, data, again }: Progress): boolean {
  return at === 'idle' && again && data !== undefined
}

/** A handler of the session's runs, or is about to, and does not wait for a line. */
export function isBusy(client: AnyClient, progress: Progress): boolean {
  return isAboutTo(progress) || isWorking(client, progress)
}
