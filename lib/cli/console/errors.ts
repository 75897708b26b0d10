/** Why `mara console` can't speak to a console. */
import { MaraError } from '../../errors.js'

/** Nobody answers where the console of a program is, or this user may not open it, or what answers is no console. */
export class ConsoleError extends MaraError {
  readonly code = 'MARA_CONSOLE'
}
