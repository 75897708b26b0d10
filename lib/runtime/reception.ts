/**
 * From connections to clients: who is let in, gets a session, and is seen out again.
 */
import type { Duplex } from 'node:stream'
import type { ChannelSettings } from '../client/channel.js'
import { type AnyClient, Client } from '../client/client.js'
import type { ClientContainer } from '../client/container.js'
import type { ClientLimit } from '../client/limits.js'
import type { Turns } from '../client/turns.js'
import { LimitExceeded, telnetEvent } from '../events/catalogue.js'
import type { Event } from '../events/event.js'
import type { TelnetEvent } from '../telnet/index.js'
import { Admission, type AdmissionLimits, type Refusal } from '../transport/admission.js'
import { DescriptorWatch } from '../transport/descriptors.js'
import type { ConnectionInfo } from '../transport/server.js'
import type { Alarm, Clock } from './clock.js'
import { handle, runSession, type SessionHost } from './session.js'

/** How long a connection that is turned away may take to hear why, in milliseconds. */
const REFUSAL_GRACE = 1_000
/** How long handlers may take to clean up once their clients are closed, in milliseconds. */
const CLEANUP_GRACE = 1_000

export interface ReceptionHost extends Pick<SessionHost, 'dispatch' | 'failed'> {
  /** Something that a person should know. */
  warn(message: string): void
}

export interface ReceptionSettings extends ChannelSettings {
  readonly admission: AdmissionLimits
}

export class Reception<State, Data extends string | Uint8Array> implements SessionHost {
  readonly #clients: ClientContainer<State, Data>
  readonly #host: ReceptionHost
  readonly #sessions = new Set<Promise<void>>()
  /** Clients whose connection is open, wherever their session is. */
  readonly #open = new Set<Client<State, Data>>()
  #lastId = 0
  readonly #executor: Turns
  readonly #clock: Clock
  readonly #raw: boolean
  readonly #lineSettings: ChannelSettings
  readonly #rawSettings: ChannelSettings
  readonly #admission: Admission
  readonly #descriptors: DescriptorWatch

  /** @param clients is kept up to date: everyone from `Connect` to just before `Disconnect`. */
  constructor(clients: ClientContainer<State, Data>, settings: ReceptionSettings, host: ReceptionHost) {
    this.#clients = clients
    this.#host = host
    this.#executor = settings.executor
    this.#clock = settings.clock
    this.#raw = settings.raw
    // One object for all clients of a kind: thousands of idle clients must cost little.
    this.#lineSettings = { ...settings, raw: false }
    this.#rawSettings = { ...settings, raw: true }
    this.#admission = new Admission(settings.admission)
    this.#descriptors = new DescriptorWatch(settings.clock, (message) => host.warn(message))
  }

  /**
   * Makes a client of a connection, and puts its session into the run queue.
   *
   * @returns undefined where no limit leaves room for it: then it is told why and closed.
   */
  accept(
    duplex: Duplex,
    { remoteAddress }: ConnectionInfo,
    raw = this.#raw,
  ): Client<State, Data> | undefined {
    const refusal = this.#admission.enter(remoteAddress)
    if (refusal !== undefined) {
      this.#refuse(duplex, refusal, remoteAddress)
      return undefined
    }
    this.#lastId += 1
    const client = new Client<State, Data>({
      id: this.#lastId,
      duplex,
      settings: raw ? this.#rawSettings : this.#lineSettings,
      remoteAddress,
      onLimit: this.#onLimit,
      onTelnet: this.#onTelnet,
    })
    this.#clients.add(client)
    this.#open.add(client)
    void client.closed.then(() => {
      this.#open.delete(client)
      this.#admission.leave(remoteAddress)
    })
    this.#beginSoon(client)
    return client
  }

  /** Puts its session into the run queue. It counts from now on, so that a stop sees it in and out. */
  #beginSoon(client: Client<State, Data>): void {
    const session = new Promise<void>((resolve) => {
      const run = (): void => resolve(runSession(client as never, this))
      this.#executor.ready({ queued: false, run, ran: () => {} })
    }).finally(() => this.#sessions.delete(session))
    this.#sessions.add(session)
  }

  /** The last id that was given to a client. */
  get lastId(): number {
    return this.#lastId
  }

  /** Ids up to this one are not given to anybody. */
  skipIds(id: number): void {
    this.#lastId = Math.max(this.#lastId, id)
  }

  /** Like `accept`, for a socket that a server has just accepted: it may have taken the last file descriptor. */
  acceptSocket(socket: Duplex, info: ConnectionInfo, raw: boolean | undefined): void {
    if (this.#descriptors.check()) {
      this.accept(socket, info, raw)
      return
    }
    // Closed in the same breath, so that its descriptor is free for the next one that knocks.
    socket.on('error', () => {})
    socket.write('The service is full. Please try again later.\r\n')
    socket.destroy()
  }

  /**
   * Ends all sessions: those that wait for a line at once; those in a handler when it is done, or after `drain`
   * milliseconds. Clients get what they are owed, and are closed.
   *
   * @returns how many handlers had not ended even then, and were left to themselves.
   */
  async close(drain: number): Promise<number> {
    const waiting = [...this.#open].filter((client) => !client.inbox.drain())
    // All at once, before the first of them leaves: nobody is told of everyone else's leaving.
    for (const client of waiting) void client.close()
    await this.#sessionsEnd(drain)
    for (const client of this.#open) void client.close()
    await this.#sessionsEnd(CLEANUP_GRACE)
    await Promise.all([...this.#open].map((client) => client.closed))
    return this.#sessions.size
  }

  leaving(client: AnyClient): void {
    this.#clients.delete(client as Client<State, Data>)
  }

  dispatch(event: Event): PromiseLike<unknown> | undefined {
    return this.#host.dispatch(event)
  }

  failed(event: Event, error: unknown): PromiseLike<unknown> | undefined {
    return this.#host.failed(event, error)
  }

  /** Waits until no session is left, but no longer than `ms`. */
  #sessionsEnd(ms: number): Promise<unknown> {
    if (this.#sessions.size === 0) return Promise.resolve()
    let alarm: Alarm
    const late = new Promise<void>((resolve) => {
      alarm = this.#clock.setTimeout(resolve, ms)
    })
    return Promise.race([Promise.all(this.#sessions), late]).finally(() => this.#clock.clearTimeout(alarm))
  }

  #refuse(duplex: Duplex, { limit, max, reason }: Refusal, remoteAddress: string | undefined): void {
    void handle(new LimitExceeded({ limit, max, remoteAddress }), this)
    duplex.on('error', () => duplex.destroy())
    duplex.resume()
    duplex.end(`${reason}\r\n`, () => duplex.destroy())
    const alarm = this.#clock.setTimeout(() => duplex.destroy(), REFUSAL_GRACE, { keepAlive: false })
    duplex.once('close', () => this.#clock.clearTimeout(alarm))
  }

  readonly #onTelnet = (client: AnyClient, event: TelnetEvent): void => {
    void handle(telnetEvent(client, event), this)
  }

  readonly #onLimit = (client: AnyClient, limit: ClientLimit): void => {
    void handle(new LimitExceeded({ limit, max: this.#lineSettings.limits[limit], client }), this)
  }
}
