/** A command: its name, who may use it, what it takes and what it does; and the event that its handlers get. */
import {
  type AnyState,
  type Client,
  events,
  type Handler,
  type HandlerClass,
  InvalidOptionError,
} from '../../index.js'
import {
  type ArgumentsOf,
  type ArgumentsPattern,
  type ArgumentTypes,
  type BuiltInTypes,
  builtInTypes,
  readArguments,
  takesTheRest,
} from './arguments.js'
import { InvalidCommandError } from './errors.js'
import { type Part, parsePattern, syntaxOf } from './pattern.js'
import { execWithin } from './regexp.js'

/** What commands see of the registry that they are in. */
export interface Commands {
  /** Those that may be used by whoever caused the event, in the order of their names. */
  available(event: CommandEvent): Command[]
  /** The command of this name, in any case, if it may be used by whoever caused the event. */
  find(name: string, event: CommandEvent): Command | undefined
  /** The sentence for a name that no available command has. */
  unknown(name: string, event: CommandEvent): string
  /** Told of what a handler threw; gives whether that is no fault of the program, and so not logged. */
  caught(event: CommandEvent, error: unknown): boolean
}

export interface CommandEventProperties<State = AnyState, Context = unknown> {
  client: Client<State>
  data: string
  match: string
  text: string
  command: Command
  registry: Commands
  context: Context
}

/**
 * Somebody uses a command. It carries whatever earlier handlers added to the `Receive` event that it comes from, such as
 * `user`. A handler that listens to `CommandEvent` before the registry is made can stop it.
 */
export class CommandEvent<State = AnyState, Context = unknown> extends events.Client<State> {
  static override readonly description: string = 'Command'
  /** The whole line, aliases replaced. */
  declare data: string
  /** The command's name as it was typed. */
  declare match: string
  /** What stood behind the name. */
  declare text: string
  /** What it means: see `CommandOptions.args`. */
  declare args: unknown
  declare command: Command
  declare registry: Commands
  /** What the command was registered with. */
  declare context: Context

  constructor(properties: CommandEventProperties<State, Context>) {
    super(properties)
  }

  override caught(error: unknown): boolean {
    return this.registry.caught(this as never, error)
  }

  /** 'Command "tell": Client #1'; not its arguments, which may be private. */
  override toString(): string {
    return `Command ${JSON.stringify(this.command.name)}: ${this.client}`
  }
}

export interface CommandOptions<
  Pattern extends ArgumentsPattern = ArgumentsPattern,
  Types = unknown,
  Context = unknown,
> {
  /** What it takes: a pattern such as `'<user:word> [message:text]'`, or a regular expression with named groups. */
  readonly args?: Pattern | undefined
  /** Types of arguments on top of those that there are: see `ArgumentType`. */
  readonly types?: Types | undefined
  /** How the arguments are shown; made of the pattern unless said otherwise. */
  readonly syntax?: string | undefined
  /** Commands of a group are listed by `commands GROUP`. */
  readonly group?: string | undefined
  /** For `help`. */
  readonly help?: string | undefined
  /** Who may use it; to all others it is unknown. */
  readonly can?: ((event: CommandEvent) => boolean) | undefined
  /** Anything its handler should find in `event.context`. */
  readonly context?: Context | undefined
}

/** What handles a command: whatever handles events (contract rule 3). It gets the event and the arguments. */
export type CommandHandler = ((event: never, args: never) => unknown) | HandlerClass | Handler

/** A handler as a function, whose arguments are inferred. */
export type CommandFunction<State, Pattern extends ArgumentsPattern, Types, Context> = (
  event: CommandEvent<State, Context>,
  args: ArgumentsOf<Pattern, BuiltInTypes & Types>,
) => unknown

/** A `Handler` class or instance, unless it is for events that no command is. */
export type CommandHandlerOf<E extends events.Event, State> = ((new () => Handler<E>) | Handler<E>) &
  (CommandEvent<State> extends E ? unknown : never)

const OPTIONS: readonly string[] = ['args', 'types', 'syntax', 'group', 'help', 'can', 'context']
const TEXTS = ['syntax', 'group', 'help'] as const

/** @throws InvalidCommandError for what is no object of options, and for options and values that there are not. */
export function checkOptions(name: string, options: CommandOptions): void {
  const refuse = (why: string): never => {
    throw new InvalidCommandError(name, why)
  }
  if (typeof options !== 'object' || options === null)
    throw new InvalidCommandError(name, "its options are no object such as { args: '<message:text>' }")
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option))
  if (unknown !== undefined) refuse(`there is no option ${unknown}; there are ${OPTIONS.join(', ')}`)
  const { args, can, types } = options
  if (!(args === undefined || typeof args === 'string' || args instanceof RegExp))
    refuse("its args are neither a pattern such as '<message:text>' nor a regular expression")
  for (const option of TEXTS) {
    if (!['string', 'undefined'].includes(typeof options[option]))
      refuse(`its ${option} is of the type ${typeof options[option]}, and no text`)
  }
  if (!['function', 'undefined'].includes(typeof can))
    refuse(`its can is of the type ${typeof can}, and no function`)
  const wrong = types === undefined ? undefined : wrongType(types)
  if (wrong !== undefined) refuse(wrong)
}

/** What is wrong with types of arguments that a program gives; undefined where nothing is. */
export function wrongType(types: unknown): string | undefined {
  if (typeof types !== 'object' || types === null) return 'its types are no object of functions'
  for (const [name, type] of Object.entries(types)) {
    const read: unknown = typeof type === 'object' ? type?.read : type
    if (typeof read !== 'function') return `its type ${name} is neither a function nor { rest: true, read }`
  }
  return undefined
}

/** A name in lower case, as commands are found by it. @throws InvalidOptionError for what is no text. */
export function keyOf(where: string, name: string): string {
  if (typeof name !== 'string') throw new InvalidOptionError(where, 'name', name, 'the name of a command')
  return name.toLowerCase()
}

export class Command {
  readonly name: string
  readonly options: CommandOptions
  readonly handler: CommandHandler
  readonly syntax: string
  /** The class of its events, by which its handler is bound. */
  readonly eventClass: new (
    properties: CommandEventProperties,
  ) => CommandEvent
  readonly #types: ArgumentTypes
  readonly #parts: readonly Part[] | undefined

  /**
   * @param name in lower case wherever it is compared. No blanks.
   * @param types those of the registry.
   * @throws InvalidCommandError
   */
  constructor(name: string, options: CommandOptions, handler: CommandHandler, types: ArgumentTypes = {}) {
    this.name = String(name).toLowerCase()
    if (!/^\S{1,40}$/.test(this.name)) {
      throw new InvalidCommandError(String(name), 'a name has 1 to 40 characters, and no blanks')
    }
    checkOptions(this.name, options)
    if (handler === undefined || handler === null) {
      throw new InvalidCommandError(
        this.name,
        'it has no handler, which comes after its name and its options',
      )
    }
    this.options = options
    this.handler = handler
    this.#types = { ...builtInTypes, ...types, ...(options.types as ArgumentTypes | undefined) }
    const { args } = options
    if (args instanceof RegExp && !hasArguments(args)) {
      throw new InvalidCommandError(
        this.name,
        'its groups need names, as in /^(?<thing>.+)$/; (?:...) is no group',
      )
    }
    if (typeof args === 'string') {
      this.#parts = parsePattern(args, this.name, (type) => takesTheRest(this.#types, type))
    }
    this.syntax = (options.syntax ?? syntaxOf(this.#parts ?? [])).trim()
    this.eventClass = class extends CommandEvent {
      // A class expression has no name of its own, and figures, traces and messages name events by their classes.
      static override readonly name = CommandEvent.name
    }
  }

  get group(): string | undefined {
    return this.options.group
  }

  get help(): string {
    return (this.options.help ?? '').trim()
  }

  /** The name with what it takes: `tell <users, ...> <message>`. */
  get usage(): string {
    return `${this.name} ${this.syntax}`.trimEnd()
  }

  /** Whether whoever caused the event may use it. Nobody may where `can` fails, or gives anything but true. */
  isAvailable(event: CommandEvent): boolean {
    const { can } = this.options
    if (can === undefined) return true
    try {
      return can(event) === true
    } catch (error) {
      const log = event.service.log.channel('command')
      log.error(`Whether the command ${this.name} may be used could not be told`, { error })
      return false
    }
  }

  /**
   * Makes arguments of what stands behind the name.
   *
   * @returns undefined where they are wrong.
   * @throws CommandError saying what is wrong with one of them.
   * @throws SlowRegExpError
   */
  async parse(text: string, event: CommandEvent): Promise<object | undefined> {
    const { args } = this.options
    if (args instanceof RegExp) {
      const match = execWithin(args, text)
      return match === null ? undefined : { ...match.groups }
    }
    return readArguments(this.#parts ?? [], text, this.#types, event)
  }
}

/** Whether what its groups match is found in arguments, which go by name; also where it has none. */
function hasArguments({ source, flags }: RegExp): boolean {
  const match = new RegExp(`${source}|`, flags).exec('')
  return match === null || match.length === 1 || match.groups !== undefined
}

/** A command that has been written before there is a registry for it: see `defineCommand`. */
export interface DefinedCommand {
  readonly name: string
  readonly options: CommandOptions
  readonly handler: CommandHandler
}

/**
 * A command for registries that there are not yet:
 *
 * ```ts
 * export const shout = defineCommand('shout', { args: '<message:text>' }, ({ client }, { message }) => ...)
 * commands.register(shout)
 * commands.register(shout, { group: 'loud' })   // options here win
 * ```
 */
export function defineCommand<
  const Pattern extends ArgumentsPattern = undefined,
  Types extends ArgumentTypes = Record<never, never>,
  Context = undefined,
>(
  name: string,
  options: CommandOptions<Pattern, Types, Context>,
  handler: CommandFunction<AnyState, Pattern, Types, Context>,
): DefinedCommand
export function defineCommand<E extends events.Event>(
  name: string,
  options: CommandOptions,
  handler: CommandHandlerOf<E, AnyState>,
): DefinedCommand
export function defineCommand(
  name: string,
  options: CommandOptions,
  handler: CommandHandler,
): DefinedCommand {
  // Where it is written, and not where it is registered: there nobody sees whose fault it is.
  new Command(name, { ...options, args: undefined }, handler)
  return { name, options, handler }
}
