/**
 * Makes clients of connections: applies the limits on connections, runs a session for each client, and closes them all
 * at the end.
 */
import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import type { ChannelSettings } from '../client/channel-init.js'
import {
  type AnyClient,
  Client,
  type ClientHost,
  type ClientInit,
  channelOf,
  goneElsewhere,
  membershipsOf,
  reconnect,
} from '../client/client.js'
import type { ClientContainer } from '../client/container.js'
import { task } from '../client/scheduler.js'
import { LimitExceeded } from '../events/catalogue.js'
import type { Event } from '../events/event.js'
import { telnetEvent } from '../events/telnet-event.js'
import type { ClientLimit, ConnectionLimits, Limits, Timeouts } from '../limits.js'
import type { Counters } from '../observability/counters.js'
import type { QueueStats } from '../observability/stats.js'
import { bytes, lines, type Protocol, text } from '../protocol/index.js'
import type { TelnetEvent } from '../telnet/index.js'
import { defaultTexts, type ServiceTexts, tell } from '../texts.js'
import { Admission, type Refusal, turnAway } from '../transport/admission.js'
import type { Connection } from '../transport/connection.js'
import { DescriptorWatch } from '../transport/descriptors.js'
import { DuplexConnection } from '../transport/duplex.js'
import { seeOut } from '../transport/last-words.js'
import type { ConnectionInfo, Server } from '../transport/server.js'
import type { SavedClient } from './client-state.js'
import { EarlyEvents } from './early-events.js'
import type { RelayedConnection } from './edge-port.js'
import { endSessions, overWithin } from './end-sessions.js'
import { nameOfHandler, shownName } from './handler-name.js'
import { newProgress, type Progress } from './progress.js'
import { Resumption } from './resumption.js'
import { Session, type SessionConversations, type SessionHost } from './session.js'
import { handle, type SessionEvents } from './session-events.js'
import { type TimeoutName, TimeoutWatch } from './timeouts.js'

export interface ConnectionManagerSettings extends ChannelSettings {
  readonly limits: Limits & Timeouts & ConnectionLimits
  readonly counters: Counters
  /** Milliseconds that a handler may go on when its client has gone. */
  readonly drain: number
  /** What servers speak that do not choose a protocol of their own. */
  readonly protocol: Protocol
  /** Called with something that a person should know. */
  readonly warn: (message: string) => void
}

/** What is known of a connection that comes in. */
export interface Arrival extends ConnectionInfo {
  /** The server that it came in on, if it did. */
  readonly server?: Server | undefined
}

export class ConnectionManager implements SessionHost, ClientHost {
  readonly #clients: ClientContainer<unknown, string | Uint8Array>
  readonly events: SessionEvents
  /** See `SessionHost`. */
  conversations: SessionConversations | undefined
  /** Called when a client's `Connect` is done. */
  connected: ((client: AnyClient) => void) | undefined
  /** Called when a client's session is over, `Disconnect` included. */
  onOver: ((client: AnyClient) => void) | undefined
  readonly #sessions = new Map<AnyClient, Session>()
  /** Clients whose connection is open, and how far their sessions have come. */
  readonly #open = new Map<AnyClient, Progress>()
  /** Clients that this process has served before, by id: they stay the same objects. */
  #former: ReadonlyMap<number, AnyClient> = new Map()
  /** Restored clients whose sessions have not gone on yet. */
  readonly resumption = new Resumption()
  readonly #early = new EarlyEvents()
  #lastId = 0
  /** One object for all clients, so that thousands of idle clients cost little. */
  readonly #settings: ConnectionManagerSettings
  /** By name; for clients that another process has served. */
  readonly #protocols = new Map([lines, bytes, text].map((protocol) => [protocol.name, protocol]))
  readonly #admission: Admission
  readonly #descriptors: DescriptorWatch
  readonly #timeouts: TimeoutWatch

  /** @param clients is kept up to date: everyone from `Connect` to just before `Disconnect`. */
  constructor(
    clients: ClientContainer<unknown, string | Uint8Array>,
    settings: ConnectionManagerSettings,
    events: SessionEvents,
  ) {
    this.#clients = clients
    this.events = events
    this.#settings = settings
    this.#admission = new Admission(settings.limits, settings.clock, settings.texts)
    this.#descriptors = new DescriptorWatch(settings.clock, settings.warn)
    const late = (client: AnyClient, limit: TimeoutName): void => this.#tooLate(client, limit)
    this.#timeouts = new TimeoutWatch(settings.limits, settings.clock, this.#open, late)
  }

  /**
   * Makes a client of a connection, and puts its session into the run queue.
   *
   * @returns undefined if the connection exceeds a limit: then it is told why and closed.
   */
  accept(
    connection: Connection,
    { remoteAddress, secure, server, protocol = this.#protocolOf(server) }: Arrival,
  ): AnyClient | undefined {
    const refusal = this.#admission.enter(remoteAddress)
    if (refusal !== undefined) {
      this.#refuse(connection, refusal, remoteAddress, protocol)
      return undefined
    }
    this.#lastId += 1
    this.#settings.counters.accepted += 1
    const progress = newProgress()
    const client = new Client<unknown, string | Uint8Array>({
      id: this.#lastId,
      connection,
      protocol,
      remoteAddress,
      secure,
      server,
      settings: this.#settings,
      host: this,
    })
    this.#admit(client, progress)
    this.#beginSoon(client, progress)
    return client
  }

  #admit(client: AnyClient, progress: Progress): void {
    this.#clients.add(client)
    this.#open.set(client, progress)
  }

  /** Puts its session into the run queue. It counts from now on, so that a stop sees it in and out. */
  #beginSoon(client: AnyClient, progress: Progress): void {
    const session = new Session(client, this, progress)
    this.#sessions.set(client, session)
    this.#settings.executor.ready(task(() => session.begin()))
    this.#timeouts.watch()
  }

  /** What is spoken on a server's connections. */
  #protocolOf(server: Server | undefined): Protocol {
    return server?.protocol ?? this.#settings.protocol
  }

  /** The protocol of this name: one that comes with the library, or the server's own. */
  protocol(name: string | undefined, server: Server | undefined): Protocol {
    const own = this.#protocolOf(server)
    return name === own.name ? own : (this.#protocols.get(name ?? '') ?? own)
  }

  /** The last id that was given to a client. */
  get lastId(): number {
    return this.#lastId
  }

  /** The client of this id, from `Connect` to just before `Disconnect`. */
  client(id: number): AnyClient | undefined {
    return this.#clients.get(id)
  }

  /** All clients whose connection is open, and how far their sessions have come. */
  get sessions(): ReadonlyMap<AnyClient, Progress> {
    return this.#open
  }

  /** What waits in all clients together. */
  get queued(): Omit<QueueStats, 'ready'> {
    let unreadLines = 0
    let unreadBytes = 0
    let unsentBytes = 0
    // Those that have gone may have left lines that are still handled.
    for (const client of new Set([...this.#open.keys(), ...this.#sessions.keys()])) {
      const { inbox, outbox } = channelOf(client)
      unreadLines += inbox.unread
      unreadBytes += inbox.unreadBytes
      unsentBytes += outbox.unsent
    }
    return { unreadLines, unreadBytes, unsentBytes }
  }

  /** Resolves when the sessions of clients that have gone by now are over, `Disconnect` included; but no later than `ms`. */
  async farewells(ms: number): Promise<void> {
    const leaving: Session[] = []
    for (const [client, session] of this.#sessions) {
      if (!this.#open.has(client) && !channelOf(client).inbox.parked) leaving.push(session)
    }
    await overWithin(this.#settings.clock, ms, leaving)
  }

  /** Makes a client of another process anew, as that has left it. Nobody knows of it before `restore`. */
  prepare(
    connection: RelayedConnection,
    server: Server | undefined,
    { id, connectedAt, channel }: SavedClient,
  ): AnyClient {
    const init: ClientInit = {
      id,
      connection,
      protocol: this.protocol(channel.snapshot.protocol, server),
      remoteAddress: connection.remoteAddress,
      server,
      connectedAt,
      moved: true,
      settings: this.#settings,
      host: this,
    }
    const former = this.#former.get(id)
    if (former !== undefined) reconnect(former, init)
    const client = former ?? new Client<unknown, string | Uint8Array>(init)
    channelOf(client).restore(channel)
    return client
  }

  /**
   * Goes on with a client of another process; no limit stands against it. Its session goes on by `resumption`.
   */
  restore(client: AnyClient, progress: Progress): void {
    this.#admission.readmit(client.remoteAddress)
    this.#settings.counters.restored += 1
    this.skipIds(client.id)
    this.#admit(client, progress)
    this.resumption.add(client, () => this.#beginSoon(client, progress))
  }

  /** Its process takes back what `before` has left to another one. */
  takeBackFrom(before: ConnectionManager): void {
    // It knows the clients as they were when it let them go.
    before.#timeouts.stop()
    this.skipIds(before.lastId)
    this.#former = new Map([...before.#open.keys()].map((client) => [client.id, client]))
  }

  /** Those of them that have gone meanwhile leave all containers, and whoever knows them hears of it. */
  forgetFormer(): void {
    for (const client of this.#former.values()) {
      if (this.#open.has(client)) continue
      this.leaving(client)
      goneElsewhere(client)
    }
    this.#former = new Map()
  }

  /** Ids up to this one have been given to clients of another process. */
  skipIds(id: number): void {
    this.#lastId = Math.max(this.#lastId, id)
  }

  /** Like `accept`, for a socket that a server has just accepted: it may have taken the last file descriptor. */
  acceptSocket(socket: Duplex, arrival: Arrival): AnyClient | undefined {
    if (this.#descriptors.check()) return this.accept(new DuplexConnection(socket), arrival)
    this.#settings.counters.refused += 1
    const { server, protocol = this.#protocolOf(server) } = arrival
    turnAway(socket, this.#inWords(this.texts.full, protocol))
    return undefined
  }

  /**
   * Ends all sessions: see `endSessions`.
   *
   * @param drain milliseconds that handlers get to finish.
   * @returns how many handlers had not ended even then, and were left to themselves.
   */
  async close(drain: number): Promise<number> {
    const { executor, clock, warn } = this.#settings
    this.resumption.rest()
    await endSessions({ sessions: this.#sessions, open: this.#open, executor, clock, drain, warn })
    this.#timeouts.stop()
    return this.#sessions.size
  }

  get texts(): ServiceTexts {
    return this.#settings.texts ?? defaultTexts
  }

  get drain(): number {
    return this.#settings.drain
  }

  leftBehind(event: Event, handler: unknown): void {
    this.#settings.warn(
      `The handler ${shownName(nameOfHandler(handler))} of '${event}' still runs, though its client has gone (setting drain: ${this.drain} ms), ` +
        'and is no longer waited for. A handler that waits for something other than lines should end when client.signal aborts.',
    )
  }

  leaving(client: AnyClient): void {
    membershipsOf(client).leaveAll(client, (error) => {
      this.#settings.warn(`A container could not let go of ${client}: ${inspect(error)}`)
    })
  }

  over(client: AnyClient): void {
    this.#sessions.delete(client)
    this.onOver?.(client)
  }

  #refuse(
    connection: Connection,
    { limit, max, reason }: Refusal,
    remoteAddress: string | undefined,
    protocol: Protocol,
  ): void {
    this.#settings.counters.refused += 1
    this.#limitMet(new LimitExceeded({ limit, max, remoteAddress }))
    this.seeOut(connection, reason, protocol)
  }

  /** Sends the last words, and closes. */
  seeOut(connection: Connection, words: string, protocol: Protocol): void {
    seeOut(connection, this.#inWords(words, protocol), this.#settings.clock)
  }

  /** Nothing, where bytes are spoken. */
  #inWords(words: string, { raw }: Protocol): string {
    return raw ? '' : words
  }

  /** The client is told first, so that what handlers write comes after it; nothing can be written after the close. */
  #tooLate(client: AnyClient, limit: TimeoutName): void {
    tell(client, this.texts.silent(this.#settings.limits[limit]))
    this.limitMet(client, limit)
    void client.close()
  }

  telnetEvent(client: AnyClient, event: TelnetEvent): PromiseLike<unknown> | undefined {
    return this.#afterConnect(client, () => handle(telnetEvent(client, event), this.events))
  }

  limitMet(client: AnyClient, limit: ClientLimit): void {
    const { [limit]: max } = this.#settings.limits
    this.#afterConnect(client, () => this.#limitMet(new LimitExceeded({ limit, max, client })))
  }

  /** At once, but for what a peer does before its session's first turn comes: see `EarlyEvents`. */
  #afterConnect<Running>(client: AnyClient, raise: () => Running): Running | undefined {
    return this.#open.get(client)?.at === 'new' ? this.#early.add(client, raise) : raise()
  }

  begun(client: AnyClient): void {
    this.#early.raise(client)
  }

  protocolFailed(client: AnyClient, error: unknown): void {
    const { name } = channelOf(client).protocol.protocol
    this.#settings.warn(`${client} is closed, since its protocol (${name}) failed: ${inspect(error)}`)
  }

  clientClosed(client: AnyClient): void {
    // One that was prepared, and never came here, was not let in.
    if (!this.#open.delete(client)) return
    this.#admission.leave(client.remoteAddress)
    if (this.#open.size === 0) this.#timeouts.stop()
  }

  #limitMet(event: LimitExceeded): void {
    this.#settings.counters.limits[event.limit] += 1
    void handle(event, this.events)
  }
}
