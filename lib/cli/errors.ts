/**
 * What goes wrong in the `mara` command itself.
 */
import { MaraError } from '../errors.js'

/** The command was not written as its help says. Ends with exit code 2. */
export class UsageError extends MaraError {
  readonly code = 'MARA_USAGE'

  /** The command that was meant, where one is known: its help says more. */
  readonly command: string | undefined

  constructor(message: string, command?: string) {
    super(message)
    this.command = command
  }
}

/** A new project could not be made. */
export class InitError extends MaraError {
  readonly code = 'MARA_INIT'
}

/** There is no world to check, or its picture can't be written. */
export class RoomsError extends MaraError {
  readonly code = 'MARA_ROOMS'
}
