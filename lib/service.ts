/**
 * The one object that a program makes: it wires the rooms together and has a life.
 *
 * ```ts
 * const service = new Service()
 * service.listen(events.Receive, ({ client, data }) => client.write(`You said: ${data}`))
 * await service.run({ port: 9000 })
 * ```
 */
import { resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import type { z } from 'zod'
import type { AnyClient, Client } from './client/client.js'
import { ClientContainer, type ClientFilter, type WriteAllOptions } from './client/container.js'
import type { Line, LinesAndOptions, WriteArguments } from './client/format.js'
import { type Clock, checkClock, systemClock } from './clock.js'
import type { ConsoleOptions, ServiceConsole } from './console/index.js'
import { checkNames, checkText } from './errors.js'
import type { Event, EventClass } from './events/event.js'
import type { HandlerOf } from './events/typing.js'
import { inspection, launchCommand, showStacks } from './inspection.js'
import { type Log, LogFollowers, StandingLog } from './log/index.js'
import { Counters } from './observability/counters.js'
import type { ServiceStats } from './observability/stats.js'
import { plainWhenUncaught } from './program/failure.js'
import { surviveLostOutput } from './program/lost-output.js'
import { surviveStrays } from './program/strays.js'
import { protocolFor } from './protocol/index.js'
import { ServiceFullError, type ServiceStatus, ServiceStatusError } from './runtime/errors.js'
import { EventHub } from './runtime/event-hub.js'
import type {
  AcceptOptions,
  AnyState,
  Servers,
  ServiceOptions,
  StartOptions,
  StopOptions,
} from './runtime/options.js'
import { serversIn, serversOf, withoutServers } from './runtime/servers.js'
import { type ServiceParts, ServiceRun } from './runtime/service-run.js'
import { statsOf } from './runtime/stats.js'
import {
  type Collected,
  collect,
  defineSettings,
  helpText,
  type NoExtra,
  readCommandLine,
  type Settings,
  type SettingsSchema,
  type Source,
} from './settings/index.js'
import { persistenceOf } from './storage/persistence.js'
import { Stores } from './storage/stores.js'
import { withDefaults } from './texts.js'
import { type Schedule, type Timer, type TimerFunction, type TimerOptions, Timers } from './timers/index.js'
import { checkDuplex, DuplexConnection } from './transport/duplex.js'
import type { Address } from './transport/server.js'
import { checkMilliseconds } from './wait.js'

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
> {
  readonly #events = new EventHub<State, Data>(this)
  readonly #schema: SettingsSchema<Extra>
  readonly #clock: Clock
  readonly #timers: Timers
  /** What only its runs go by. */
  readonly #options: Pick<ServiceParts, 'telnetOptions' | 'standalone' | 'texts'>
  readonly #followers = new LogFollowers()
  readonly #log = new StandingLog(() => this.#events.log)
  readonly #consoles = new Set<ServiceConsole>()
  /** The one of them that settings have asked for. */
  #consoleOfSettings: ServiceConsole | undefined
  readonly #counters = new Counters()
  /** When counting began. */
  readonly #since: number
  /** From the call of `start` until there is a life that has started, or will not. */
  #beginning = false
  /** Resolves when the last `start` has come to its end, however that was. */
  #started: Promise<unknown> = Promise.resolve()
  #run: ServiceRun | undefined
  #collected: Collected<Extra> | undefined

  /** Everything that the service remembers: `service.stores.manager(User)`; open while it runs. See `mara-ts/storage`. */
  readonly stores = new Stores()

  /** Every client from `Connect` to just before `Disconnect`, in the order in which they connected. */
  readonly clients = new ClientContainer<State, Data>()

  /** @throws InvalidOptionError, SettingsDefinitionError */
  constructor(options: ServiceOptions<Extra> = {}) {
    checkNames('new Service()', options, SERVICE_OPTIONS, ['standalone'])
    const { settings, clock = systemClock, telnetOptions, standalone = false, texts = {} } = options
    this.#schema = defineSettings(settings)
    this.#clock = checkClock('new Service()', clock)
    this.#since = clock.now()
    this.stores.onUnreadable((error) => this.log.channel('store').error(error.message))
    this.#timers = new Timers({
      clock,
      onError: (_timer, error) => this.log.channel('service').error('A timer failed', { error }),
    })
    this.#options = { telnetOptions, standalone, texts: withDefaults(texts) }
  }

  get status(): ServiceStatus {
    return this.#beginning ? 'starting' : (this.#run?.status ?? 'stopped')
  }

  /** The settings in force. @throws ServiceStatusError before the first `start`. */
  get settings(): Settings<Extra> {
    if (this.#collected === undefined) {
      throw new ServiceStatusError('settings', this.status, 'Settings are collected by start() and run().')
    }
    return this.#collected.values
  }

  /** Where the first server listens; undefined while none does. */
  get address(): Address | undefined {
    return this.addresses[0]
  }

  /** Where all servers listen. */
  get addresses(): Address[] {
    return this.#run?.addresses ?? []
  }

  /** Logs by channel: `service.log.channel('quests').info('...')`. */
  get log(): Log {
    return this.#log
  }

  /**
   * What the service has done and is doing, in figures: plain, frozen data, with units in `ServiceStats`. It may be asked
   * at any time, and looks at every client once. The first question begins to measure the event loop's delay.
   */
  stats(): ServiceStats {
    return statsOf({
      now: this.#clock.now(),
      since: this.#since,
      connected: this.clients.size,
      counters: this.#counters,
      tallies: this.#events.tallies,
      run: this.#run?.stats(),
    })
  }

  // --- Events

  /**
   * Binds a handler to a class of events and its subclasses (contract rules 2 to 4).
   *
   * With a handler, returns a function that removes it. Without one, returns a function that takes it, so that it also
   * serves as a class decorator: `@service.listen(events.Connect) class Login extends Handler { ... }`.
   *
   * @throws InvalidEventClassError, InvalidHandlerError, NotConstructibleError. A decorator that decorates nothing is found
   *   as the service starts.
   */
  listen<C extends EventClass>(eventClass: C, handler: HandlerOf<C, State, Data>): () => void
  listen<C extends EventClass>(
    eventClass: C,
  ): <H extends HandlerOf<C, State, Data>>(handler: H, context?: unknown) => H
  listen(...args: [EventClass]): unknown {
    return this.#events.listen(...args)
  }

  /**
   * Runs an event's handlers, one after another. `args` are passed on to them.
   *
   * @returns the event, when they are done. Errors of handlers do not reject it: see `events.HandlerError`.
   * @throws InvalidEventError; InvalidOptionError for a client's event without its client.
   */
  trigger<E extends Event>(event: E, ...args: readonly unknown[]): Promise<E> {
    return this.#events.trigger(event, ...args)
  }

  // --- Time

  /** Where the service's time comes from: for waits of the program's own. */
  get clock(): Clock {
    return this.#clock
  }

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
  write(clients: AnyClient | Iterable<AnyClient>, ...args: WriteArguments): void {
    this.clients.write(clients, ...args)
  }

  /** Sends the same lines to every client: see `ClientContainer.writeAll`. */
  writeAll(...args: LinesAndOptions<WriteAllOptions<Client<State, Data>>>): void
  writeAll(...lines: Line[]): void
  writeAll(...args: WriteArguments<WriteAllOptions<Client<State, Data>>>): void {
    this.clients.writeAll(...(args as Line[]))
  }

  /** Who is told by every `writeAll`: those for whom it gives true; all where it is not set. */
  get filterAll(): ClientFilter<Client<State, Data>> | undefined {
    return this.clients.filterAll
  }

  set filterAll(filter: ClientFilter<Client<State, Data>> | undefined) {
    this.clients.filterAll = filter
  }

  // --- Starting and stopping

  /**
   * Starts the service. Resolves when every server listens and `PostStart` is done. It reads neither the environment
   * nor the command line: `run` does.
   *
   * @throws SettingsError, InvalidOptionError, InvalidHandlerError, TelnetSettingsError, LogFileError for what it is started with; AddressInUseError,
   *   ListenError, CertificateError of servers; StorageError of stores; NoAngelError, SecondServiceError of the angel; and what
   *   a handler of `PreStart` throws. Then nothing has been started.
   * @throws ServiceStatusError unless the service is stopped.
   */
  async start(options: StartOptions<Extra> = {}): Promise<void> {
    const servers = serversIn<Extra>([options])
    const settings = withoutServers(options) as Source<Extra>
    this.#begin('start()')
    const started = this.#startRun(servers, () => collect(this.#schema, { sources: [settings] }))
    this.#started = started.catch(() => {})
    await started
  }

  /**
   * Starts the service with settings from `sources` (objects, files, modules), the environment and the command line,
   * the last one winning; stops it at SIGINT or SIGTERM. Resolves when it has stopped, however that came about. With
   * `--help` it prints what can be set, and starts nothing.
   *
   * @throws what `start` throws. If the program does not catch an error of this library, the process ends with its
   * message alone on stderr, and exit code 2 for settings, 1 for all else. With `--debug` the stack is printed, too.
   */
  async run(...sources: readonly (Source<Extra> | StartOptions<Extra>)[]): Promise<void> {
    const argv = process.argv.slice(2)
    const { help, debug } = readCommandLine(argv, this.#schema.fields)
    if (debug) showStacks()
    if (help) {
      process.stdout.write(helpText(this.#schema, { program: launchCommand() }))
      return
    }
    try {
      await this.#runUntilStopped(sources, argv)
    } catch (error) {
      plainWhenUncaught(error)
      throw error
    }
  }

  async #runUntilStopped(
    sources: readonly (Source<Extra> | StartOptions<Extra>)[],
    argv: readonly string[],
  ): Promise<void> {
    const servers = serversIn<Extra>(sources)
    this.#begin('run()')
    const plain = sources.map(withoutServers) as Source<Extra>[]
    const collected = () => collect(this.#schema, { sources: plain, env: process.env, argv })
    let asked = false
    // Once only: a second Ctrl-C ends the process at once, whatever a handler may be waiting for.
    const stop = (): void => {
      asked = true
      if (this.status === 'running') void this.stop()
    }
    // Before the start: whoever is told by PostStart that the service is open may stop it at that moment.
    for (const signal of SIGNALS) process.once(signal, stop)
    const endSurviving = surviveStrays((error) => this.log.channel('service').error(STRAY, { error }))
    const endPrinting = surviveLostOutput((stream, error) =>
      this.log.channel('service').warn(`What the program prints to ${stream} is lost`, { error }),
    )
    try {
      const run = await this.#startRun(servers, collected)
      if (asked) void run.stop()
      await run.ended
    } finally {
      endSurviving()
      endPrinting()
      for (const signal of SIGNALS) process.off(signal, stop)
    }
  }

  /**
   * Stops the service: `PreStop`; handlers get `drain` milliseconds to finish; clients get what they are owed and are
   * closed; `ListenStop`, `PostStop`. Handlers of these three get `drain` and five seconds more. Stopping a stopped service
   * does nothing. A handler must not await it: it would wait for itself.
   *
   * @throws InvalidOptionError where `drain` is no number of milliseconds from 0 to Infinity.
   * @throws ServiceStatusError while the service starts.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    // A listener of a signal is given its name, and a program that is told to stop must do so.
    if (typeof options === 'object') checkNames('stop()', options, ['drain'])
    const { drain } = options
    if (this.status === 'starting') {
      throw new ServiceStatusError('stop()', this.status, 'Wait for start() first.')
    }
    if (drain !== undefined) checkMilliseconds('stop()', 'drain', drain)
    await this.#run?.stop(drain)
  }

  /**
   * Restarts the service without losing a client: a new process takes over from this one (see `mara angel`). Resolves
   * when it is ready to, and this one is about to hand over.
   *
   * @throws NoAngelError where no angel watches over the service.
   * @throws RestartFailedError with what the new process had to say; then this one goes on.
   * @throws ServiceStatusError unless the service is running.
   */
  async restart(): Promise<void> {
    if (this.status !== 'running') throw new ServiceStatusError('restart()', this.status, 'Start it first.')
    await this.#run?.restart()
  }

  /**
   * Opens a console for administrators on a Unix socket that only this user can open: `mara console FILE` connects to it.
   * It is open while the service runs: where that has not started yet, from its start on.
   *
   * @throws AddressInUseError where another process listens there; ListenError, SocketFolderError where it can't be opened.
   *   Where the service has not started yet, `start` and `run` reject with these.
   * @throws InvalidOptionError, InvalidCommandError. As with `run`, the process ends with the message alone if nobody catches it.
   */
  async console(options: ConsoleOptions = {}): Promise<ServiceConsole> {
    // Nothing of it is loaded before somebody asks.
    const { openConsole } = await import('./console/index.js')
    const console = await openConsole(this, options, {
      settings: () => this.#collected?.list() ?? [],
      follow: (follower) => this.#followers.add(follower),
      closed: (console) => void this.#consoles.delete(console),
    }).catch((error) => {
      plainWhenUncaught(error)
      throw error
    })
    this.#consoles.add(console)
    return console
  }

  /** Stops it, also where it starts still: if what began beside its start has failed, nobody else would. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.status === 'starting') await this.#started
    await this.stop()
  }

  /**
   * Makes a client of any Node Duplex of bytes: a pipe, a TLS socket, whatever stands in front of one. It must emit `close`,
   * as streams do by themselves unless they are told otherwise: that is when its client has gone.
   *
   * @throws InvalidDuplexError, ServiceFullError, InvalidOptionError
   * @throws ServiceStatusError unless the service is running.
   */
  accept(duplex: Duplex, options: AcceptOptions & { readonly raw: true }): Client<State, Uint8Array>
  accept(duplex: Duplex, options: AcceptOptions & { readonly raw: false }): Client<State, string>
  accept(duplex: Duplex, options?: AcceptOptions): Client<State, Data>
  accept(duplex: Duplex, options: AcceptOptions = {}): Client<State, string | Uint8Array> {
    checkNames('accept()', options, ['protocol', 'remoteAddress'], ['raw', 'secure'])
    const { protocol, raw, ...info } = options
    if (info.remoteAddress !== undefined) checkText('accept()', 'remoteAddress', info.remoteAddress)
    if (this.#run === undefined || this.status !== 'running') {
      throw new ServiceStatusError('accept()', this.status, 'Start it first.')
    }
    const connection = new DuplexConnection(checkDuplex(duplex))
    const client = this.#run.accept(connection, { ...info, protocol: protocolFor({ protocol, raw }) })
    if (client === undefined) throw new ServiceFullError()
    return client as Client<State, string | Uint8Array>
  }

  #begin(call: string): void {
    if (this.status !== 'stopped') {
      throw new ServiceStatusError(call, this.status, 'A service runs once at a time: stop() it first.')
    }
    this.#beginning = true
  }

  /** The console that settings ask for, unless the program has opened it itself. */
  async #openConsole(wanted: boolean | string): Promise<void> {
    // That of the run before is not this one's.
    await this.#consoleOfSettings?.close()
    this.#consoleOfSettings = undefined
    if (wanted === false) return
    const path = wanted === true ? undefined : wanted
    const isOpen = [...this.#consoles].some((one) => path === undefined || one.path === resolve(path))
    if (!isOpen) this.#consoleOfSettings = await this.console({ path })
  }

  async #startRun(
    lists: readonly Servers<Extra>[] | undefined,
    gather: () => Promise<Collected<Extra>>,
  ): Promise<ServiceRun> {
    // `mara settings` looks at a service in place of starting it.
    await inspection()?.(gather)
    let run: ServiceRun
    let chosen: ReturnType<typeof serversOf>
    try {
      this.#events.checkDecorators()
      this.#collected = await gather()
      chosen = serversOf(lists, this.#collected.values)
      await this.#openConsole(this.#collected.values.console)
      run = new ServiceRun(this.#collected, this.#run?.lastId ?? 0, {
        events: this.#events,
        clock: this.#clock,
        clients: this.clients,
        stores: persistenceOf(this.stores),
        timers: this.#timers,
        ...this.#options,
        follow: this.#followers,
        counters: this.#counters,
      })
      this.#run = run
    } finally {
      this.#beginning = false
    }
    // Somebody who starts it may not know that the program has servers of its own.
    for (const name of chosen.unused) {
      const message = `The setting ${name} does not count: the program names its servers itself.`
      this.log.channel('service').warn(message)
    }
    await run.start(chosen.servers)
    return run
  }
}

const SERVICE_OPTIONS = ['settings', 'clock', 'telnetOptions', 'texts']
const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const STRAY =
  'Work that nobody awaits has ended with its client: return or await its promise in the handler, or catch the error'
