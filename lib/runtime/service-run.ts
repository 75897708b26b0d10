/**
 * One run of a service: from its start to its stop, or until another process takes over. Handlers, timers and stores
 * belong to the service and outlast a run.
 */
import type { Duplex } from 'node:stream'
import type { Client } from '../client/client.js'
import type { ClientContainer } from '../client/container.js'
import type { Clock } from '../clock.js'
import {
  HandlerError,
  ListenStart,
  ListenStop,
  PostRestart,
  PostStart,
  PostStop,
  PreRestart,
  PreStart,
  PreStop,
  Suspend,
} from '../events/catalogue.js'
import { type Event, handlerOf } from '../events/event.js'
import { createLog } from '../log/index.js'
import { bytes, lines, type Protocol } from '../protocol/index.js'
import { type Collected, type CoreSettings, describeProblem } from '../settings/index.js'
import type { Persistence } from '../storage/persistence.js'
import { type TelnetOption, TelnetSettings } from '../telnet/index.js'
import type { Timers } from '../timers/index.js'
import type { Address, ConnectionInfo, Server } from '../transport/server.js'
import { tcp, unix } from '../transport/tcp.js'
import { tls } from '../transport/tls.js'
import { within } from '../wait.js'
import { ConnectionManager } from './connection-manager.js'
import { NoAngelError, SecondServiceError, type ServiceStatus } from './errors.js'
import type { EventHub } from './event-hub.js'
import { Executor } from './executor.js'
import { type Guardian, guardian, type HandedOver, type Inheritance, type Ward } from './guardian.js'
import { Succession } from './succession.js'

/** What a service has over all its runs. */
export interface ServiceParts<State, Data extends string | Uint8Array> {
  readonly events: EventHub<State, Data>
  readonly clock: Clock
  readonly clients: ClientContainer<State, Data>
  readonly stores: Persistence
  readonly timers: Timers
  readonly telnetOptions: readonly TelnetOption[] | undefined
}

export class ServiceRun<State, Data extends string | Uint8Array> {
  readonly #parts: ServiceParts<State, Data>
  readonly #events: EventHub<State, Data>
  readonly #settings: CoreSettings
  readonly #connections: ConnectionManager<State, Data>
  /** The process that watches this one, if there is one. */
  readonly #guardian: Guardian | undefined
  readonly #succession: Succession<State, Data> | undefined
  #status: ServiceStatus = 'starting'
  #servers: readonly Server[] = []
  #stopping: Promise<void> | undefined
  #handingOver = false
  #stopAsked = false
  #resolveEnded!: () => void
  /** Resolves when it is over, however that came about. */
  readonly ended = new Promise<void>((resolve) => {
    this.#resolveEnded = resolve
  })

  /**
   * @param lastId the last client id of the run before.
   * @throws NoAngelError where the settings want one; SecondServiceError where it has a service already.
   */
  constructor(
    { values, warnings }: Pick<Collected, 'values' | 'warnings'>,
    lastId: number,
    parts: ServiceParts<State, Data>,
  ) {
    if (values.angel && guardian() === undefined) throw new NoAngelError('The setting angel')
    this.#parts = parts
    this.#events = parts.events
    this.#settings = values
    this.#events.log = createLog(values)
    for (const problem of warnings) this.#warn('service', describeProblem(problem))
    this.#connections = this.#newConnectionManager()
    this.#connections.skipIds(lastId)
    // Last, when nothing can fail any more: a guardian that is claimed must be released again.
    this.#guardian = this.#claimGuardian()
    if (this.#guardian === undefined) return
    const succession = this.#newSuccession(this.#guardian)
    this.#succession = succession
    this.#connections.onConnected = (client) => succession.connected(client)
  }

  get status(): ServiceStatus {
    return this.#status
  }

  /** Where all servers listen. */
  get addresses(): Address[] {
    return this.#servers.flatMap((server) => server.address ?? [])
  }

  /** The last id that was given to a client. */
  get lastId(): number {
    return this.#connections.lastId
  }

  /** Resolves when it serves and `PostStart` is done. If it rejects, everything that it had opened is closed again. */
  async start(servers: readonly Server[] = [defaultServer(this.#settings)]): Promise<void> {
    const { stores, timers } = this.#parts
    const { store, storePath } = this.#settings
    let inheritance: Inheritance | undefined
    try {
      await stores.open(store, { storePath })
      await this.#preStart()
      for (const server of servers) await this.#listenOn(server)
      inheritance = await this.#succession?.inherit()
    } catch (error) {
      await Promise.all(this.#servers.map((server) => server.close()))
      await this.#connections.close(0)
      await this.#end()
      throw error
    }
    this.#status = 'running'
    timers.start()
    if (inheritance?.restart) await this.#takeOver(inheritance)
    else {
      this.#succession?.serve()
      await this.#trigger(new PostStart())
    }
  }

  /** Where a handler fails, so does the start: its error is thrown and not logged, and `HandlerError` is triggered. */
  async #preStart(): Promise<void> {
    const event = new PreStart()
    try {
      await this.#events.dispatch(event)
    } catch (error) {
      await this.#trigger(new HandlerError({ event, handler: handlerOf(event), error }))
      throw error
    }
  }

  /** @returns undefined if the connection exceeds a limit. */
  accept(
    duplex: Duplex,
    info: ConnectionInfo,
    protocol: Protocol | undefined,
  ): Client<State, Data> | undefined {
    return this.#connections.accept(duplex, info, protocol)
  }

  /** @throws NoAngelError, RestartFailedError */
  async restart(): Promise<void> {
    if (this.#guardian === undefined) throw new NoAngelError('restart()')
    await this.#guardian.restart()
  }

  /** @param drain milliseconds that handlers get to finish. */
  stop(drain = this.#settings.drain): Promise<void> {
    if (this.#handingOver) this.#stopAsked = true
    else if (this.#status === 'running') this.#stopping = this.#stop(drain)
    return this.#stopping ?? Promise.resolve()
  }

  async #stop(drain: number): Promise<void> {
    this.#status = 'stopping'
    this.#guardian?.stopping()
    this.#succession?.end()
    this.#parts.timers.stopAll()
    const servers = this.#servers
    const names = servers.map(String)
    await Promise.all(servers.map((server) => server.close()))
    await this.#trigger(new PreStop())
    const left = await this.#connections.close(drain)
    if (left > 0) this.#warn('service', `${left} handlers did not end when their clients were closed`)
    this.#servers = []
    for (const [i, server] of servers.entries()) {
      this.#events.log.channel('server').info(`No longer listening on ${names[i]}`)
      await this.#trigger(new ListenStop({ server }))
    }
    await this.#trigger(new PostStop())
    await this.#end()
  }

  /** Handlers see that clients and stores are back before the first line of them is handled. */
  async #takeOver({ crash, since }: Inheritance): Promise<void> {
    const { drain } = this.#settings
    const started = this.#trigger(new PostStart())
    // Clients wait meanwhile, so a handler that goes on for ever (a game's loop) is not waited for.
    await within(this.#parts.clock, drain, started)
    const downtime = Math.max(0, this.#parts.clock.now() - since)
    await within(this.#parts.clock, drain, this.#trigger(new PostRestart({ crash, downtime })))
    this.#succession?.serve()
    await started
  }

  /**
   * Another process is ready to go on where this one stops.
   *
   * @returns a promise that never resolves where the service is stopped before it lets go: then no other process goes on.
   */
  async #handOver(succession: Succession<State, Data>): Promise<HandedOver> {
    const { readyTimeout, drain } = this.#settings
    await within(this.#parts.clock, readyTimeout, this.#trigger(new PreRestart()))
    if (this.#status !== 'running') return new Promise<never>(() => {})
    let over: () => void = () => {}
    this.#handingOver = true
    this.#stopping = new Promise((resolve) => {
      over = resolve
    })
    const since = await succession.stand()
    this.#status = 'stopping'
    this.#parts.timers.stopAll()
    for (const server of this.#servers)
      await within(this.#parts.clock, drain, this.#trigger(new Suspend({ server })))
    // What is being saved is saved before another process can save something newer.
    await this.#parts.stores.close()
    await succession.handOver()
    this.#events.log.channel('service').info('Another process goes on from here')
    await this.#end()
    over()
    return { since, stop: this.#stopAsked }
  }

  async #end(): Promise<void> {
    await this.#parts.stores.close()
    await this.#events.log.close()
    this.#guardian?.release()
    this.#servers = []
    this.#status = 'stopped'
    this.#stopping = undefined
    this.#resolveEnded()
  }

  async #listenOn(server: Server): Promise<void> {
    const succession = this.#succession
    await server.listen({
      connection: (socket, info) => {
        const client = this.#connections.acceptSocket(socket, info, info.protocol ?? server.protocol)
        succession?.admitted(client, info)
      },
      warn: (message) => this.#warn('server', message),
      ...(succession && { listen: (target, accept) => succession.listen(target, accept) }),
    })
    this.#servers = [...this.#servers, server]
    this.#events.log.channel('server').info(`Listening on ${server}`)
    await this.#trigger(new ListenStart({ server }))
  }

  #trigger(event: Event): Promise<unknown> {
    return this.#events.trigger(event)
  }

  #warn(channel: string, message: string): void {
    this.#events.log.channel(channel).warn(message)
  }

  // --- What it is made of

  /** @throws SecondServiceError where it watches over another service of this process. */
  #claimGuardian(): Guardian | undefined {
    const found = guardian()
    if (found === undefined) return undefined
    const { heartbeat, readyTimeout, restartWait, drain, maxConnections, log, logFile } = this.#settings
    const ward: Ward = {
      prepare: (connection, kept) => this.#succession?.prepare(connection, kept),
      accept: (connection) => this.#succession?.accept(connection),
      handOver: () => this.#handOver(this.#succession as Succession<State, Data>),
      stop: () => void this.stop(),
    }
    const isClaimed = found.claim(ward, {
      heartbeat,
      readyTimeout,
      // What handlers are given, and enough for a slow machine.
      takeOverTimeout: atMost(readyTimeout + 2 * drain),
      handOverTimeout: atMost(readyTimeout + restartWait + drain + 20_000),
      stopTimeout: atMost(drain + 15_000),
      maxConnections,
      log: typeof log === 'object' && 'child' in log ? true : log,
      logFile,
    })
    if (!isClaimed) throw new SecondServiceError()
    return found
  }

  #newConnectionManager(): ConnectionManager<State, Data> {
    const settings = this.#settings
    const { clock, clients, telnetOptions } = this.#parts
    const { maxSubnegotiation, maxTelnetReplies } = settings
    const telnet = settings.telnet
      ? new TelnetSettings({ maxSubnegotiation, maxTelnetReplies, clock, options: telnetOptions })
      : undefined
    const shared = {
      executor: new Executor(settings),
      clock,
      limits: settings,
      protocol: settings.raw ? bytes : lines,
      drain: settings.drain,
      sanitize: settings.sanitize,
      telnet,
      telnetOffers: settings.telnetOffers,
      warn: (message: string) => this.#warn('server', message),
    }
    return new ConnectionManager(clients, shared, this.#events)
  }

  #newSuccession(guardian: Guardian): Succession<State, Data> {
    return new Succession(guardian, this.#connections, {
      settings: this.#settings,
      clock: this.#parts.clock,
      stores: this.#parts.stores,
      warn: (message) => this.#warn('angel', message),
    })
  }
}

/** What the guardian can count: it gets numbers as JSON, which has no Infinity, and sets Node's timers by them. */
function atMost(ms: number): number {
  return Math.min(ms, 2 ** 31 - 1)
}

/** The server that the settings describe. */
function defaultServer({ port, host, path, tlsCert, tlsKey }: CoreSettings): Server {
  if (tlsCert !== undefined || tlsKey !== undefined) {
    // Where one of the two is missing, `listen` says so.
    const files = { cert: tlsCert ?? '', key: tlsKey ?? '' }
    return tls(path === undefined ? { port, host, ...files } : { path, ...files })
  }
  return path === undefined ? tcp({ port, host }) : unix({ path })
}
