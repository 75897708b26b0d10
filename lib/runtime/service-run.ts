/**
 * One run of a service: from its start to its stop, or until another process takes over. Handlers, timers and stores
 * belong to the service and outlast a run.
 */
import { AsyncResource } from 'node:async_hooks'
import type { AnyClient } from '../client/client.js'
import { isFollowing, isSilenced } from '../conversation/context.js'
import { TimeoutError } from '../errors.js'
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
import { createLog, type LogFollowers } from '../log/index.js'
import { EventLoopMonitor } from '../observability/event-loop.js'
import { type Collected, type CoreSettings, describeProblem } from '../settings/index.js'
import type { Timers } from '../timers/index.js'
import type { Connection } from '../transport/connection.js'
import type { Address, ConnectionInfo, Server } from '../transport/server.js'
import { Deferred, quietly, within } from '../wait.js'
import { claimEdge } from './edge-claim.js'
import {
  type EdgeClient,
  type EdgePort,
  edgePort,
  type HandedOver,
  type Inheritance,
  type InheritedConnection,
} from './edge-port.js'
import { Engine, type EngineParts } from './engine.js'
import { NoAngelError, type ServiceStatus } from './errors.js'
import { nameOfHandler, shownName } from './handler-name.js'
import type { RunStats } from './stats.js'
import { keptDueTimes } from './takeover/kept-due-times.js'
import { Rehearsals } from './takeover/rehearsals.js'
import type { Takeover } from './takeover/takeover.js'

/** How long clients wait at a restart for what stores are saving, in milliseconds. */
const LAST_SAVES = 500

/** How long a stop waits for what stores are saving, in milliseconds: longer than a back end on the network does. */
const CLOSING = 12_000

/** How long handlers of a stop may run beyond the drain, in milliseconds: what they save may take a while. */
const STOP_GRACE = 5_000

/** What a service has over all its runs. */
export interface ServiceParts extends EngineParts {
  readonly timers: Timers
  /** No edge holds its connections, whether there is one or not. */
  readonly standalone: boolean
  /** Gets what is logged, besides the log's own output. */
  readonly follow: LogFollowers
}

export class ServiceRun {
  readonly #parts: ServiceParts
  readonly #events: EngineParts['events']
  readonly #settings: CoreSettings
  #engine: Engine
  /** The edge that holds this process's connections, if there is one. */
  readonly #edge: EdgePort | undefined
  #status: ServiceStatus = 'starting'
  /** When it began to serve, in milliseconds since the epoch. */
  #since: number | undefined
  readonly #eventLoop = new EventLoopMonitor()
  #servers: readonly Server[] = []
  #stopping: Promise<void> | undefined
  #handingOver = false
  readonly #rehearsals = new Rehearsals((parts) => this.#engine.newConnectionManager(parts))
  /** Handlers of `PostStart` run. */
  #starting = false
  #stopAsked = false
  /** What could not be closed. */
  readonly #failures: unknown[] = []
  readonly #over = new Deferred()
  /** Resolves when it is over, however that came about; rejects where something could not be closed. */
  readonly ended = this.#over.promise

  /**
   * @param lastId the last client id of the run before.
   * @throws NoAngelError where the settings want one; SecondServiceError where it has a service already.
   */
  constructor(
    { values, warnings }: Pick<Collected, 'values' | 'warnings'>,
    lastId: number,
    parts: ServiceParts,
  ) {
    if (values.angel && edgePort() === undefined) throw new NoAngelError('The setting angel')
    this.#parts = parts
    this.#events = parts.events
    this.#settings = values
    // No more of them: a program's own setting may have the name of another option of the log's.
    const { log, logFile } = values
    this.#events.log = createLog({ log, logFile }, parts.follow)
    try {
      for (const problem of warnings) this.#warn('service', describeProblem(problem))
      this.#engine = new Engine(values, parts)
      this.#engine.connections.skipIds(lastId)
      // Last, when nothing can fail any more: an edge that is claimed must be released again.
      this.#edge = this.#claimEdge()
    } catch (error) {
      // There is no run that would close it at its end.
      void this.#events.log.close()
      throw error
    }
    if (this.#edge !== undefined) this.#engine.attach(this.#edge)
    else if (isFollowing() && !parts.standalone) this.#engine.stayDry()
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
    return this.#engine.connections.lastId
  }

  /** Resolves when it serves and `PostStart` is done. If it rejects, everything that it had opened is closed again. */
  async start(servers: readonly Server[]): Promise<void> {
    const { stores, timers } = this.#parts
    const { store, storePath } = this.#settings
    let inheritance: Inheritance | undefined
    try {
      await stores.open(store, { storePath })
      await this.#preStart()
      for (const server of servers) await this.#listenOn(server)
      if (this.#settings.spareWorker && this.#engine.takeover !== undefined) await this.#rehearsals.spare()
      inheritance = await this.#engine.takeover?.inherit()
    } catch (error) {
      await this.#closeServers()
      // Clients of a process before this one are the edge's: another process can go on with them.
      if (this.#engine.takeover === undefined) await this.#engine.connections.close(0)
      // What could not be closed is in the log; the caller needs to know why there is no service.
      await this.#end().catch(() => {})
      throw error
    }
    this.#status = 'running'
    this.#since = this.#parts.clock.now()
    timers.start(inheritance && keptDueTimes(this.#edge as EdgePort, inheritance.kept))
    const isRestart = inheritance?.restart === true
    if (!isRestart) this.#engine.takeover?.serve()
    this.#starting = true
    const started = this.#trigger(new PostStart()).finally(() => {
      this.#starting = false
    })
    if (isRestart) await this.#takeOver(inheritance as Inheritance, started)
    else await started
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

  /** What it adds to `service.stats()`. */
  stats(): RunStats {
    const { clock } = this.#parts
    // Nobody would stop what begins to measure now.
    const isOver = this.#status === 'stopped'
    return {
      uptime: isOver || this.#since === undefined ? 0 : clock.now() - this.#since,
      queues: { ready: this.#engine.executor.waiting, ...this.#engine.connections.queued },
      eventLoop: { delay: isOver ? null : (this.#eventLoop.read() ?? null) },
    }
  }

  /** @returns undefined if the connection exceeds a limit. */
  accept(connection: Connection, info: ConnectionInfo): AnyClient | undefined {
    return this.#engine.connections.accept(connection, info)
  }

  /** @throws NoAngelError, RestartFailedError */
  async restart(): Promise<void> {
    if (isSilenced(() => void this.restart())) return
    if (this.#edge === undefined) throw new NoAngelError('restart()')
    await this.#edge.restart()
  }

  /** @param drain milliseconds that handlers get to finish. */
  stop(drain = this.#settings.drain): Promise<void> {
    if (isSilenced(() => void this.stop(drain))) return Promise.resolve()
    if (this.#handingOver) {
      this.#stopAsked = true
      return this.ended
    }
    // Where nobody looks, the log and `ended` tell what could not be closed.
    if (this.#status === 'running') this.#stopping = quietly(this.#stop(drain))
    return this.#stopping ?? Promise.resolve()
  }

  async #stop(drain: number): Promise<void> {
    this.#status = 'stopping'
    this.#edge?.stopping()
    this.#engine.takeover?.end()
    this.#parts.timers.stopAll()
    const servers = this.#servers
    const names = servers.map(String)
    await this.#closeServers()
    await this.#triggerLast(new PreStop(), drain)
    const left = await this.#engine.connections.close(drain)
    if (left > 0) this.#warn('service', `Handlers that did not end when their clients were closed: ${left}`)
    this.#servers = []
    for (const [i, server] of servers.entries()) {
      this.#events.log.channel('server').info(`No longer listening on ${names[i]}`)
      await this.#triggerLast(new ListenStop({ server }), drain)
    }
    await this.#triggerLast(new PostStop(), drain)
    await this.#end()
  }

  /** One that never ends, such as one that flushes a client who does not read, must not keep the service from stopping. */
  async #triggerLast(event: Event, drain: number): Promise<void> {
    const ms = drain + STOP_GRACE
    if (await within(this.#parts.clock, ms, this.#trigger(event))) return
    this.#warn(
      'service',
      `The handler ${shownName(nameOfHandler(handlerOf(event)))} of '${event}' still runs after ${ms} ms ` +
        '(setting drain), and is no longer waited for. The stop goes on without it.',
    )
  }

  /** Handlers see that clients and stores are back before the first line of them is handled. */
  async #takeOver({ crash, since, stop }: Inheritance, started: Promise<unknown>): Promise<void> {
    const { drain } = this.#settings
    // Clients wait meanwhile, so a handler that goes on for ever (a game's loop) is not waited for.
    await within(this.#parts.clock, drain, started)
    const downtime = Math.max(0, this.#parts.clock.now() - since)
    await within(this.#parts.clock, drain, this.#trigger(new PostRestart({ crash, downtime })))
    this.#engine.takeover?.serve()
    if (stop) void this.stop()
    await started
  }

  /** Another process serves still. */
  async #prepare(connections: readonly InheritedConnection[]): Promise<void> {
    this.#engine.takeover?.prepare(connections)
    await this.#rehearsals.prepare(connections)
  }

  /**
   * Another process is ready to go on where this one stops.
   *
   * @returns a promise that never resolves where the service is stopped before it lets go: then no other process goes on.
   */
  async #handOver(takeover: Takeover): Promise<HandedOver> {
    const { readyTimeout, drain } = this.#settings
    const { clock, timers, stores } = this.#parts
    await within(clock, readyTimeout, this.#trigger(new PreRestart()))
    if (this.#status !== 'running') return new Promise<never>(() => {})
    this.#handingOver = true
    const since = await takeover.stand()
    this.#status = 'stopping'
    const standby = !takeover.works && !timers.running && !this.#starting
    timers.stopAll()
    for (const server of this.#servers) await within(clock, drain, this.#trigger(new Suspend({ server })))
    // What is being saved is saved before another process can save something newer.
    const isSaved = await within(clock, LAST_SAVES, stores.suspend())
    if (!isSaved) this.#warn('service', 'A store is still saving: clients do not wait for it any longer')
    takeover.handOver()
    this.#events.log.channel('service').info('Another process goes on from here')
    const canGoOn = standby && isSaved
    if (!canGoOn) await this.#events.log.close()
    return { since, stop: this.#stopAsked, standby: canGoOn }
  }

  /** The process that took over has failed: everything goes on here. */
  async #takeBack(inheritance: Inheritance): Promise<void> {
    const { stores, timers } = this.#parts
    const { store, storePath } = this.#settings
    this.#events.log.channel('service').warn('The process that took over has failed, and this one goes on')
    const before = this.#engine
    this.#engine = new Engine(this.#settings, this.#parts)
    this.#engine.connections.takeBackFrom(before.connections)
    this.#events.tallies.forgetFlights()
    const edge = this.#edge as EdgePort
    const takeover = this.#engine.attach(edge, before.takeover?.servers)
    await stores.open(store, { storePath })
    await takeover.takeBack(inheritance)
    this.#engine.connections.forgetFormer()
    this.#handingOver = false
    this.#status = 'running'
    timers.start(keptDueTimes(edge, inheritance.kept))
    await this.#takeOver(inheritance, Promise.resolve())
    if (this.#stopAsked) await this.stop()
  }

  async #closeServers(): Promise<void> {
    const close = (server: Server) => this.#attempt(`${server} was not closed`, () => server.close())
    await Promise.all(this.#servers.map(close))
  }

  /** Notes and logs where something fails, and goes on: a service that can't be stopped can't be started again either. */
  async #attempt(what: string, close: () => Promise<unknown>): Promise<void> {
    try {
      await close()
    } catch (error) {
      this.#failures.push(error)
      this.#events.log.channel('service').error(what, { error })
    }
  }

  /** Ends all that is left. @throws the first failure of all that was to be closed; but everything else is ended then. */
  async #end(): Promise<void> {
    this.#parts.timers.stopAll()
    // Also of a process of a play that is gone, and of one that could not take over.
    this.#engine.takeover?.end()
    await this.#attempt('The store was not closed', () => this.#closeStores())
    await this.#attempt('The log was not closed', () => this.#events.log.close())
    this.#edge?.release()
    this.#eventLoop.stop()
    this.#servers = []
    this.#status = 'stopped'
    this.#stopping = undefined
    if (this.#failures.length === 0) this.#over.resolve()
    else {
      this.#over.reject(this.#failures[0])
      throw this.#failures[0]
    }
  }

  /** @throws TimeoutError: a service that can't be stopped helps nobody. */
  async #closeStores(): Promise<void> {
    const { clock, stores } = this.#parts
    if (!(await within(clock, CLOSING, stores.close()))) throw new TimeoutError('Closing the store', CLOSING)
  }

  async #listenOn(server: Server): Promise<void> {
    const takeover = this.#engine.takeover
    await server.listen({
      connection: (socket, info) => {
        this.#engine.executor.hurry()
        this.#engine.connections.acceptSocket(socket, { ...info, server })
      },
      warn: (message) => this.#warn('server', message),
      ...(takeover && { listen: (description) => takeover.newcomers.listen(description, server) }),
    })
    this.#servers = [...this.#servers, server]
    // A process that is only tried out gets no connection: whoever reads the log would look for a second service.
    if (this.#edge?.trial !== true) this.#events.log.channel('server').info(`Listening on ${server}`)
    await this.#trigger(new ListenStart({ server }))
  }

  #trigger(event: Event): Promise<unknown> {
    return this.#events.trigger(event)
  }

  #warn(channel: string, message: string): void {
    this.#events.log.channel(channel).warn(message)
  }

  /** @throws SecondServiceError where it serves another service of this process. */
  #claimEdge(): EdgePort | undefined {
    if (this.#parts.standalone) return undefined
    const client: EdgeClient = {
      prepare: (connections) => this.#prepare(connections),
      accept: (connection) => this.#engine.takeover?.accept(connection),
      describe: (connection, all) => (this.#engine.takeover as Takeover).describe(connection, all),
      endTurn: () => this.#engine.executor.endTurn(),
      culprit: (error) => this.#engine.takeover?.culprit(error),
      handOver: () => this.#handOver(this.#engine.takeover as Takeover),
      leave: () => void quietly(this.#end()),
      // In the asynchronous context of the start: handlers run in that of whoever makes an executor (rule 18).
      takeBack: AsyncResource.bind((inheritance: Inheritance) => void this.#takeBack(inheritance)),
      stop: () => void this.stop(),
    }
    return claimEdge(client, this.#settings)
  }
}
