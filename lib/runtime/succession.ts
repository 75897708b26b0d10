/**
 * A service's side of being guarded: it takes over what the process before it has left, leaves what the next one will
 * need as it goes along, and hands over when it is told to.
 */
import type { Socket } from 'node:net'
import { type AnyClient, type Client, channelOf } from '../client/client.js'
import type { Clock } from '../clock.js'
import type { Persistence } from '../storage/persistence.js'
import type { Address, ConnectionInfo, HeldListener } from '../transport/server.js'
import type { ConnectionManager } from './connection-manager.js'
import { connectionKey, type Guarded, type Guardian, type Inheritance } from './guardian.js'
import { bringToStand, type OnRestart } from './hand-over.js'
import { afterCrash, type KeptClient, keepClient, progressOf, readClient } from './kept-client.js'
import { decodePlain, type Names } from './plain-data.js'
import { Snapshots } from './snapshots.js'

export interface SuccessionSettings {
  readonly onRestart: OnRestart
  readonly restartWait: number
  readonly drain: number
  readonly snapshotEvery: number
}

export interface SuccessionHost {
  readonly settings: SuccessionSettings
  readonly clock: Clock
  readonly stores: Persistence
  warn(message: string): void
}

interface Prepared<State, Data extends string | Uint8Array> {
  readonly client: Client<State, Data>
  /** As it was kept, and what that says. */
  readonly kept: string
  readonly saved: KeptClient
  readonly state: string
}

type Accept = (socket: Socket, info: ConnectionInfo) => void

export class Succession<State, Data extends string | Uint8Array> {
  readonly #guardian: Guardian
  readonly #connections: ConnectionManager<State, Data>
  readonly #host: SuccessionHost
  /** By the guardian's name of the listening socket. */
  readonly #accepts = new Map<string, Accept>()
  /** The guardian's numbers of clients' connections. */
  readonly #numbers = new WeakMap<AnyClient, number>()
  readonly #snapshots: Snapshots
  /** What has been told of data that can't be carried over. */
  readonly #told = new Set<string>()
  readonly #names: Names
  /** Made ready before their time has come. */
  readonly #prepared = new Map<number, Prepared<State, Data>>()
  /** Ids up to this one are with the guardian. */
  #idsKept = 0
  /** Connections that nobody has served yet. */
  #fresh: Guarded[] = []

  constructor(guardian: Guardian, connections: ConnectionManager<State, Data>, host: SuccessionHost) {
    this.#guardian = guardian
    this.#connections = connections
    this.#host = host
    this.#names = {
      nameOf: (value) => (connections.sessions.has(value as never) ? (value as AnyClient).id : undefined),
      named: (id) => connections.client(id),
      revive: host.stores.revive,
    }
    this.#snapshots = new Snapshots(guardian, {
      clock: host.clock,
      stores: host.stores,
      every: host.settings.snapshotEvery,
      clients: () => connections.sessions.keys(),
      keepClient: (client) => this.#keep(client, false),
      warn: (message) => this.#tell(message),
    })
  }

  // --- Connections

  /** Has the guardian listen for a server. */
  async listen(target: Address, accept: Accept): Promise<HeldListener> {
    const listener = await this.#guardian.listen(target)
    this.#accepts.set(listener.listener, accept)
    return listener
  }

  /** A connection that no process has served before. */
  accept({ connection, socket, listener, remoteAddress }: Guarded): void {
    const accept = this.#accepts.get(listener)
    if (accept === undefined) this.#connections.seeOut(socket, 'This server is no longer there.\r\n')
    else accept(socket, { remoteAddress, connection })
  }

  /** A client has come in, perhaps on a connection that the guardian holds. */
  admitted(client: AnyClient | undefined, { connection }: ConnectionInfo): void {
    if (client === undefined || connection === undefined) return
    this.#numbers.set(client, connection)
    this.#keepIds()
    channelOf(client).startReading()
  }

  /** `Connect` is done: whoever has logged in should not have to do so again after a crash. */
  connected(client: AnyClient): void {
    this.#snapshots.soon(client)
  }

  // --- From the process before

  /** Makes ready for a client that another process still serves, with what that has left of it so far. */
  prepare(guarded: Guarded, kept: string): void {
    const { connection, socket } = guarded
    const read = readClient(kept)
    const client = this.#prepared.get(connection)?.client
    const ready = client ?? this.#connections.prepare(socket, guarded, read.saved)
    this.#prepared.set(connection, { ...read, kept, client: ready })
  }

  /** Waits for its time, and brings back clients and stored objects. Nobody is served yet. */
  async inherit(): Promise<Inheritance> {
    const inheritance = await this.#guardian.inherit()
    const { connections, kept, crash } = inheritance
    this.#guardian.taken()
    this.#snapshots.restore(kept)
    this.#connections.skipIds(Number(kept.get(IDS) ?? 0))
    const states: [client: AnyClient, state: string][] = []
    for (const guarded of connections) {
      const text = kept.get(connectionKey(guarded.connection))
      if (text === undefined) this.#fresh.push(guarded)
      else states.push(this.#restore(guarded, text, crash))
    }
    // All clients first, since their states may name each other.
    for (const [client, state] of states) client.state = decodePlain(state, this.#names)
    this.#prepared.clear()
    return inheritance
  }

  #restore(guarded: Guarded, text: string, crash: boolean): [client: Client<State, Data>, state: string] {
    const { connection } = guarded
    if (this.#prepared.get(connection)?.kept !== text) this.prepare(guarded, text)
    const { client, state, saved: whole } = this.#prepared.get(connection) as Prepared<State, Data>
    const saved = crash ? afterCrash(whole) : whole
    this.#connections.restore(client, saved, progressOf(saved), crash)
    this.#numbers.set(client, connection)
    if (saved.closing || saved.over) void client.close()
    else if (saved.asked) interrupted(client)
    return [client, state]
  }

  /** Clients are served from now on. */
  serve(): void {
    this.#guardian.serving()
    this.#connections.resume()
    for (const guarded of this.#fresh.splice(0)) this.accept(guarded)
    this.#snapshots.start()
  }

  // --- To the process after

  /**
   * Stops everything that clients notice, and tells the time at which they began to wait. What they are then does not
   * change any more.
   */
  async stand(): Promise<number> {
    const since = await bringToStand({
      ...this.#host.settings,
      clock: this.#host.clock,
      sessions: this.#connections.sessions,
      farewells: (ms) => this.#connections.farewells(ms),
      letGo: () => this.#guardian.letGo(),
      isMovable: (client) => this.#numbers.has(client),
    })
    this.#snapshots.stop()
    return since
  }

  /** Leaves everything with the guardian, and abandons the connections. */
  async handOver(): Promise<void> {
    this.#guardian.keep(IDS, String(this.#connections.lastId))
    let count = 0
    for (const client of [...this.#connections.sessions.keys()]) {
      this.#keep(client, true)
      channelOf(client).abandon()
      count += 1
      // What is kept gets on its way, and the next process to work.
      if (count % SLICE === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    this.#snapshots.keepObjects()
  }

  /** The service stops. */
  end(): void {
    this.#snapshots.stop()
  }

  #keep(client: AnyClient, whole: boolean): void {
    const connection = this.#numbers.get(client)
    const progress = this.#connections.sessions.get(client as never)
    if (connection === undefined || progress === undefined) return
    const problem = (place: string, why: string): void => {
      const what = place === '' ? 'client.state' : `client.state.${place}`
      this.#tell(`${what} will not outlive a restart as it is: ${why}.`)
    }
    keepClient(this.#guardian, { connection, client, progress, whole, names: this.#names, problem })
  }

  /** Some ids ahead, so that after a crash none is given twice. */
  #keepIds(): void {
    const { lastId } = this.#connections
    if (lastId <= this.#idsKept - IDS_AHEAD / 2) return
    this.#idsKept = lastId + IDS_AHEAD
    this.#guardian.keep(IDS, String(this.#idsKept))
  }

  #tell(message: string): void {
    if (this.#told.has(message)) return
    this.#told.add(message)
    this.#host.warn(message)
  }
}

/** So many clients at a time. */
const SLICE = 200
/** So many ids more than were given are left with the guardian at a time. */
const IDS_AHEAD = 1_000

const IDS = 'service:lastId'

/** A handler of another process was cut short while it waited for a line, perhaps behind a prompt. */
function interrupted(client: AnyClient): void {
  client.showInput()
  if (!client.raw) client.write('')
}
