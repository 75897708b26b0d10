/**
 * The console of a service: a service of its own, on a Unix socket that only its user can open. It opens when the other
 * one has started, and closes when that has stopped or hands over to another process, which opens it anew.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { systemClock } from '../clock.js'
import {
  CommandError,
  CommandEvent,
  CommandRegistry,
  type DefinedCommand,
} from '../contrib/commands/index.js'
import { checkNames, InvalidOptionError } from '../errors.js'
import { type AnyState, type Client, events, Service } from '../index.js'
import type { LogFollower } from '../log/index.js'
import { makeSocketFolder, namedSocketPath, socketPath } from '../program/socket-path.js'
import { edgePort } from '../runtime/edge-port.js'
import type { SettingRow } from '../settings/index.js'
import { escapeText } from '../text/escape.js'
import { makeFree } from '../transport/private-socket.js'
import { registerCommands } from './commands.js'
import { type Mark, readIntroduction, writeMark } from './marks.js'
import { printed } from './print.js'
import { type PrivateServerOptions, privateServer } from './private-server.js'
import type { Target } from './target.js'

export interface ConsoleOptions {
  /**
   * The socket's file. Unless it is given, `mara console FILE` finds the console by the program's file; so a program has
   * one console without a path of its own.
   */
  readonly path?: string | undefined
  /** Whether there is the command `eval`, which runs code in the program; false unless said otherwise. */
  readonly eval?: boolean | undefined
  /** Commands of the program's own, made by `defineCommand` of `mara-ts/contrib/commands`. */
  readonly commands?: readonly DefinedCommand[] | undefined
}

/** What a service lets its console see. */
export interface ConsoleView {
  settings(): readonly SettingRow[]
  follow(follower: LogFollower): () => void
  /** The console is closed for good. */
  closed(console: ServiceConsole): void
}

/** What a console remembers of somebody who uses it. */
interface Visitor {
  /** It is `mara console`, and not something else that can open a Unix socket. */
  introduced: boolean
  columns: number | undefined
  /** The line at hand was a command, and it did not fail. */
  understood: boolean
  failed: boolean
}

const OPTIONS = ['path', 'commands']

/** @throws InvalidOptionError: a typing error must not open `eval`, or a console in another place. */
function check(options: ConsoleOptions): void {
  checkNames('console()', options, OPTIONS, ['eval'])
  const refuse = (name: keyof ConsoleOptions, expected: string): void => {
    throw new InvalidOptionError('console()', name, options[name], expected)
  }
  if (!['string', 'undefined'].includes(typeof options.path)) refuse('path', "the path of the socket's file")
  if (options.path === '') refuse('path', "the path of the socket's file")
  const { commands = [] } = options
  const isDefined = (command: unknown): boolean => typeof command === 'object' && command !== null
  // A command by its name alone would be one without a handler.
  if (!Array.isArray(commands) || !commands.every(isDefined))
    refuse('commands', 'a list of what defineCommand() gives')
}

const HINT =
  'Is the program running already? Stop it, or give this one another path: service.console({ path }).'

export class ServiceConsole {
  /** The socket's file. */
  readonly path: string
  /** Its commands: `commands.register('who', ...)` adds one. */
  readonly commands: CommandRegistry
  readonly #target: Target
  /** The console's own service. */
  readonly #desk = new Service<AnyState>({ standalone: true })
  readonly #where: PrivateServerOptions
  readonly #visitors = new WeakMap<Client, Visitor>()
  readonly #unlisten: readonly (() => void)[]
  readonly #onClosed: (console: ServiceConsole) => void
  /** What was asked for last; openings and closings come one after another. */
  #change: Promise<void> = Promise.resolve()

  /** @throws InvalidOptionError, SocketFolderError, InvalidCommandError */
  constructor(target: Target, options: ConsoleOptions, view: ConsoleView) {
    check(options)
    this.#target = target
    this.#onClosed = view.closed
    this.#where = whereOf(options)
    this.path = this.#where.path
    const desk = this.#desk
    desk.listen(events.Connect, async ({ client }) => {
      this.#log.info('Somebody has opened the console')
      // Here rather than by `Receive` alone, to know when a line has been dealt with.
      for await (const line of client) await this.#take(client, line)
      // A script has said its last line, and now knows that all was done.
      this.#mark(client, { is: 'bye', because: 'quit' })
    })
    desk.listen(events.HandlerError, ({ error }) => this.#log.error('The console failed', { error }))
    desk.listen(CommandEvent, ({ client }) => {
      this.#visitor(client).understood = true
    })
    this.commands = new ConsoleCommands(desk, (client, error) => this.#failed(client, error))
    registerCommands(this.commands, {
      target,
      clock: systemClock,
      eval: options.eval ?? false,
      ...view,
      columns: (client) => this.#visitor(client).columns,
      quit: (client) => this.#dismiss(client, 'Goodbye.', 'quit'),
    })
    for (const command of options.commands ?? []) this.commands.register(command)
    this.#unlisten = [
      target.listen(events.PreStart, () => this.#check()),
      target.listen(events.PostStart, () => this.#openOrTell()),
      target.listen(events.PostRestart, () => this.#openOrTell()),
      target.listen(events.Suspend, () => this.#shut('restart')),
      target.listen(events.PostStop, () => this.#shut('stop')),
    ]
  }

  /** Whether it can be connected to at the moment. */
  get isOpen(): boolean {
    return this.#desk.status === 'running'
  }

  /** Opens it, if it is not open. @throws AddressInUseError, ListenError, SocketFolderError */
  open(): Promise<void> {
    return this.#then(async () => {
      if (this.#desk.status !== 'stopped') return
      await this.#desk.start({
        servers: [privateServer(this.#where)],
        log: false,
        store: 'memory',
        telnet: false,
        connectTimeout: 0,
        maxConnections: 100,
      })
      this.#log.info(`The console is on ${escapeText(this.path)}`)
    })
  }

  /** Closes it for good. Who uses it is told. */
  close(): Promise<void> {
    for (const unlisten of this.#unlisten) unlisten()
    this.#onClosed(this)
    return this.#shut('stop')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #log() {
    return this.#target.log.channel('console')
  }

  #then(change: () => Promise<void>): Promise<void> {
    const changed = this.#change.then(change)
    this.#change = changed.catch(() => {})
    return changed
  }

  /** Where another process has it the service does not start. Under an angel that may be the process before. */
  async #check(): Promise<void> {
    if (edgePort() !== undefined || this.isOpen) return
    this.#where.makeFolder?.()
    await makeFree(this.path, HINT)
  }

  async #openOrTell(): Promise<void> {
    try {
      await this.open()
    } catch (error) {
      this.#log.error(`There is no console: ${(error as Error).message}`)
    }
  }

  #shut(because: 'stop' | 'restart'): Promise<void> {
    return this.#then(async () => {
      if (this.#desk.status !== 'running') return
      const text = because === 'stop' ? 'The service has stopped.' : 'The service restarts.'
      for (const client of this.#desk.clients) this.#dismiss(client, text, because)
      await this.#desk.stop({ drain: 0 })
    })
  }

  // --- Those who use it

  #visitor(client: Client): Visitor {
    let visitor = this.#visitors.get(client)
    if (visitor === undefined) {
      visitor = { introduced: false, columns: undefined, understood: false, failed: false }
      this.#visitors.set(client, visitor)
    }
    return visitor
  }

  async #take(client: Client, line: string): Promise<void> {
    const visitor = this.#visitor(client)
    const introduction = readIntroduction(line)
    if (introduction !== undefined) {
      visitor.columns = introduction.columns
      if (!visitor.introduced) this.#welcome(client, visitor)
      return
    }
    visitor.understood = false
    visitor.failed = false
    await this.#desk.trigger(new events.Receive({ client, data: line }))
    this.#mark(client, { is: 'done', ok: line.trim() === '' || (visitor.understood && !visitor.failed) })
  }

  #welcome(client: Client, visitor: Visitor): void {
    visitor.introduced = true
    // A command that is for nobody here is not offered either.
    const asked = { client } as unknown as CommandEvent
    const names = this.commands.available(asked).map((command) => command.name)
    const name = path.basename(process.argv[1] ?? 'service').replace(/\.[cm]?[jt]s$/, '')
    this.#mark(client, { is: 'ready', name, commands: names })
  }

  #mark(client: Client, mark: Mark): void {
    if (this.#visitor(client).introduced) client.write(writeMark(mark))
  }

  #dismiss(client: Client, text: string, because: 'quit' | 'stop' | 'restart'): void {
    client.write(text)
    this.#mark(client, { is: 'bye', because })
    void client.close()
  }

  #failed(client: Client, error: unknown): void {
    this.#visitor(client).failed = true
    if (error instanceof CommandError) client.write(error.message)
    else client.write(...printed(error))
  }
}

/** Tells whoever typed a command all about its error: it is their service. */
class ConsoleCommands extends CommandRegistry {
  readonly #onError: (client: Client, error: unknown) => void

  constructor(desk: Service<AnyState>, onError: (client: Client, error: unknown) => void) {
    super(desk)
    this.#onError = onError
  }

  override caught({ client }: CommandEvent, error: unknown): boolean {
    this.#onError(client, error)
    return true
  }
}

/** @throws SocketFolderError where the folder of sockets is not safe. */
function whereOf({ path: own }: ConsoleOptions): PrivateServerOptions {
  if (own !== undefined) return { path: path.resolve(own), hint: HINT }
  const file = process.argv[1] ?? ''
  const alias = namedSocketPath(file, 'console')
  const name = existsSync(file) ? socketPath(file, 'console') : alias
  return { path: name, alias, hint: HINT, makeFolder: () => makeSocketFolder(name) }
}
