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

/** A program could not be loaded: it is not there, is not valid, or needs what is not installed. */
export class ProgramError extends MaraError {
  readonly code = 'MARA_PROGRAM'
}

/** A new project could not be made. */
export class InitError extends MaraError {
  readonly code = 'MARA_INIT'
}

/**
 * Whether an error is one of the library's own, whose message is enough. Asked by name: the program's copy of the
 * library may be another one than the command's.
 */
export function isMaraError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  for (let proto: object | null = error; proto !== null; proto = Object.getPrototypeOf(proto)) {
    if (proto.constructor.name === MaraError.name) return true
  }
  return false
}
