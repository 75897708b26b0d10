/** The error of timers. It is thrown when a timer is added, never when it is due. */
import { MaraError, shown } from '../errors.js'

/** A schedule is not valid. The message shows it, and says what is wrong and what is expected. */
export class InvalidScheduleError extends MaraError {
  readonly code = 'MARA_INVALID_SCHEDULE'

  /** The schedule as it was given. */
  readonly schedule: unknown

  constructor(schedule: unknown, problem: string, options?: ErrorOptions) {
    super(`Invalid schedule ${shown(schedule, 2)}: ${problem}`, options)
    this.schedule = schedule
  }
}
