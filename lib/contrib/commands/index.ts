/**
 * Commands: lines that people type, with arguments that are checked and typed. The subpath `mara-ts/contrib/commands`.
 */
export type {
  ArgumentsOf,
  ArgumentsPattern,
  ArgumentType,
  ArgumentTypes,
  BuiltInTypes,
  NoSuchArgumentType,
  ReadArgument,
} from './arguments.js'
export {
  Command,
  CommandEvent,
  type CommandEventProperties,
  type CommandFunction,
  type CommandHandler,
  type CommandHandlerOf,
  type CommandOptions,
  type Commands,
  type DefinedCommand,
  defineCommand,
} from './command.js'
export { CommandError, InvalidCommandError } from './errors.js'
export { SlowRegExpError } from './regexp.js'
export { type AnyRegistry, CommandRegistry, type RegistryOptions } from './registry.js'
export { commandSettings } from './settings.js'
export {
  announceRestarts,
  Help,
  ListCommands,
  Quit,
  Restart,
  type StandardCommandsOptions,
  standardCommands,
} from './standard.js'
