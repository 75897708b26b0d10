/**
 * Replays conversations of its own while another process still serves: by then the code is compiled that clients would
 * otherwise wait for. With 1,000 of them, five prompts deep, they wait for 190 ms and not for 300 (the benchmark
 * `conversations --only=pause`). With 300 rehearsals nothing is won, since the compiler does not look at them.
 *
 * What must stay true: nothing of the program runs, and nobody else learns of it.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { type AnyClient, nextAnswer } from '../../client/client.js'
import { Journal, lineAnswer } from '../../conversation/journal.js'
import { Connect } from '../../events/catalogue.js'
import { handlerWatch } from '../../inspection.js'
import { isTraced } from '../../observability/channels.js'
import type { ConnectionSink } from '../../transport/connection.js'
import type { SavedClient } from '../client-state.js'
import { dryConversations } from '../conversations/dry-conversations.js'
import { SLICE } from '../conversations/replays.js'
import type { ConversationsHost } from '../conversations/session-conversation.js'
import type { DivergenceReport, InheritedConnection, RelayedConnection } from '../edge-port.js'
import { EventHub } from '../event-hub.js'
import type { Names } from '../plain-data.js'
import { newProgress } from '../progress.js'

export interface RehearsalHost {
  /** Not the service's own: no turn of it may reach the edge. */
  readonly executor: ConversationsHost['executor']
  /** Makes a client whom nobody knows. */
  makeClient(connection: RelayedConnection, saved: SavedClient): AnyClient
}

/** Nobody but clients of nobody's is named. */
export const NO_NAMES: Names = {
  nameOf: () => undefined,
  named: () => undefined,
  revive: (_, value) => value,
}

const REHEARSALS = 1_000
/** With fewer conversations, clients wait for less than the rehearsals take. */
const FEW = 200

const ASKED = { kind: 'input', hint: 'Name: ' }
const ANSWERS = 5
const STATE = '{}'

/** Whoever follows handlers would be told of each rehearsal. */
export function mayRehearse(): boolean {
  return !isTraced() && handlerWatch() === undefined
}

/** What is worth its time: 200 ms for conversations, 50 ms for lines. */
export function worthRehearsing(connections: readonly InheritedConnection[]): {
  conversations: boolean
  lines: boolean
} {
  const may = mayRehearse()
  const talking = connections.filter(({ journal }) => journal !== '')
  return {
    conversations: may && talking.length >= FEW,
    lines: may && connections.length >= FEW,
  }
}

/**
 * @param times how many conversations are replayed.
 * @returns what did not go as it is written down, which would make the others worth nothing.
 */
export async function rehearse(
  { executor, makeClient }: RehearsalHost,
  times = REHEARSALS,
): Promise<DivergenceReport[]> {
  const events = new EventHub<unknown, string>(undefined)
  events.listen(Connect, async ({ client }) => {
    for (;;) {
      client.prompt(ASKED.hint)
      await nextAnswer(client, { kind: ASKED.kind, message: ASKED.hint })
    }
  })
  const conversations = dryConversations({ executor, events, names: NO_NAMES, warn() {} })
  const journal = journalOfRehearsals()
  const diverged: DivergenceReport[] = []
  for (let time = 1; time <= times; time++) {
    const replayed = conversations.replay(makeClient(NOBODY, SAVED), journal, STATE, undefined)
    void replayed.outcome.then((divergence) => {
      if (divergence !== undefined) diverged.push(divergence)
      replayed.catchUp()
      // Where something stays silent, each await of the process is followed for as long as it lives.
      replayed.resumed?.release()
      replayed.drop()
    })
    if (time % SLICE === 0 || time === times) await turn()
  }
  return diverged
}

/** Of a handler that has been given its answers, and has asked for one more. */
function journalOfRehearsals(): string {
  const journal = new Journal()
  journal.add({ event: 'connect', handler: { position: 0, name: '', before: 0 }, again: false, state: STATE })
  for (let number = 0; number < ANSWERS; number++) {
    journal.add(['?', number, ASKED.kind, ASKED.hint])
    journal.add(lineAnswer(number, 'an answer', undefined))
  }
  journal.add(['?', ANSWERS, ASKED.kind, ASKED.hint])
  return journal.take()?.text ?? ''
}

/** A connection on which nobody is. */
export class Nobody implements RelayedConnection {
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

const NOBODY = new Nobody(0)

const SAVED: SavedClient = {
  id: 0,
  connectedAt: 0,
  at: 'connect',
  asked: true,
  hidden: false,
  channel: {
    snapshot: { protocol: 'lines' },
    seen: [],
    taken: 0,
    lastInput: 0,
    silent: false,
    secrecy: undefined,
  },
  progress: newProgress(),
  state: STATE,
}
