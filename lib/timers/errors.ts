/** What timers refuse, and when: at the moment a timer is added, never when it is due. */
import { inspect } from 'node:util'
import { MaraError } from '../errors.js'

/** A schedule that cannot be: the message shows it, says what is wrong with it, and what is expected. */
export class InvalidScheduleError extends MaraError {
  readonly code = 'MARA_INVALID_SCHEDULE'

  /** The schedule as it was given. */
  readonly schedule: unknown

  constructor(schedule: unknown, problem: string, options?: ErrorOptions) {
    super(
      `Invalid schedule ${inspect(schedule, { breakLength: Number.POSITIVE_INFINITY })}: ${problem}`,
      options,
    )
    this.schedule = schedule
  }
}
