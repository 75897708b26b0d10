/** What can be wrong with a command, and what a command tells the person who used it. */
import { MaraError } from '../../index.js'

/** A command can't be registered as it is defined. */
export class InvalidCommandError extends MaraError {
  readonly code = 'MARA_INVALID_COMMAND'

  constructor(command: string, why: string) {
    super(`The command ${JSON.stringify(command)} can't be registered: ${why}.`)
  }
}

/**
 * Ends a command with a plain sentence for the person who used it: `throw new CommandError('The door is locked.')`. It
 * is no fault of the program, so nothing is logged.
 */
export class CommandError extends MaraError {
  readonly code: string = 'MARA_COMMAND'
}
