/**
 * The one error of logging. Logging itself never throws; setting it up may.
 */
import { MaraError } from '../errors.js'

/** The log file cannot be opened or its directory cannot be made. `cause` is the system's error. */
export class LogFileError extends MaraError {
  readonly code = 'MARA_LOG_FILE'

  readonly path: string

  constructor(path: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
    const message = `log file ${JSON.stringify(path)} cannot be opened: ${code}; give another path as the setting logFile`
    super(message, { cause })
    this.path = path
  }
}
