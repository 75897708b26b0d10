/**
 * How all sessions end when the service stops: those that wait for a line at once; those in a handler when it is done, or
 * when its time is up. Clients get what they are owed, and are closed.
 */
import { MAX_CLOSING } from '../client/channel.js'
import { type AnyClient, channelOf } from '../client/client.js'
import { runProgram, type Scheduler, task } from '../client/scheduler.js'
import type { Clock } from '../clock.js'
import { within } from '../wait.js'
import type { Session } from './session.js'

/** How long handlers may take to clean up once their clients are closed, in milliseconds. */
const CLEANUP_GRACE = 1_000

export interface EndSessionsOptions {
  /** Those that are not over. */
  readonly sessions: ReadonlyMap<AnyClient, Session>
  /** Clients whose connection is open. */
  readonly open: ReadonlyMap<AnyClient, unknown>
  readonly executor: Scheduler
  readonly clock: Clock
  /** Milliseconds that handlers get to finish. */
  readonly drain: number
  warn(message: string): void
}

/** Sessions of handlers that have not ended even then are left over. */
export async function endSessions(options: EndSessionsOptions): Promise<void> {
  const { sessions, open, executor, clock, drain } = options
  const waiting = [...open.keys()].filter((client) => !channelOf(client).inbox.drain())
  // All at once, before the first of them leaves: nobody is told of everyone else's leaving.
  for (const client of waiting) void client.close()
  await overWithin(clock, drain, [...sessions.values()])
  for (const client of open.keys()) void client.close()
  await overWithin(clock, CLEANUP_GRACE, [...sessions.values()])
  // Handlers that go on even now are left to themselves; `Disconnect` comes all the same.
  // In turns of their own: their handlers are not to run in the asynchronous context of whoever stops the service.
  for (const session of sessions.values()) {
    executor.ready(task(() => runProgram(() => session.leave())))
  }
  await overWithin(clock, CLEANUP_GRACE, [...sessions.values()])
  await connectionsEnd(options)
}

/** Waits until these sessions are over, `Disconnect` included, but no longer than `ms`. */
export async function overWithin(clock: Clock, ms: number, sessions: readonly Session[]): Promise<void> {
  const ended = Promise.all(sessions.map((session) => session.ended))
  if (sessions.length > 0) await within(clock, ms, ended)
}

/** A stream of the program's own may never say that it is closed. */
async function connectionsEnd({ open, clock, warn }: EndSessionsOptions): Promise<void> {
  const closed = Promise.all([...open.keys()].map((client) => client.closed))
  if (await within(clock, MAX_CLOSING + CLEANUP_GRACE, closed)) return
  warn(
    `${[...open.keys()].join(', ')}: the connection was destroyed and does not say that it is closed. ` +
      'A Duplex must call back from _destroy, and emit close.',
  )
}
