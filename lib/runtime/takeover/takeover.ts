/**
 * A service's side of the edge: it goes on where the worker before it has stopped, describes its clients after each turn,
 * and lets go when the next worker is ready.
 */
import { type AnyClient, channelOf } from '../../client/client.js'
import type { Clock } from '../../clock.js'
import { contextOfFault, keepFollowing } from '../../conversation/context.js'
import { type Sealer, seal, unseal } from '../../conversation/seal.js'
import type { CoreSettings } from '../../settings/index.js'
import type { Persistence } from '../../storage/persistence.js'
import { dismiss, type ServiceTexts } from '../../texts.js'
import type { Server } from '../../transport/server.js'
import type { SavedClient } from '../client-state.js'
import type { ConnectionManager } from '../connection-manager.js'
import { Conversations } from '../conversations/conversations.js'
import { describeDivergence } from '../conversations/divergence.js'
import { fieldsIn } from '../conversations/journal-head.js'
import { type CutShort, Replays } from '../conversations/replays.js'
import type { ConversationsHost } from '../conversations/session-conversation.js'
import type {
  Description,
  DivergenceReport,
  EdgePort,
  Inheritance,
  InheritedConnection,
  RelayedConnection,
} from '../edge-port.js'
import { holdNamed, namesOf } from '../named-objects.js'
import { decodePlain, type Names } from '../plain-data.js'
import { beginNothing, isHandling, isWorking, type Progress } from '../progress.js'
import { beginAgain } from './begin-again.js'
import { bringToStand } from './hand-over.js'
import { lastIdIn, Newcomers } from './newcomers.js'
import { PreparedClients } from './prepared-clients.js'
import { ServedClients } from './served-clients.js'
import { Snapshots } from './snapshots.js'
import { Suspects } from './suspects.js'

export interface TakeoverHost {
  readonly settings: CoreSettings
  readonly texts: ServiceTexts
  readonly clock: Clock
  readonly stores: Persistence
  readonly events: ConversationsHost['events']
  readonly executor: ConversationsHost['executor'] & { lineBudget: number }
  /** Input of this client's was dropped, since it ended the process twice. */
  dropped(client: AnyClient, data: string | Uint8Array): void
  warn(message: string): void
}

export class Takeover {
  readonly #edge: EdgePort
  readonly #connections: ConnectionManager
  readonly #host: TakeoverHost
  /** Servers by the edge's name of their listening sockets. */
  readonly servers: Map<string, Server>
  readonly #served: ServedClients
  readonly #snapshots: Snapshots
  /** What has been said of data that can't be carried over. */
  readonly #told = new Set<string>()
  readonly #names: Names
  readonly #suspects: Suspects
  readonly #conversations: Conversations
  readonly #sealer: Sealer
  /** Undefined where handlers are not to go on in the next process. */
  readonly #replays: Replays | undefined
  readonly #prepared: PreparedClients
  readonly newcomers: Newcomers
  /** Connections that come are the next worker's. */
  #standing = false
  /** The service is to stop as soon as it serves. */
  #stopping = false
  /** Conversations are followed no longer than others. */
  #unfollow: () => void = () => {}

  constructor(
    edge: EdgePort,
    connections: ConnectionManager,
    host: TakeoverHost,
    servers = new Map<string, Server>(),
  ) {
    this.servers = servers
    this.#edge = edge
    this.#connections = connections
    this.#host = host
    this.#names = namesOf(connections, host.stores)
    this.#sealer = {
      seal: (text) => seal(edge.key, text),
      unseal: (text) => unseal(edge.key, text),
    }
    this.#served = new ServedClients({
      sealer: this.#sealer,
      names: this.#names,
      progressOf: (client) => this.#progressOf(client),
      journalChangeOf: (client) => this.#conversations.changeOf(client),
      hasBegun: (client, work) => this.#conversations.hasBegun(client, work),
      warn: (message) => this.#warnOnce(message),
    })
    connections.connected = (client) => this.#served.touch(client)
    connections.onOver = (client) => this.#served.over(client)
    this.#conversations = new Conversations({
      ...host,
      names: this.#names,
      sealer: this.#sealer,
      touch: (client) => this.#served.touch(client),
      warn: (message) => this.#warnOnce(message),
    })
    if (host.settings.onRestart === 'replay') {
      connections.conversations = this.#conversations
      this.#replays = new Replays({
        conversations: this.#conversations,
        edge,
        diverged: (cut, divergence) => this.#diverged(cut, divergence),
      })
    }
    this.#prepared = new PreparedClients({
      sealer: this.#sealer,
      makeClient: (connection, saved) =>
        connections.prepare(connection, servers.get(connection.listener), saved),
      readJournal: (client, journal) => this.#conversations.prepare(client, journal),
    })
    this.#suspects = new Suspects({
      ...host,
      edge,
      progressOf: (client) => this.#progressOf(client),
      takeBack: (client, journal) => this.#conversations.takeBack(client, journal),
      isStanding: () => this.#standing,
    })
    const [served, suspects] = [this.#served, this.#suspects]
    this.newcomers = new Newcomers({ ...host, edge, connections, served, suspects }, servers)
    this.#snapshots = new Snapshots(edge, {
      ...host,
      every: host.settings.snapshotEvery,
      clients: () => connections.sessions.keys(),
      touch: (client) => this.#served.touch(client),
      warn: (message) => this.#warnOnce(message),
    })
  }

  // --- Connections

  /** A connection that no worker has served before. */
  accept(connection: RelayedConnection): void {
    if (!this.#standing) this.newcomers.accept(connection)
  }

  describe(connection: RelayedConnection, all: boolean): Description {
    return this.#served.describe(connection, all)
  }

  /** Whose conversation has begun the work that ends the process, where that is known. */
  culprit(error: unknown): RelayedConnection | undefined {
    const context = contextOfFault(error)
    return context && this.#served.connectionOf(context.conversation)
  }

  #progressOf(client: AnyClient): Progress | undefined {
    return this.#connections.sessions.get(client)
  }

  // --- From the worker before

  /** Does ahead what needs nothing of the program, and nothing but the connection. */
  prepare(connections: readonly InheritedConnection[]): void {
    for (const inherited of connections) this.#prepared.of(inherited)
  }

  /** Waits for its time, and brings back clients, stored objects and conversations. Nobody is served yet. */
  async inherit(): Promise<Inheritance> {
    const inheritance = await this.#edge.inherit()
    this.#snapshots.restore(inheritance.kept)
    if (inheritance.restart) await this.#snapshots.catchUp()
    if (inheritance.crash) this.#followForAWhile()
    await this.#bringBack(inheritance)
    return inheritance
  }

  /**
   * What a conversation has begun and nobody awaits may be what ended the process before: when that is replayed, or begins
   * again, it is begun once more. So that this process can say whose it was.
   */
  #followForAWhile(): void {
    this.#unfollow = keepFollowing()
    this.#host.clock.setTimeout(() => this.#unfollow(), FOLLOWED, { keepAlive: false })
  }

  /** Brings everything back where another process has had it for a while, and has failed. */
  async takeBack(inheritance: Inheritance): Promise<void> {
    this.#snapshots.takeBack(inheritance.kept)
    await this.#bringBack(inheritance)
  }

  /** Brings back clients and conversations. Stored objects are there. */
  async #bringBack({ connections, kept, preflight, stop }: Inheritance): Promise<void> {
    this.#stopping = stop
    this.#connections.skipIds(lastIdIn(kept))
    const states = connections.flatMap((inherited) => this.#restore(inherited))
    const texts = connections.flatMap(({ state, journal }) => [
      state,
      journal,
      fieldsIn(journal, this.#sealer),
    ])
    const letGo = await holdNamed(texts, this.#host)
    // All clients first, since their states may name each other.
    for (const [client, state] of states) client.state = decodePlain(state, this.#names)
    const divergences = (await this.#replays?.run()) ?? []
    letGo()
    if (preflight) {
      this.#edge.preflighted(divergences)
      // The edge ends this process: nothing of it is to go on.
      await new Promise(() => {})
    }
    // What conversations did to stored objects while they were replayed was done before.
    if (this.#replays?.any) this.#snapshots.restore(kept)
    this.#snapshots.listen()
  }

  #diverged({ client, saved }: CutShort, divergence: DivergenceReport): void {
    this.#host.warn(describeDivergence(divergence))
    this.#served.touch(client)
    if (this.#host.settings.onDivergence === 'again') this.#beginAgain(client, saved)
    else {
      dismiss(client, this.#host.texts.changed)
      beginNothing(saved.progress)
    }
  }

  /** @returns nothing for a client whose session is over: what it is owed is for the edge to send. */
  #restore(inherited: InheritedConnection): [client: AnyClient, state: string][] {
    const { connection, state: text, journal } = inherited
    const { saved, client } = this.#prepared.of(inherited)
    if (client === undefined) {
      connection.release()
      return []
    }
    if (connection.deaths > MOST_DEATHS) {
      this.#host.warn(`The Disconnect of ${client} is left out: whenever that is handled, the process dies`)
      connection.destroy()
      connection.release()
      return []
    }
    this.#connections.restore(client, saved.progress)
    this.#served.add(client, connection, text)
    // The end of the process before may be that of this one: then nobody would have a goodbye.
    if (this.#stopping && connection.deaths > 0) {
      this.#suspects.leaveOut(client, connection)
      beginNothing(saved.progress)
      if (journal !== '') this.#conversations.forget(client, journal)
      return [[client, saved.state]]
    }
    const left = connection.deaths > 0 ? this.#suspects.add(client, connection, saved, journal) : journal
    const isLeaving = saved.channel.snapshot.closing || saved.at === 'disconnect'
    if (left === undefined || isLeaving) void client.close()
    else if (isHandling(saved) && left !== '' && this.#replays !== undefined) {
      this.#replays.add({ client, connection, saved, journal: left })
      return [[client, saved.state]]
    } else this.#beginAgain(client, saved)
    if (journal !== '') this.#conversations.forget(client, journal)
    return [[client, saved.state]]
  }

  #beginAgain(client: AnyClient, saved: SavedClient): void {
    beginAgain(client, saved, this.#connections.resumption, this.#host.texts)
  }

  /** Clients are served from now on. */
  serve(): void {
    const { clients } = this.#suspects
    this.#connections.resumption.all(clients)
    this.#edge.serving()
    this.#snapshots.start()
    if (!this.#stopping) void this.#suspects.serve((client) => this.#connections.resumption.one(client))
  }

  // --- To the worker after

  /**
   * Stops everything that clients notice, and gives the time at which they began to wait. What they are then does not
   * change any more.
   */
  async stand(): Promise<number> {
    const since = await bringToStand({
      // First: a program's own settings have names of their own.
      ...this.#host.settings,
      ...this.#host,
      sessions: this.#connections.sessions,
      farewells: (ms) => this.#connections.farewells(ms),
      isMovable: (client) => this.#served.has(client),
      letGo: () => {
        this.#standing = true
      },
    })
    this.#snapshots.stop()
    return since
  }

  /** A handler is at work, and can't be stopped. */
  get works(): boolean {
    for (const [client, progress] of this.#connections.sessions) {
      if (isWorking(client, progress)) return true
    }
    return false
  }

  /** Leaves everything with the edge, and lets the clients go. */
  handOver(): void {
    this.#unfollow()
    this.#snapshots.keepObjects()
    this.#served.handOver()
    this.#edge.endTurn()
    for (const client of this.#connections.sessions.keys()) channelOf(client).abandon()
  }

  /** A turn is over: the edge does all of it, or nothing. @returns what `EdgePort.endTurn` does. */
  endTurn(): Promise<void> | undefined {
    this.#snapshots.keepActivated()
    const relief = this.#edge.endTurn()
    this.#suspects.turnEnds()
    return relief
  }

  /** The service stops. */
  end(): void {
    this.#unfollow()
    this.#snapshots.stop()
  }

  #warnOnce(message: string): void {
    if (this.#told.has(message)) return
    this.#told.add(message)
    this.#host.warn(message)
  }
}

/** How long conversations are followed after a crash, in milliseconds. */
const FOLLOWED = 60_000

/** After so many deaths nothing but its Disconnect is handled of a client. */
const MOST_DEATHS = 3
