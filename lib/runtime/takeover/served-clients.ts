/**
 * The clients whose connections the edge keeps, and what it knows of each: a turn tells it only of what has changed since
 * the one before.
 */
import { type AnyClient, channelOf } from '../../client/client.js'
import type { JournalChange } from '../../conversation/journal.js'
import type { Sealer } from '../../conversation/seal.js'
import { channelIn, writeChannel, writeClient } from '../client-state.js'
import type { Description, RelayedConnection } from '../edge-port.js'
import { encodePlain, type Names } from '../plain-data.js'
import { isBusy, type Progress } from '../progress.js'

export interface ServedClientsHost {
  readonly sealer: Sealer
  readonly names: Names
  progressOf(client: AnyClient): Progress | undefined
  /** What is new in the client's journal; undefined where nothing is. */
  journalChangeOf(client: AnyClient): JournalChange | undefined
  /** Whether it is the client's conversation that has begun this work. */
  hasBegun(client: AnyClient, work: object): boolean
  warn(message: string): void
}

interface Served {
  readonly client: AnyClient
  readonly progress: Progress
  /** Its channel, as it was when its input was last acknowledged, where the edge does not remember it yet. */
  channel: string | undefined
  /** What telnet had agreed at that moment. */
  telnet: string | undefined
  /** What the edge remembers. */
  text: string
}

/** Characters of one client's state. */
const MAX_STATE = 10 * 1024 * 1024

export class ServedClients {
  readonly #host: ServedClientsHost
  /** By the edge's number of the connection. */
  readonly #served = new Map<number, Served>()
  /** Also of those whose session is over. */
  readonly #connections = new WeakMap<AnyClient, RelayedConnection>()

  constructor(host: ServedClientsHost) {
    this.#host = host
  }

  /**
   * @param known what the edge remembers, where another process has served it: input that was not acknowledged then is still
   * not.
   */
  add(client: AnyClient, connection: RelayedConnection, known?: string): void {
    this.#connections.set(client, connection)
    this.#served.set(connection.id, {
      client,
      progress: this.#host.progressOf(client) as Progress,
      channel: known === undefined ? writeChannel(client, this.#host.sealer) : undefined,
      telnet: telnetOf(client),
      text: known ?? '',
    })
  }

  /** Whether the edge holds the client's connection. */
  has(client: AnyClient): boolean {
    return this.#connections.has(client)
  }

  *[Symbol.iterator](): IterableIterator<AnyClient> {
    for (const { client } of this.#served.values()) yield client
  }

  /** The connection of the client whose conversation this is, or whose handlers of this event run. */
  connectionOf(work: object): RelayedConnection | undefined {
    for (const { client, progress } of this.#served.values()) {
      if (progress.event === work || this.#host.hasBegun(client, work)) return this.#connections.get(client)
    }
    return undefined
  }

  /** The end of the turn tells the edge what has changed of the client. */
  touch(client: AnyClient): void {
    this.#connections.get(client)?.touched?.()
  }

  /** The client's session is over. */
  over(client: AnyClient): void {
    const connection = this.#connections.get(client)
    if (connection === undefined) return
    this.#served.delete(connection.id)
    connection.release()
  }

  /** @param all everything is to be told, however it stands; else only at moments at which the channel may be told of. */
  describe(connection: RelayedConnection, all: boolean): Description {
    const served = this.#served.get(connection.id)
    if (served === undefined) {
      return { taken: 0, complete: true, busy: false, state: undefined, journal: undefined }
    }
    const { client, progress } = served
    const { sealer } = this.#host
    const channel = channelOf(client)
    const telnet = telnetOf(client)
    // A client that has gone may have left thousands of lines unread, which each turn would tell anew that takes some of them.
    const isClosed = !channel.open && !channel.lost
    const complete = all || channel.atRest || isClosed || telnet !== served.telnet
    if (complete) served.telnet = telnet
    const snapshot = complete ? writeChannel(client, sealer) : (served.channel ?? channelIn(served.text))
    served.channel = undefined
    // What a handler says that was brought back is held until its turn comes, though it may go on by then. So the edge goes by
    // what the process before has left: the next one replays it from there.
    const isHeld = channel.inbox.conversation?.replay !== undefined
    const text = isHeld
      ? [snapshot, ...served.text.split('\n').slice(1)].join('\n')
      : writeClient(client, progress, snapshot, this.#stateOf(client), sealer)
    const isSame = text === served.text
    served.text = text
    return {
      taken: channel.inbox.taken,
      complete,
      busy: isBusy(client, progress),
      state: isSame ? undefined : text,
      journal: isHeld ? undefined : this.#host.journalChangeOf(client),
    }
  }

  /** Everything of everybody goes with the next turn, and is another process's from then on. */
  handOver(): void {
    // What was written since the executor's last turn goes with what else has changed since then.
    for (const client of this) channelOf(client).outbox.flush()
    for (const { client, progress } of this.#served.values()) {
      if (progress.at === 'disconnect') this.#leave(client)
      this.touch(client)
    }
  }

  /** Its Disconnect has had its time, and is not run again: so nobody else would close a connection that its peer holds open. */
  #leave(client: AnyClient): void {
    const connection = this.#connections.get(client)
    connection?.end()
    connection?.release()
  }

  #stateOf(client: AnyClient): string {
    const problem = (place: string, why: string): void => {
      const what = place === '' ? 'client.state' : `client.state.${place}`
      this.#host.warn(`${what} will not outlive a restart as it is: ${why}.`)
    }
    const state = encodePlain(client.state, this.#host.names, problem)
    if (state.length <= MAX_STATE) return state
    problem(
      '',
      `it takes more than there is room for: ${state.length} characters, and ${MAX_STATE} are possible`,
    )
    return '{}'
  }
}

function telnetOf(client: AnyClient): string | undefined {
  return JSON.stringify(channelOf(client).protocol.telnet?.save())
}
