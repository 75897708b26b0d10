/** What goes wrong when a program is loaded. */
import { MaraError } from '../errors.js'

/** A program could not be loaded: it is not there, is not valid, or needs a package that is not installed. */
export class ProgramError extends MaraError {
  readonly code = 'MARA_PROGRAM'
}
