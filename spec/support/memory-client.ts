/** A client without a service, and the end of its peer, connected in memory. */
import type { Duplex } from 'node:stream'
import { memoryPair } from 'mara-ts'
import { type AnyClient, Client, type ClientInit } from '../../lib/client/client.js'
import { type Clock, systemClock } from '../../lib/clock.js'
import { defaultLimits } from '../../lib/limits.js'
import { Counters } from '../../lib/observability/counters.js'
import { lines } from '../../lib/protocol/index.js'
import { Executor } from '../../lib/runtime/executor.js'
import { DuplexConnection } from '../../lib/transport/duplex.js'

export interface MemoryClientOptions extends Partial<Pick<ClientInit, 'id' | 'protocol' | 'connectedAt'>> {
  readonly executor?: Executor
  readonly clock?: Clock
}

export function memoryClient({
  id = 1,
  protocol = lines,
  executor = new Executor(),
  clock = systemClock,
  ...more
}: MemoryClientOptions = {}): { client: AnyClient; peer: Duplex } {
  const [ours, peer] = memoryPair()
  const settings = { executor, clock, counters: new Counters(), limits: defaultLimits, sanitize: true }
  const connection = new DuplexConnection(ours)
  return { client: new Client({ id, protocol, connection, settings, ...more }) as AnyClient, peer }
}
