/**
 * The one object that a program makes: it wires the rooms together and has a life.
 *
 * ```ts
 * const service = new Service()
 * service.listen(events.Receive, ({ client, data }) => client.write(`You said: ${data}`))
 * await service.run({ port: 9000 })
 * ```
 */
import type { Duplex } from 'node:stream'
import type { z } from 'zod'
import type { Client } from './client/client.js'
import { ClientContainer, type WriteAllOptions } from './client/container.js'
import type { Line, LinesAndOptions, WriteArguments } from './client/format.js'
import { type Alarm, type Clock, systemClock } from './clock.js'
import {
  ListenStart,
  ListenStop,
  PostRestart,
  PostStart,
  PostStop,
  PreRestart,
  PreStart,
  PreStop,
  Suspend,
} from './events/catalogue.js'
import { inspection, launchCommand } from './inspection.js'
import { createLog } from './log/index.js'
import { NoAngelError, ServiceFullError, type ServiceStatus, ServiceStatusError } from './runtime/errors.js'
import { EventHub } from './runtime/event-hub.js'
import { Executor } from './runtime/executor.js'
import { type Guardian, guardian, type Inheritance, type Ward } from './runtime/guardian.js'
import type { AnyState, ServiceOptions, StartOptions, StopOptions } from './runtime/options.js'
import { Reception } from './runtime/reception.js'
import { Succession } from './runtime/succession.js'
import {
  asksForHelp,
  type Collected,
  collect,
  defineSettings,
  describeProblem,
  helpText,
  type NoExtra,
  type Settings,
  type SettingsSchema,
  type Source,
} from './settings/index.js'
import { Stores } from './storage/stores.js'
import { type TelnetOption, TelnetSettings } from './telnet/index.js'
import { type Schedule, type Timer, type TimerFunction, type TimerOptions, Timers } from './timers/index.js'
import { checkDuplex } from './transport/duplex.js'
import type { Address, ConnectionInfo, Server } from './transport/server.js'
import { tcp, unix } from './transport/tcp.js'

declare module './events/event.js' {
  interface EventContext {
    /** The service that triggered the event; set by `trigger` (contract rule 1). */
    // biome-ignore lint/suspicious/noExplicitAny: one class of events serves services of every state
    service: Service<any, any, any>
  }
}

/**
 * @typeParam State the program's own data about a client, in `client.state`.
 * @typeParam Data what clients send: lines of text, or with the setting `raw` chunks of bytes (`Uint8Array`).
 */
export class Service<
  State = AnyState,
  Data extends string | Uint8Array = string,
  Extra extends z.ZodRawShape = NoExtra,
> extends EventHub<State, Data> {
  readonly #schema: SettingsSchema<Extra>
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #telnetOptions: readonly TelnetOption[] | undefined
  #status: ServiceStatus = 'stopped'
  #collected: Collected<Extra> | undefined
  #reception: Reception<State, Data> | undefined
  #servers: readonly Server[] = []
  #stopping: Promise<void> | undefined
  /** Who watches over this service, where anybody does. */
  #guardian: Guardian | undefined
  #succession: Succession<State, Data> | undefined
  /** Lets `run` return. */
  #onStopped: (() => void) | undefined

  /** Everything that the service remembers: `service.stores.manager(User)`; open while it runs. See `mara-ts/storage`. */
  readonly stores = new Stores()

  /** Every client from `Connect` to just before `Disconnect`, in the order in which they connected. */
  readonly clients = new ClientContainer<State, Data>()

  constructor({ settings, clock = systemClock, telnetOptions }: ServiceOptions<Extra> = {}) {
    super()
    this.#schema = defineSettings(settings)
    this.#clock = clock
    this.stores.onUnreadable((error) => this.log.channel('store').error(error.message))
    this.#timers = new Timers({
      clock,
      onError: (_timer, error) => this.log.channel('service').error('A timer failed', { error }),
    })
    this.#telnetOptions = telnetOptions
  }

  get status(): ServiceStatus {
    return this.#status
  }

  /** The settings in force. @throws ServiceStatusError before the first `start`. */
  get settings(): Settings<Extra> {
    if (this.#collected === undefined) {
      throw new ServiceStatusError('settings', this.#status, 'Settings are collected by start() and run().')
    }
    return this.#collected.values
  }

  /** Where the first server listens; undefined while none does. */
  get address(): Address | undefined {
    return this.addresses[0]
  }

  /** Where all servers listen. */
  get addresses(): Address[] {
    return this.#servers.flatMap((server) => server.address ?? [])
  }

  // --- Time

  /** What time it is, by the service's clock. */
  get datetime(): Date {
    return new Date(this.#clock.now())
  }

  /**
   * Runs a function by the clock, while the service runs: `service.timer({ every: 60_000 }, fn)`, `{ cron: '0 9 * * *' }`
   * and others; see `mara-ts/timers`. A run may await, and never overlaps another of the same timer; its error is logged,
   * and the next run still comes.
   *
   * @throws InvalidScheduleError
   */
  timer(schedule: Schedule, fn: TimerFunction, options?: TimerOptions): Timer {
    return this.#timers.add(schedule, fn, options)
  }

  // --- Writing

  /** Sends the same lines to some clients: see `ClientContainer.write`. */
  write(clients: Client<State, Data> | Iterable<Client<State, Data>>, ...args: WriteArguments): void {
    this.clients.write(clients, ...args)
  }

  /** Sends the same lines to every client: see `ClientContainer.writeAll`. */
  writeAll(...args: LinesAndOptions<WriteAllOptions<Client<State, Data>>>): void
  writeAll(...lines: Line[]): void
  writeAll(...args: WriteArguments<WriteAllOptions<Client<State, Data>>>): void {
    this.clients.writeAll(...(args as Line[]))
  }

  /** Who is told by every `writeAll`: those for whom it gives true; all where it is not set. */
  get filterAll(): ((client: Client<State, Data>) => boolean) | undefined {
    return this.clients.filterAll
  }

  set filterAll(filter: ((client: Client<State, Data>) => boolean) | undefined) {
    this.clients.filterAll = filter
  }

  // --- Life

  /**
   * Starts the service. Resolves when every server listens and `PostStart` is done. It reads neither the environment
   * nor the command line: `run` does.
   *
   * @throws SettingsError, AddressInUseError, ListenError: then nothing has been started.
   * @throws ServiceStatusError unless the service is stopped.
   */
  async start({ servers, ...settings }: StartOptions<Extra> = {}): Promise<void> {
    this.#begin('start()')
    await this.#start(() => collect(this.#schema, { sources: [settings as Source<Extra>] }), servers)
  }

  /**
   * Starts the service with settings from `sources` (objects, files, modules), the environment and the command line,
   * the last one winning; stops it at SIGINT or SIGTERM. Resolves when it has stopped, however that came about. With
   * `--help` it prints what can be set, and starts nothing.
   */
  async run(...sources: readonly (Source<Extra> | StartOptions<Extra>)[]): Promise<void> {
    const argv = process.argv.slice(2)
    if (asksForHelp(argv, this.#schema.fields)) {
      process.stdout.write(helpText(this.#schema, { program: launchCommand() }))
      return
    }
    this.#begin('run()')
    const servers: Server[] = []
    const plain = sources.map((source) => withoutServers(source as object, servers)) as Source<Extra>[]
    const collected = () => collect(this.#schema, { sources: plain, env: process.env, argv })
    const stopped = new Promise<void>((resolve) => {
      this.#onStopped = resolve
    })
    let asked = false
    // Once only: a second Ctrl-C ends the process at once, whatever a handler may be waiting for.
    const stop = (): void => {
      asked = true
      if (this.#status === 'running') void this.stop()
    }
    // Before the start: whoever is told by PostStart that the service is open may stop it at that moment.
    for (const signal of SIGNALS) process.once(signal, stop)
    try {
      await this.#start(collected, servers.length > 0 ? servers : undefined)
      if (asked) void this.stop()
      await stopped
    } finally {
      for (const signal of SIGNALS) process.off(signal, stop)
      this.#onStopped = undefined
    }
  }

  /**
   * Stops the service: `PreStop`; handlers get `drain` milliseconds to finish; clients get what they are owed and are
   * closed; `ListenStop`, `PostStop`. Stopping a stopped service does nothing. A handler must not await it: it would
   * wait for itself.
   */
  stop({ drain }: StopOptions = {}): Promise<void> {
    if (this.#status === 'starting') {
      throw new ServiceStatusError('stop()', this.#status, 'Wait for start() first.')
    }
    if (this.#status === 'running') this.#stopping = this.#stop(drain ?? this.settings.drain)
    return this.#stopping ?? Promise.resolve()
  }

  /**
   * Restarts the service without losing a client: a new process takes over from this one (see `mara angel`). Resolves
   * when it is ready to, and this one is about to hand over.
   *
   * @throws NoAngelError where no angel watches over the service.
   * @throws RestartFailedError with what the new process had to say; then nothing has changed.
   * @throws ServiceStatusError unless the service is running.
   */
  async restart(): Promise<void> {
    if (this.#status !== 'running') throw new ServiceStatusError('restart()', this.#status, 'Start it first.')
    if (this.#guardian === undefined) throw new NoAngelError('restart()')
    await this.#guardian.restart()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /**
   * Makes a client of any Node Duplex of bytes: a pipe, a TLS socket, whatever stands in front of one.
   *
   * @throws InvalidDuplexError, ServiceFullError
   * @throws ServiceStatusError unless the service is running.
   */
  accept(duplex: Duplex, { raw, ...info }: ConnectionInfo & { raw?: boolean } = {}): Client<State, Data> {
    if (this.#reception === undefined || this.#status !== 'running') {
      throw new ServiceStatusError('accept()', this.#status, 'Start it first.')
    }
    const client = this.#reception.accept(checkDuplex(duplex), info, raw)
    if (client === undefined) throw new ServiceFullError()
    return client
  }

  #begin(call: string): void {
    if (this.#status !== 'stopped') {
      throw new ServiceStatusError(call, this.#status, 'A service runs once at a time: stop() it first.')
    }
    this.#status = 'starting'
  }

  async #start(
    gather: () => Promise<Collected<Extra>>,
    servers: readonly Server[] | undefined,
  ): Promise<void> {
    // `mara settings` looks at a service in place of starting it.
    await inspection()?.(gather)
    let inheritance: Inheritance | undefined
    try {
      this.#collected = await gather()
      const { settings } = this
      this.#guardian = this.#findGuardian(settings)
      this.logTo(createLog(settings))
      for (const problem of this.#collected.warnings) {
        this.log.channel('service').warn(describeProblem(problem))
      }
      const before = this.#reception?.lastId ?? 0
      this.#reception = this.#newReception(settings)
      this.#reception.skipIds(before)
      if (this.#guardian !== undefined) this.#succession = this.#newSuccession(this.#guardian, settings)
      await this.stores.open(settings.store, { storePath: settings.storePath })
      await this.trigger(new PreStart())
      for (const server of servers ?? [defaultServer(settings)]) await this.#listenOn(server)
      inheritance = await this.#succession?.inherit()
    } catch (error) {
      await Promise.all(this.#servers.map((server) => server.close()))
      await this.#reception?.close(0)
      await this.stores.close()
      await this.log.close()
      this.#ended()
      throw error
    }
    this.#status = 'running'
    this.#timers.start()
    if (inheritance?.restart) await this.#takeOver(inheritance)
    else {
      this.#succession?.serve()
      await this.trigger(new PostStart())
    }
  }

  /** Handlers see that clients and stores are back before the first line of them is handled. */
  async #takeOver({ crash, since }: Inheritance): Promise<void> {
    const started = this.trigger(new PostStart())
    // Clients wait meanwhile, so a handler that goes on for ever (a game's loop) is not waited for.
    await this.#within(this.settings.drain, started)
    const downtime = Math.max(0, this.#clock.now() - since)
    await this.#within(this.settings.drain, this.trigger(new PostRestart({ crash, downtime })))
    this.#succession?.serve()
    await started
  }

  async #within(ms: number, done: Promise<unknown>): Promise<void> {
    let alarm: Alarm
    const late = new Promise<void>((resolve) => {
      alarm = this.#clock.setTimeout(resolve, ms)
    })
    await Promise.race([done, late]).finally(() => this.#clock.clearTimeout(alarm))
  }

  #newReception(settings: Settings<Extra>): Reception<State, Data> {
    const shared = {
      executor: new Executor(settings),
      clock: this.#clock,
      limits: settings,
      raw: settings.raw,
      sanitize: settings.sanitize,
      telnet: settings.telnet ? this.#telnetSettings(settings) : undefined,
      telnetOffers: settings.telnetOffers,
      admission: settings,
    }
    return new Reception(this.clients, shared, {
      dispatch: (event) => this.dispatch(event),
      failed: (event, error) => this.handlerFailed(event, error),
      warn: (message) => this.log.channel('server').warn(message),
      connected: (client) => this.#succession?.connected(client),
    })
  }

  /** @throws NoAngelError where the settings want one. */
  #findGuardian(settings: Settings<Extra>): Guardian | undefined {
    const found = guardian()
    const { heartbeat, readyTimeout, restartWait, drain, maxConnections, log, logFile } = settings
    const ward: Ward = {
      prepare: (connection, kept) => this.#succession?.prepare(connection, kept),
      accept: (connection) => this.#succession?.accept(connection),
      handOver: () => this.#handOver(),
      stop: () => void this.stop(),
    }
    const isClaimed = found?.claim(ward, {
      heartbeat,
      readyTimeout,
      // What handlers are given, and enough for a slow machine.
      handOverTimeout: readyTimeout + restartWait + drain + 20_000,
      stopTimeout: drain + 15_000,
      maxConnections,
      log: typeof log === 'object' && 'child' in log ? true : log,
      logFile,
    })
    if (isClaimed) return found
    if (settings.angel && found === undefined) throw new NoAngelError('The setting angel')
    return undefined
  }

  #newSuccession(guardian: Guardian, settings: Settings<Extra>): Succession<State, Data> {
    return new Succession(guardian, this.#reception as Reception<State, Data>, {
      settings,
      clock: this.#clock,
      stores: this.stores,
      warn: (message) => this.log.channel('angel').warn(message),
    })
  }

  #telnetSettings({ maxSubnegotiation, maxTelnetReplies }: Settings<Extra>): TelnetSettings {
    const clock = this.#clock
    return new TelnetSettings({ maxSubnegotiation, maxTelnetReplies, clock, options: this.#telnetOptions })
  }

  async #listenOn(server: Server): Promise<void> {
    const reception = this.#reception as Reception<State, Data>
    const succession = this.#succession
    await server.listen({
      connection: (socket, info) => {
        const client = reception.acceptSocket(socket, info, server.raw)
        succession?.admitted(client, info)
      },
      warn: (message) => this.log.channel('server').warn(message),
      ...(succession && { listen: (target, accept) => succession.listen(target, accept) }),
    })
    this.#servers = [...this.#servers, server]
    this.log.channel('server').info(`Listening on ${server}`)
    await this.trigger(new ListenStart({ server }))
  }

  async #stop(drain: number): Promise<void> {
    this.#status = 'stopping'
    this.#guardian?.stopping()
    this.#succession?.end()
    this.#timers.stopAll()
    const servers = this.#servers
    const names = servers.map(String)
    await Promise.all(servers.map((server) => server.close()))
    await this.trigger(new PreStop())
    const left = (await this.#reception?.close(drain)) ?? 0
    if (left > 0) {
      this.log.channel('service').warn(`${left} handlers did not end when their clients were closed`)
    }
    this.#servers = []
    for (const [i, server] of servers.entries()) {
      this.log.channel('server').info(`No longer listening on ${names[i]}`)
      await this.trigger(new ListenStop({ server }))
    }
    await this.trigger(new PostStop())
    await this.stores.close()
    await this.log.close()
    this.#ended()
  }

  /** Another process is ready to go on where this one stops. */
  async #handOver(): Promise<number> {
    const { settings } = this
    await this.#within(settings.readyTimeout, this.trigger(new PreRestart()))
    // It may have been stopped meanwhile, and then it is not for another process to go on.
    if (this.#status !== 'running' || this.#succession === undefined) return new Promise<never>(() => {})
    const succession = this.#succession
    let over: () => void = () => {}
    this.#stopping = new Promise((resolve) => {
      over = resolve
    })
    const since = await succession.stand()
    this.#status = 'stopping'
    this.#timers.stopAll()
    for (const server of this.#servers) {
      await this.#within(settings.drain, this.trigger(new Suspend({ server })))
    }
    // What is being saved is saved before another process can save something newer.
    await this.stores.close()
    await succession.handOver()
    this.log.channel('service').info('Another process goes on from here')
    await this.log.close()
    this.#ended()
    over()
    return since
  }

  #ended(): void {
    this.#guardian?.release()
    this.#guardian = undefined
    this.#succession = undefined
    this.#servers = []
    this.#status = 'stopped'
    this.#stopping = undefined
    this.#onStopped?.()
    this.#onStopped = undefined
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The server that the settings describe. */
function defaultServer({
  port,
  host,
  path,
}: {
  port: number
  host: string
  path?: string | undefined
}): Server {
  return path === undefined ? tcp({ port, host }) : unix({ path })
}

/** A source of settings without the servers among them, which go to `servers`. */
function withoutServers(source: object | string, servers: Server[]): object | string {
  if (typeof source !== 'object' || !('servers' in source)) return source
  const { servers: found, ...settings } = source as StartOptions
  servers.push(...(found ?? []))
  return settings
}
