/**
 * How the clients of this process become those of the next one, in the order in which it must happen: handlers that work
 * get their time while everybody is served; then nothing is read any more, all at once; then each client is written down.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { type AnyClient, channelOf } from '../../client/client.js'
import type { Clock } from '../../clock.js'
import type { CoreSettings } from '../../settings/index.js'
import { dismiss, type ServiceTexts } from '../../texts.js'
import { until } from '../../wait.js'
import { isConversing, isWorking, type Progress } from '../progress.js'

/** How long the handlers that run when everything has stopped may take, in milliseconds: everybody waits for them. */
const LAST_HANDLERS = 100
/** How long clients that can't be handed over may take to hear it, in milliseconds. */
const GOODBYE = 1_000

export type Sessions = ReadonlyMap<AnyClient, Progress>

/** The settings are those of the service. */
export interface HandOverOptions extends Pick<CoreSettings, 'onRestart' | 'restartWait' | 'drain'> {
  readonly sessions: Sessions
  readonly clock: Clock
  /** Resolves when the sessions of clients that have gone are over, but no later than that. */
  readonly farewells: (ms: number) => Promise<void>
  /** From now on clients that come are for the next process. */
  readonly letGo: () => void
  /** Whether another process can go on with a client's connection. */
  readonly isMovable: (client: AnyClient) => boolean
  readonly texts: ServiceTexts
}

/**
 * Brings everything to a stand: from now on no client is read, and no session gets a line.
 *
 * @returns the time at which they were stopped, in milliseconds since the epoch.
 */
export async function bringToStand(options: HandOverOptions): Promise<number> {
  const { sessions, onRestart, restartWait, drain, farewells } = options
  if (onRestart === 'wait') await until(() => !some(sessions, isConversing), restartWait)
  await sayGoodbye(options)
  await Promise.all([handlersEnd(sessions, restartWait), farewells(drain)])
  // Of clients that have gone meanwhile: their Disconnect is not run again.
  await farewells(drain)
  // A turn of its own, in which no session is between a line and its handler.
  await turn()
  const since = options.clock.now()
  options.letGo()
  for (const client of sessions.keys()) channelOf(client).freeze()
  if (onRestart === 'disconnect') {
    for (const [client, progress] of sessions)
      if (isConversing(client, progress)) dismiss(client, options.texts.restarting)
  }
  await until(() => !some(sessions, isWorking), LAST_HANDLERS)
  // One that is closed in this last turn is no session any more, and may be saying its own goodbye.
  await farewells(LAST_HANDLERS)
  return since
}

function some(sessions: Sessions, test: (client: AnyClient, progress: Progress) => boolean): boolean {
  for (const [client, progress] of sessions) if (test(client, progress)) return true
  return false
}

async function sayGoodbye({ sessions, isMovable, texts }: HandOverOptions): Promise<void> {
  const leaving = [...sessions.keys()].filter((client) => !isMovable(client))
  for (const client of leaving) dismiss(client, texts.restarting)
  await until(() => leaving.every((client) => !sessions.has(client)), GOODBYE)
}

/**
 * Waits for the handlers that work now, or are about to go on where another process has left them; those that begin meanwhile
 * are not waited for.
 */
async function handlersEnd(sessions: Sessions, ms: number): Promise<void> {
  const works = (client: AnyClient, progress: Progress): boolean =>
    progress.resumed !== undefined || isWorking(client, progress)
  const working = new Map<AnyClient, number>()
  for (const [client, progress] of sessions) {
    if (works(client, progress)) working.set(client, progress.count)
  }
  const hasEnded = ([client, count]: [AnyClient, number]): boolean => {
    const progress = sessions.get(client)
    return progress === undefined || progress.count !== count || !works(client, progress)
  }
  await until(() => [...working].every(hasEnded), ms)
}
