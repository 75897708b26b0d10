/**
 * One life of a service: from its start to its stop, or to the moment at which another process goes on with it. What
 * outlasts it (handlers, timers, stores, clients by name) is the service's own.
 */
import type { Client } from '../client/client.js'
import type { Connection } from '../client/connection.js'
import type { ClientContainer } from '../client/container.js'
import type { Clock } from '../clock.js'
import {
  InputDropped,
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
import type { Event } from '../events/event.js'
import { createLog, type Log } from '../log/index.js'
import { bytes, lines, type Protocol } from '../protocol/index.js'
import { type Collected, type CoreSettings, describeProblem } from '../settings/index.js'
import type { Stores } from '../storage/stores.js'
import { type TelnetOption, TelnetSettings } from '../telnet/index.js'
import type { Timers } from '../timers/index.js'
import type { Address, ConnectionInfo, Server } from '../transport/server.js'
import { tcp, unix } from '../transport/tcp.js'
import { within } from '../wait.js'
import { ConnectionManager, type ConnectionManagerHost } from './connection-manager.js'
import { type EdgeClient, type EdgePort, edgePort, type HandedOver, type Inheritance } from './edge-port.js'
import { NoAngelError, type ServiceStatus } from './errors.js'
import { Executor } from './executor.js'
import { Takeover } from './takeover.js'

/** The service that lives. */
export interface ServiceRunHost<State, Data extends string | Uint8Array>
  extends Pick<ConnectionManagerHost, 'dispatch' | 'failed'> {
  readonly clock: Clock
  readonly clients: ClientContainer<State, Data>
  readonly stores: Stores
  readonly timers: Timers
  readonly telnetOptions: readonly TelnetOption[] | undefined
  readonly log: Log
  logTo(log: Log): void
  trigger(event: Event): Promise<unknown>
  /** The edge wants it to stop. */
  stop(): void
  /** It is over. */
  ended(): void
}

export class ServiceRun<State, Data extends string | Uint8Array> {
  readonly #host: ServiceRunHost<State, Data>
  readonly #settings: CoreSettings
  readonly #executor: Executor
  readonly #connections: ConnectionManager<State, Data>
  /** Who watches over it, where anybody does. */
  readonly #edge: EdgePort | undefined
  readonly #takeover: Takeover<State, Data> | undefined
  #status: ServiceStatus = 'starting'
  #servers: readonly Server[] = []
  #stopping: Promise<void> | undefined
  #handingOver = false
  #stopAsked = false

  /**
   * @param lastId the last id of a client in an earlier life.
   * @throws NoAngelError where the settings want one.
   */
  constructor(
    { values, warnings }: Pick<Collected, 'values' | 'warnings'>,
    lastId: number,
    host: ServiceRunHost<State, Data>,
  ) {
    if (values.angel && edgePort() === undefined) throw new NoAngelError('The setting angel')
    this.#host = host
    this.#settings = values
    host.logTo(createLog(values))
    for (const problem of warnings) host.log.channel('service').warn(describeProblem(problem))
    this.#executor = new Executor(values)
    this.#connections = this.#newConnectionManager()
    this.#connections.skipIds(lastId)
    // Last, when nothing can go wrong any more: who is claimed must be released again.
    this.#edge = this.#claimEdge()
    const edge = this.#edge
    if (edge === undefined) return
    this.#takeover = this.#newTakeover(edge)
    this.#executor.onTurnEnd = () => edge.endTurn()
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

  /** Resolves when it serves, and `PostStart` is done. Where it rejects, nothing is left of it. */
  async start(servers: readonly Server[] = [defaultServer(this.#settings)]): Promise<void> {
    const { stores, timers } = this.#host
    const { store, storePath } = this.#settings
    let inheritance: Inheritance | undefined
    try {
      await stores.open(store, { storePath })
      await this.#trigger(new PreStart())
      for (const server of servers) await this.#listenOn(server)
      inheritance = await this.#takeover?.inherit()
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
      this.#takeover?.serve()
      await this.#trigger(new PostStart())
    }
  }

  /** `undefined` where no limit leaves room for it. */
  accept(
    connection: Connection,
    info: ConnectionInfo,
    protocol: Protocol | undefined,
  ): Client<State, Data> | undefined {
    return this.#connections.accept(connection, info, protocol)
  }

  /** @throws NoAngelError, RestartFailedError */
  async restart(): Promise<void> {
    if (this.#edge === undefined) throw new NoAngelError('restart()')
    await this.#edge.restart()
  }

  /** @param drain milliseconds that handlers get to finish. */
  stop(drain = this.#settings.drain): Promise<void> {
    if (this.#handingOver) this.#stopAsked = true
    else if (this.#status === 'running') this.#stopping = this.#stop(drain)
    return this.#stopping ?? Promise.resolve()
  }

  async #stop(drain: number): Promise<void> {
    this.#status = 'stopping'
    this.#edge?.stopping()
    this.#takeover?.end()
    this.#host.timers.stopAll()
    const servers = this.#servers
    const names = servers.map(String)
    await Promise.all(servers.map((server) => server.close()))
    await this.#trigger(new PreStop())
    const left = await this.#connections.close(drain)
    if (left > 0) this.#warn('service', `${left} handlers did not end when their clients were closed`)
    this.#servers = []
    for (const [i, server] of servers.entries()) {
      this.#host.log.channel('server').info(`No longer listening on ${names[i]}`)
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
    await within(this.#host.clock, drain, started)
    const downtime = Math.max(0, this.#host.clock.now() - since)
    await within(this.#host.clock, drain, this.#trigger(new PostRestart({ crash, downtime })))
    this.#takeover?.serve()
    await started
  }

  /**
   * Another process is ready to go on where this one stops.
   *
   * @returns a promise that never resolves where the service is stopped before it lets go: then no other process goes on.
   */
  async #handOver(takeover: Takeover<State, Data>): Promise<HandedOver> {
    const { readyTimeout, drain } = this.#settings
    await within(this.#host.clock, readyTimeout, this.#trigger(new PreRestart()))
    if (this.#status !== 'running') return new Promise<never>(() => {})
    let over: () => void = () => {}
    this.#handingOver = true
    this.#stopping = new Promise((resolve) => {
      over = resolve
    })
    const since = await takeover.stand()
    this.#status = 'stopping'
    this.#host.timers.stopAll()
    for (const server of this.#servers)
      await within(this.#host.clock, drain, this.#trigger(new Suspend({ server })))
    // What is being saved is saved before another process can save something newer.
    await this.#host.stores.close()
    takeover.handOver()
    this.#host.log.channel('service').info('Another process goes on from here')
    await this.#end()
    over()
    return { since, stop: this.#stopAsked }
  }

  async #end(): Promise<void> {
    await this.#host.stores.close()
    await this.#host.log.close()
    this.#edge?.release()
    this.#servers = []
    this.#status = 'stopped'
    this.#stopping = undefined
    this.#host.ended()
  }

  async #listenOn(server: Server): Promise<void> {
    const takeover = this.#takeover
    await server.listen({
      connection: (socket, info) => {
        this.#connections.acceptSocket(socket, info, server.protocol)
      },
      warn: (message) => this.#warn('server', message),
      ...(takeover && { listen: (target) => takeover.listen(target, server.protocol) }),
    })
    this.#servers = [...this.#servers, server]
    this.#host.log.channel('server').info(`Listening on ${server}`)
    await this.#trigger(new ListenStart({ server }))
  }

  #trigger(event: Event): Promise<unknown> {
    return this.#host.trigger(event)
  }

  #warn(channel: string, message: string): void {
    this.#host.log.channel(channel).warn(message)
  }

  // --- What it is made of

  /** Nothing where there is none, or where it watches over another service of this process. */
  #claimEdge(): EdgePort | undefined {
    const found = edgePort()
    const { heartbeat, readyTimeout, restartWait, drain, maxConnections, log, logFile } = this.#settings
    const client: EdgeClient = {
      accept: (connection) => this.#takeover?.accept(connection),
      describe: (connection, all) => (this.#takeover as Takeover<State, Data>).describe(connection, all),
      handOver: () => this.#handOver(this.#takeover as Takeover<State, Data>),
      stop: () => this.#host.stop(),
    }
    const isClaimed = found?.claim(client, {
      heartbeat,
      readyTimeout,
      // What handlers are given, and enough for a slow machine.
      takeOverTimeout: readyTimeout + 2 * drain,
      handOverTimeout: readyTimeout + restartWait + drain + 20_000,
      stopTimeout: drain + 15_000,
      maxConnections,
      // What a worker may leave unread, a line that has begun, and what is under way.
      window: this.#settings.maxUnreadBytes + this.#settings.maxLineLength + 64 * 1024,
      maxUnsent: this.#settings.maxUnsentBytes,
      log: typeof log === 'object' && 'child' in log ? true : log,
      logFile,
    })
    return isClaimed ? found : undefined
  }

  #newConnectionManager(): ConnectionManager<State, Data> {
    const settings = this.#settings
    const { clock, clients, telnetOptions } = this.#host
    const { maxSubnegotiation, maxTelnetReplies } = settings
    const telnet = settings.telnet
      ? new TelnetSettings({ maxSubnegotiation, maxTelnetReplies, clock, options: telnetOptions })
      : undefined
    const shared = {
      executor: this.#executor,
      clock,
      limits: settings,
      protocol: settings.raw ? bytes : lines,
      sanitize: settings.sanitize,
      telnet,
      telnetOffers: settings.telnetOffers,
      admission: settings,
    }
    return new ConnectionManager(clients, shared, {
      dispatch: (event) => this.#host.dispatch(event),
      failed: (event, error) => this.#host.failed(event, error),
      warn: (message) => this.#warn('server', message),
      connected: (client) => this.#takeover?.connected(client),
      over: (client) => this.#takeover?.over(client),
    })
  }

  #newTakeover(edge: EdgePort): Takeover<State, Data> {
    return new Takeover(edge, this.#connections, {
      settings: this.#settings,
      clock: this.#host.clock,
      stores: this.#host.stores,
      executor: this.#executor,
      dropped: (client, data) => {
        this.#warn('angel', `Input of ${client} was dropped, since it ended the process twice`)
        void this.#trigger(new InputDropped({ client, data }))
      },
      warn: (message) => this.#warn('angel', message),
    })
  }
}

/** The server that the settings describe. */
function defaultServer({ port, host, path }: CoreSettings): Server {
  return path === undefined ? tcp({ port, host }) : unix({ path })
}
