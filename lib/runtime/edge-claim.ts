/** A run claims the edge that holds its process's connections, and tells it what the settings mean for it. */
import type { CoreSettings } from '../settings/index.js'
import { type EdgeClient, type EdgePort, edgePort } from './edge-port.js'
import { SecondServiceError } from './errors.js'

/** How long handlers that are brought to where they were may take, in milliseconds: one that stalls is given up before. */
const REPLAYS = 10_000

/**
 * @returns undefined where there is no edge.
 * @throws SecondServiceError where it serves another service of this process.
 */
export function claimEdge(client: EdgeClient, settings: CoreSettings): EdgePort | undefined {
  const edge = edgePort()
  if (edge === undefined) return undefined
  const { heartbeat, readyTimeout, restartWait, drain, maxConnections, probation, spareWorker } = settings
  const { log, logFile, maxUnreadBytes, maxLineLength, maxUnsentBytes } = settings
  const isClaimed = edge.claim(client, {
    heartbeat,
    readyTimeout,
    // What handlers are given, and enough for a slow machine.
    takeOverTimeout: countable(readyTimeout + 2 * drain + REPLAYS),
    // Handlers twice, where a restart waits for conversations first. Disconnects twice, since some begin meanwhile; and Suspend.
    handOverTimeout: countable(readyTimeout + 2 * restartWait + 3 * drain + 20_000),
    // PreStop, clients, PostStop, and ListenStop of up to three servers; five seconds more for each, and a store's last.
    stopTimeout: countable(6 * drain + 45_000),
    maxConnections,
    // What a worker may leave unread, a line that has begun, and what is under way.
    window: maxUnreadBytes + maxLineLength + 64 * 1024,
    maxUnsent: maxUnsentBytes,
    probation,
    spareWorker,
    log: typeof log === 'object' && 'child' in log ? true : log,
    logFile,
  })
  if (!isClaimed) throw new SecondServiceError()
  return edge
}

/** The edge gets numbers as JSON, which has no Infinity, and sets Node's timers by them. */
function countable(ms: number): number {
  return Math.min(ms, 2 ** 31 - 1)
}
