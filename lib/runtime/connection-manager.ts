/**
 * From connections to clients: who is let in, gets a session, and is seen out again.
 */
import type { Duplex } from 'node:stream'
import type { ChannelSettings } from '../client/channel.js'
import { type AnyClient, Client, type ClientInit, channelOf } from '../client/client.js'
import type { Connection } from '../client/connection.js'
import type { ClientContainer } from '../client/container.js'
import type { Scheduler } from '../client/scheduler.js'
import type { ClientSnapshot } from '../client/snapshot.js'
import type { Clock } from '../clock.js'
import { LimitExceeded, telnetEvent } from '../events/catalogue.js'
import type { Event } from '../events/event.js'
import type { ClientLimit } from '../limits.js'
import { bytes, lines, type Protocol } from '../protocol/index.js'
import type { TelnetEvent } from '../telnet/index.js'
import { Admission, type AdmissionLimits, type Refusal, turnAway } from '../transport/admission.js'
import { DescriptorWatch } from '../transport/descriptors.js'
import { DuplexConnection } from '../transport/duplex.js'
import type { ConnectionInfo } from '../transport/server.js'
import { within } from '../wait.js'
import type { InheritedConnection } from './edge-port.js'
import { handle, newProgress, type Progress, runSession, type SessionHost } from './session.js'

/** How long a connection that is turned away may take to hear why, in milliseconds. */
const REFUSAL_GRACE = 1_000
/** How long handlers may take to clean up once their clients are closed, in milliseconds. */
const CLEANUP_GRACE = 1_000

/** So many clients of another process are resumed at a time. */
const SLICE = 100

export interface ConnectionManagerHost extends Pick<SessionHost, 'dispatch' | 'failed' | 'connected'> {
  /** Something that a person should know. */
  warn(message: string): void
  /** The client's session is over, `Disconnect` included. */
  over?(client: AnyClient): void
}

export interface ConnectionManagerSettings extends ChannelSettings {
  readonly admission: AdmissionLimits
  /** What servers speak that do not choose a protocol of their own. */
  readonly protocol: Protocol
}

export class ConnectionManager<State, Data extends string | Uint8Array> implements SessionHost {
  readonly #clients: ClientContainer<State, Data>
  readonly #host: ConnectionManagerHost
  readonly #sessions = new Map<Client<State, Data>, Promise<void>>()
  /** Clients whose connection is open, and how far their sessions have come. */
  readonly #open = new Map<Client<State, Data>, Progress>()
  /** Restored, and not yet served. */
  readonly #resuming: Client<State, Data>[] = []
  #lastId = 0
  readonly #executor: Scheduler
  readonly #clock: Clock
  /** One object for all clients: thousands of idle ones must cost little. */
  readonly #settings: ConnectionManagerSettings
  /** By name; for clients that another process has served. */
  readonly #protocols = new Map([lines, bytes].map((protocol) => [protocol.name, protocol]))
  readonly #admission: Admission
  readonly #descriptors: DescriptorWatch

  /** @param clients is kept up to date: everyone from `Connect` to just before `Disconnect`. */
  constructor(
    clients: ClientContainer<State, Data>,
    settings: ConnectionManagerSettings,
    host: ConnectionManagerHost,
  ) {
    this.#clients = clients
    this.#host = host
    this.#executor = settings.executor
    this.#clock = settings.clock
    this.#settings = settings
    this.#admission = new Admission(settings.admission)
    this.#descriptors = new DescriptorWatch(settings.clock, (message) => host.warn(message))
  }

  /**
   * Makes a client of a connection, and puts its session into the run queue.
   *
   * @returns undefined where no limit leaves room for it: then it is told why and closed.
   */
  accept(
    connection: Connection,
    { remoteAddress }: ConnectionInfo,
    protocol = this.#settings.protocol,
  ): Client<State, Data> | undefined {
    const refusal = this.#admission.enter(remoteAddress)
    if (refusal !== undefined) {
      this.#refuse(connection, refusal, remoteAddress)
      return undefined
    }
    this.#lastId += 1
    const progress = newProgress()
    const client = this.#newClient({ id: this.#lastId, connection, protocol, remoteAddress })
    this.#admit(client, progress)
    this.#beginSoon(client, progress)
    return client
  }

  #newClient(init: Omit<ClientInit, 'settings' | 'onLimit' | 'onTelnet'>): Client<State, Data> {
    return new Client<State, Data>({
      ...init,
      settings: this.#settings,
      onLimit: this.#onLimit,
      onTelnet: this.#onTelnet,
    })
  }

  #admit(client: Client<State, Data>, progress: Progress): void {
    this.#clients.add(client)
    this.#open.set(client, progress)
    void client.closed.then(() => {
      this.#open.delete(client)
      this.#admission.leave(client.remoteAddress)
    })
  }

  /** Puts its session into the run queue. It counts from now on, so that a stop sees it in and out. */
  #beginSoon(client: Client<State, Data>, progress: Progress): void {
    const session = new Promise<void>((resolve) => {
      const run = (): void => resolve(runSession(client as never, this, progress))
      this.#executor.ready({ queued: false, run, ran: () => {} })
    }).finally(() => {
      this.#sessions.delete(client)
      this.#host.over?.(client)
    })
    this.#sessions.set(client, session)
  }

  /** The last id that was given to a client. */
  get lastId(): number {
    return this.#lastId
  }

  /** The client of this id, from `Connect` to just before `Disconnect`. */
  client(id: number): Client<State, Data> | undefined {
    return this.#clients.get(id)
  }

  /** All clients whose connection is open, and how far their sessions have come. */
  get sessions(): ReadonlyMap<Client<State, Data>, Progress> {
    return this.#open
  }

  /** Resolves when the sessions of clients that have gone by now are over, `Disconnect` included; but no later than `ms`. */
  async farewells(ms: number): Promise<void> {
    const sessions = [...this.#sessions].filter(([client]) => !this.#open.has(client))
    await this.#sessionsWithin(
      ms,
      sessions.map(([, session]) => session),
    )
  }

  /**
   * Goes on with a client of another process; no limit stands against it. Its session goes on from `progress` when
   * `resume` is called.
   */
  restore(
    { connection, lastInput, seen, taken }: InheritedConnection,
    saved: ClientSnapshot,
    progress: Progress,
  ): Client<State, Data> {
    const { remoteAddress } = connection
    const { id, connectedAt } = saved
    const protocol = this.#protocols.get(saved.protocol) ?? this.#settings.protocol
    const client = this.#newClient({ id, connection, protocol, remoteAddress, connectedAt, moved: true })
    this.#admission.readmit(remoteAddress)
    this.skipIds(id)
    const channel = channelOf(client)
    channel.restore(saved, seen, taken)
    channel.lastInput = lastInput
    this.#admit(client, progress)
    this.#resuming.push(client)
    return client
  }

  /** The sessions of restored clients go on, in their order, and their input is read; but for those that `later` names. */
  resume(later: ReadonlySet<AnyClient>): void {
    // A few at a time, so that the first of them need not wait for the last.
    for (const client of this.#resuming.splice(0, SLICE)) if (!later.has(client)) this.resumeOne(client)
    if (this.#resuming.length > 0) setImmediate(() => this.resume(later))
  }

  resumeOne(client: Client<State, Data>): void {
    this.#beginSoon(client, this.#open.get(client) ?? newProgress())
    channelOf(client).goOn()
  }

  /** Ids up to this one have been given to clients of another process. */
  skipIds(id: number): void {
    this.#lastId = Math.max(this.#lastId, id)
  }

  /** Like `accept`, for a socket that a server has just accepted: it may have taken the last file descriptor. */
  acceptSocket(
    socket: Duplex,
    info: ConnectionInfo,
    protocol: Protocol | undefined,
  ): Client<State, Data> | undefined {
    if (this.#descriptors.check()) return this.accept(new DuplexConnection(socket), info, protocol)
    turnAway(socket)
    return undefined
  }

  /**
   * Ends all sessions: those that wait for a line at once; those in a handler when it is done, or after `drain`
   * milliseconds. Clients get what they are owed, and are closed.
   *
   * @returns how many handlers had not ended even then, and were left to themselves.
   */
  async close(drain: number): Promise<number> {
    const waiting = [...this.#open.keys()].filter((client) => !channelOf(client).inbox.drain())
    // All at once, before the first of them leaves: nobody is told of everyone else's leaving.
    for (const client of waiting) void client.close()
    await this.#sessionsEnd(drain)
    for (const client of this.#open.keys()) void client.close()
    await this.#sessionsEnd(CLEANUP_GRACE)
    await Promise.all([...this.#open.keys()].map((client) => client.closed))
    return this.#sessions.size
  }

  connected(client: AnyClient): void {
    this.#host.connected?.(client)
  }

  leaving(client: AnyClient): void {
    channelOf(client).leaveAll(client)
  }

  dispatch(event: Event): PromiseLike<unknown> | undefined {
    return this.#host.dispatch(event)
  }

  failed(event: Event, error: unknown): PromiseLike<unknown> | undefined {
    return this.#host.failed(event, error)
  }

  /** Waits until no session is left, but no longer than `ms`. */
  #sessionsEnd(ms: number): Promise<void> {
    return this.#sessionsWithin(ms, [...this.#sessions.values()])
  }

  async #sessionsWithin(ms: number, sessions: readonly Promise<void>[]): Promise<void> {
    if (sessions.length > 0) await within(this.#clock, ms, Promise.all(sessions))
  }

  #refuse(connection: Connection, { limit, max, reason }: Refusal, remoteAddress: string | undefined): void {
    void handle(new LimitExceeded({ limit, max, remoteAddress }), this)
    this.seeOut(connection, `${reason}\r\n`)
  }

  /** Sends the last words, and closes. */
  seeOut(connection: Connection, words: string): void {
    const close = (): void => connection.destroy()
    const alarm = this.#clock.setTimeout(close, REFUSAL_GRACE, { keepAlive: false })
    connection.open({
      data() {},
      ended() {},
      drained() {},
      finished: close,
      closed: () => this.#clock.clearTimeout(alarm),
    })
    connection.write(words, () => {})
    connection.end()
  }

  readonly #onTelnet = (client: AnyClient, event: TelnetEvent): void => {
    void handle(telnetEvent(client, event), this)
  }

  readonly #onLimit = (client: AnyClient, limit: ClientLimit): void => {
    void handle(new LimitExceeded({ limit, max: this.#settings.limits[limit], client }), this)
  }
}
