/**
 * Serves lines of its own while another process still serves: by then the code is compiled through which those lines go that
 * have waited for this process.
 *
 * What must stay true: nothing of the program runs, nobody else learns of it, and nothing of it is left.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { ClientContainer } from '../../client/container.js'
import { NO_SEALER } from '../../conversation/seal.js'
import { Receive } from '../../events/catalogue.js'
import { Counters } from '../../observability/counters.js'
import type { ConnectionManager } from '../connection-manager.js'
import { dryConversations } from '../conversations/dry-conversations.js'
import { EventHub } from '../event-hub.js'
import { Executor } from '../executor.js'
import type { Progress } from '../progress.js'
import type { SessionEvents } from '../session-events.js'
import { NO_NAMES, Nobody } from './rehearsal.js'
import { ServedClients } from './served-clients.js'

/** What a connection manager works with, besides settings. */
export interface ManagerParts {
  readonly executor: Executor
  readonly events: SessionEvents
  readonly clients: ClientContainer<unknown, string | Uint8Array>
  readonly counters: Counters
}

const CROWD = 20
const LINES = 100
const LINE = Buffer.from('a line of text, as long as people write them\r\n')

/** @param makeManager makes one that has the service's settings, and nothing else of it. */
export async function rehearseLines(makeManager: (parts: ManagerParts) => ConnectionManager): Promise<void> {
  const executor = new Executor()
  const events = new EventHub<unknown, string>(undefined)
  // As programs do it: some answer at once, some have something to await.
  let count = 0
  events.listen(Receive, ({ client, data }) => {
    client.write(data)
    count += 1
    return count % 2 === 0 ? undefined : Promise.resolve()
  })
  const manager = makeManager({ executor, events, clients: new ClientContainer(), counters: new Counters() })
  manager.conversations = dryConversations({ executor, events, names: NO_NAMES, warn() {} })
  const served = new ServedClients({
    sealer: NO_SEALER,
    names: NO_NAMES,
    progressOf: (client) => manager.sessions.get(client) as Progress,
    journalChangeOf: () => undefined,
    hasBegun: () => false,
    warn() {},
  })
  const crowd: Nobody[] = []
  for (let id = 0; id < CROWD; id++) {
    const nobody = new Nobody(id)
    const client = manager.accept(nobody, { remoteAddress: undefined, secure: false })
    // The limits on connections may be lower than that.
    if (client === undefined) break
    served.add(client, nobody)
    crowd.push(nobody)
  }
  for (let line = 0; line < LINES; line++) {
    for (const nobody of crowd) nobody.sink?.data(LINE)
    await turn()
    for (const nobody of crowd) served.describe(nobody, false)
  }
  for (const nobody of crowd) nobody.sink?.closed()
  while (manager.sessions.size > 0 || executor.waiting > 0) await turn()
}
