/** Puts together what `service.stats()` gives. */
import type { Counters } from '../observability/counters.js'
import type { ServiceStats } from '../observability/stats.js'
import type { EventTallies } from '../observability/tallies.js'

/** What only a run of the service knows. */
export type RunStats = Pick<ServiceStats, 'uptime' | 'queues' | 'eventLoop'>

export interface StatsSources {
  readonly now: number
  readonly since: number
  /** How many clients are in `service.clients`. */
  readonly connected: number
  readonly counters: Counters
  readonly tallies: EventTallies
  /** Undefined where the service has never been started. */
  readonly run: RunStats | undefined
}

const NO_RUN: RunStats = {
  uptime: 0,
  queues: { ready: 0, unreadLines: 0, unreadBytes: 0, unsentBytes: 0 },
  eventLoop: { delay: null },
}

export function statsOf({
  now,
  since,
  connected,
  counters,
  tallies,
  run = NO_RUN,
}: StatsSources): ServiceStats {
  const { accepted, restored, refused, bytesIn, linesIn, bytesOut, linesOut, limits } = counters
  const events: Record<string, number> = {}
  const byEvent: Record<string, number> = {}
  let inFlight = 0
  for (const [name, tally] of tallies) {
    events[name] = tally.events
    byEvent[name] = tally.flights.count
    inFlight += tally.flights.count
  }
  return frozen({
    at: now,
    since,
    uptime: run.uptime,
    clients: { connected, accepted, restored, refused },
    input: { bytes: bytesIn, lines: linesIn },
    output: { bytes: bytesOut, lines: linesOut },
    queues: run.queues,
    eventLoop: run.eventLoop,
    limits: { ...limits },
    handlers: { inFlight, byEvent },
    events,
  })
}

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) frozen(part)
  return Object.freeze(value)
}
