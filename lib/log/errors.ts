/** The error of this room. Only setting up a log throws; logging never does. */
import { MaraError } from '../errors.js'

/** The log file could not be opened, or its directory not be made. `cause` is the system's error. */
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
