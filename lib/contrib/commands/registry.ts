/**
 * The commands of a service. It takes over `Receive`: each line is a command, or nothing.
 *
 * ```ts
 * const commands = new CommandRegistry(service)
 * commands.register('tell', { args: '<users:word,...> <message:text>' }, ({ client }, { users, message }) => ...)
 * commands.alias(/^;/, 'emote ')
 * ```
 */
import { checkMethods, checkNames, InvalidOptionError } from '../../errors.js'
import { type AnyState, type Client, events, type Service } from '../../index.js'
import type { ArgumentsPattern, ArgumentTypes } from './arguments.js'
import {
  Command,
  type CommandEvent,
  type CommandFunction,
  type CommandHandler,
  type CommandHandlerOf,
  type CommandOptions,
  type Commands,
  checkOptions,
  type DefinedCommand,
  keyOf,
  wrongType,
} from './command.js'
import { CommandError, InvalidCommandError } from './errors.js'
import { nearNames } from './near.js'
import { replaceWithin, SlowRegExpError } from './regexp.js'

export interface RegistryOptions<Types> {
  /** Types of arguments for all its commands: see `ArgumentType`. */
  readonly types?: Types | undefined
}

/** A registry whatever its service's state, and whatever its types. */
// biome-ignore lint/suspicious/noExplicitAny: as it says
export type AnyRegistry = CommandRegistry<any, any>

interface Registered {
  readonly command: Command
  readonly remove: () => void
}

export class CommandRegistry<State = AnyState, Types extends ArgumentTypes = Record<never, never>>
  implements Commands
{
  readonly service: Service<State, string>
  /** Characters in a line; a longer one is refused. */
  maxLength = 4096
  readonly #types: ArgumentTypes
  readonly #commands = new Map<string, Registered>()
  /** Names whose decorator has not been put before a class. */
  readonly #undecorated = new Set<string>()
  readonly #aliases: { readonly match: RegExp; readonly replacement: string }[] = []

  /**
   * Bound after everything that should see lines, or add to their events, before commands do.
   *
   * @throws InvalidOptionError
   */
  // biome-ignore lint/suspicious/noExplicitAny: services with settings of their own, too
  constructor(service: Service<State, string, any>, options: RegistryOptions<Types> = {}) {
    checkRegistry(service, options)
    this.service = service
    this.#types = options.types ?? {}
    service.listen(events.PreStart, () => this.#checkDecorators())
    // It has a name for the logs, and for a new version that looks for it.
    const commands = (event: unknown): Promise<void> => this.#receive(event as events.Receive<State>)
    service.listen(events.Receive, commands)
  }

  // --- What it says

  /** For lines of more than `maxLength` characters. */
  tooLong(): string {
    return `That line is too long: ${this.maxLength} characters at most.`
  }

  unknown(name: string, event: CommandEvent): string {
    const near = nearNames(
      name.toLowerCase(),
      this.available(event).map((command) => command.name),
    )
    const hint = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
    return name.length > 40 ? 'Unknown command.' : `Unknown command: ${name}.${hint}`
  }

  /** For arguments that do not fit. */
  syntax(command: Command): string {
    return `Syntax: ${command.usage}`
  }

  /** For a command that threw something other than a `CommandError`. */
  failed(command: Command): string {
    return `Sorry, ${command.name} failed. The error has been logged.`
  }

  // --- Registering

  /**
   * Adds a command; one of the same name is replaced. Without a handler it gives a decorator:
   * `@commands.register('dance') class Dance extends Handler { ... }`.
   *
   * @throws InvalidCommandError where the pattern of its arguments can't be used, or it has no handler. A decorator that
   *   decorates nothing is found as the service starts.
   */
  register<
    const Pattern extends ArgumentsPattern = undefined,
    Own extends ArgumentTypes = Record<never, never>,
    Context = undefined,
  >(
    name: string,
    options: CommandOptions<Pattern, Own, Context>,
    handler: CommandFunction<State, Pattern, Types & Own, Context>,
  ): Command
  register<E extends events.Event>(
    name: string,
    options: CommandOptions,
    handler: CommandHandlerOf<E, State>,
  ): Command
  register(name: string, handler: (event: CommandEvent<State>) => unknown): Command
  register<E extends events.Event>(name: string, handler: CommandHandlerOf<E, State>): Command
  register(command: Command | DefinedCommand, options?: CommandOptions): Command
  register(
    name: string,
    options?: CommandOptions,
  ): <H extends CommandHandler>(handler: H, context?: unknown) => H
  register(
    ...given: [
      what: string | Command | DefinedCommand,
      optionsOrHandler?: CommandOptions | CommandHandler,
      handler?: CommandHandler,
    ]
  ): unknown {
    const [what, optionsOrHandler, handler] = given
    if (what instanceof Command && optionsOrHandler === undefined) return this.#add(what)
    if (typeof what !== 'string') {
      if (typeof what !== 'object' || what === null) {
        throw new InvalidOptionError('register()', 'command', what, 'its name, or what defineCommand() gives')
      }
      return this.#make(what.name, { ...what.options, ...(optionsOrHandler as CommandOptions) }, what.handler)
    }
    // A handler that is undefined, as a misspelt one is, is refused with the rest.
    if (given.length > 2)
      return this.#make(what, optionsOrHandler as CommandOptions, handler as CommandHandler)
    if (optionsOrHandler !== undefined && optionsOrHandler !== null && !isOptions(optionsOrHandler))
      return this.#make(what, {}, optionsOrHandler)
    const options = optionsOrHandler === undefined ? {} : optionsOrHandler
    // Now: what was no decorator, such as a defined command behind another name, would never be heard of again.
    checkOptions(what, options)
    this.#undecorated.add(what)
    return (decorated: CommandHandler) => {
      this.#make(what, options, decorated)
      this.#undecorated.delete(what)
      return decorated
    }
  }

  /** Whether there is a command of this name, available or not. */
  has(name: string): boolean {
    return this.#commands.has(keyOf('has()', name))
  }

  /** @returns whether there was one of this name. */
  unregister(name: string): boolean {
    const key = keyOf('unregister()', name)
    this.#commands.get(key)?.remove()
    return this.#commands.delete(key)
  }

  /**
   * Replaces what a line begins with, before its command is looked for. Aliases are tried in the order in which they were
   * added, each on what the ones before have made of the line: `alias(/^;/, 'emote ')`, `alias(/^!(\S+) (.*)$/, 'tell $1 $2')`.
   *
   * @throws InvalidOptionError
   */
  alias(match: RegExp, replacement: string): void {
    if (!(match instanceof RegExp)) {
      throw new InvalidOptionError('alias()', 'match', match, 'a regular expression, such as /^l$/')
    }
    if (typeof replacement !== 'string') {
      throw new InvalidOptionError('alias()', 'replacement', replacement, "text, such as 'look'")
    }
    const flags = [...new Set(`${match.flags}i`)].join('')
    this.#aliases.push({ match: new RegExp(match.source, flags), replacement })
  }

  /** A program in JavaScript that forgets a handler gets a decorator, and would never hear of it again. */
  #checkDecorators(): void {
    for (const name of this.#undecorated) {
      throw new InvalidCommandError(
        name,
        'it has no handler: give one after its options, or put @commands.register(...) before a class',
      )
    }
  }

  #make(name: string, options: CommandOptions, handler: CommandHandler): Command {
    return this.#add(new Command(name, options, handler, this.#types))
  }

  #add(command: Command): Command {
    const remove = this.service.listen(command.eventClass, command.handler as never)
    this.unregister(command.name)
    this.#commands.set(command.name, { command, remove })
    return command
  }

  // --- Finding

  available(event: CommandEvent): Command[] {
    return [...this.#commands.values()]
      .map(({ command }) => command)
      .filter((command) => command.isAvailable(event))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  find(name: string, event: CommandEvent): Command | undefined {
    const command = this.#commands.get(keyOf('find()', name))?.command
    return command?.isAvailable(event) ? command : undefined
  }

  /**
   * A line as the name of a command and what stands behind it. Override it for another way to write commands.
   *
   * @param line with aliases replaced.
   * @param _event the line as it came, and from whom.
   * @throws CommandError, in an override, with what the person is told.
   */
  parse(line: string, _event: events.Receive<State>): { name: string; text: string } {
    const trimmed = line.trim()
    const [name = ''] = /^\S*/.exec(trimmed) ?? []
    return { name, text: trimmed.slice(name.length).trim() }
  }

  // --- Lines

  async #receive(received: events.Receive<State>): Promise<void> {
    received.stop()
    const { client } = received
    if (received.data.length > this.maxLength) {
      client.write(this.tooLong())
      return
    }
    const data = this.#withoutAliases(received.data)
    const { name, text } = this.#parsed(data, received)
    if (name === '') return
    const registered = this.#commands.get(name.toLowerCase())?.command
    const command = registered ?? NO_COMMAND
    const event = new command.eventClass({
      // Whatever earlier handlers have added, such as the user.
      ...(received as object),
      client: client as Client<never>,
      data,
      match: name,
      text,
      command,
      registry: this,
      context: command.options.context,
    })
    try {
      if (registered === undefined || !registered.isAvailable(event)) {
        client.write(this.unknown(name, event))
        return
      }
      event.args = await command.parse(text, event)
    } catch (error) {
      if (!this.caught(event, error)) {
        this.service.log.channel('command').error(`The command ${command.name} failed`, { error })
      }
      return
    }
    if (event.args === undefined) client.write(this.syntax(command))
    else await this.service.trigger(event, event.args)
  }

  #parsed(line: string, received: events.Receive<State>): { name: string; text: string } {
    try {
      return this.parse(line, received)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      received.client.write(error.message)
      return { name: '', text: '' }
    }
  }

  #withoutAliases(line: string): string {
    let data = line.trim()
    for (const { match, replacement } of this.#aliases) {
      try {
        data = replaceWithin(match, data, replacement)
      } catch (error) {
        if (!(error instanceof SlowRegExpError)) throw error
        this.service.log.channel('command').warn(error.message)
      }
    }
    return data
  }

  /** Tells the person. The stack is for developers only. */
  caught({ client, command }: CommandEvent, error: unknown): boolean {
    if (error instanceof CommandError) {
      client.write(error.message)
      return true
    }
    client.write(this.failed(command))
    const { commandsDebug } = this.service.settings as { commandsDebug?: boolean }
    if (commandsDebug) client.write(...traceOf(error))
    return false
  }
}

function checkRegistry(service: unknown, options: RegistryOptions<unknown>): void {
  const where = 'new CommandRegistry()'
  checkMethods(where, 'service', service, ['listen'], 'a Service')
  checkNames(where, options, ['types'])
  const wrong = options.types === undefined ? undefined : wrongType(options.types)
  if (wrong !== undefined)
    throw new InvalidOptionError(where, 'types', options.types, `functions by name, but ${wrong}`)
}

function isOptions(value: CommandOptions | CommandHandler): value is CommandOptions {
  return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype
}

function traceOf(error: unknown): string[] {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return text.split('\n').map((line) => line.replace(/[\p{Cc}]/gu, ' '))
}

/** Stands in an event for a command that there is not, so that `can` of others can be asked. */
const NO_COMMAND = new Command('unknown', {}, () => {})
