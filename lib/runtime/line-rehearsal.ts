/**
 * Serves lines of its own while another process still serves: by then the code is compiled through which those lines go that
 * have waited for this process.
 *
 * What must stay true: nothing of the program runs, nobody else learns of it, and nothing of it is left.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { AnyClient } from '../client/client.js'
import { ClientContainer } from '../client/container.js'
import { Receive } from '../events/catalogue.js'
import { Counters } from '../observability/counters.js'
import type { ConnectionSink } from '../transport/connection.js'
import type { ConnectionManager } from './connection-manager.js'
import { dryConversations } from './dry-conversations.js'
import type { RelayedConnection } from './edge-port.js'
import { EventHub } from './event-hub.js'
import { Executor } from './executor.js'
import { NO_NAMES } from './rehearsal.js'
import { ServedClients } from './served-clients.js'
import type { Progress } from './session.js'

/** What a connection manager of nobody's works with. */
export interface NobodysParts {
  readonly executor: Executor
  readonly events: EventHub<unknown, string>
  readonly clients: ClientContainer<unknown, string>
  readonly counters: Counters
}

const CROWD = 20
const LINES = 100
const LINE = Buffer.from('a line of text, as long as people write them\r\n')

/** @param makeManager makes one that has the service's settings, and nothing else of it. */
export async function rehearseLines(
  makeManager: (parts: NobodysParts) => ConnectionManager<unknown, string>,
): Promise<void> {
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
    sealer: { seal: (text) => text, unseal: (text) => text },
    names: NO_NAMES,
    progressOf: (client) => manager.sessions.get(client as never) as Progress,
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
    served.add(client as AnyClient, nobody)
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

/** A connection on which nobody is. */
class Nobody implements RelayedConnection {
  readonly id: number
  readonly listener = ''
  readonly remoteAddress = undefined
  readonly protocol = undefined
  readonly deaths = 0
  readonly leaving = false
  readonly secure = false
  readonly destroyed = false
  readonly unsent = 0
  sink: ConnectionSink | undefined

  constructor(id: number) {
    this.id = id
  }

  open(sink: ConnectionSink): void {
    this.sink = sink
  }

  write(): boolean {
    this.sink?.left()
    return true
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
  touched(): void {}
  release(): void {}
}
