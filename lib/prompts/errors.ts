/** What a prompt can end in besides an answer, a timeout, an abort and a client that has gone. */
import { MaraError } from '../errors.js'

/** A client gave no valid answer in as many attempts as the prompt allows. */
export class TooManyAttemptsError extends MaraError {
  readonly code = 'MARA_TOO_MANY_ATTEMPTS'

  readonly attempts: number

  // What was typed stays out of the message: it may have been a secret, and errors end up in logs.
  constructor(who: string, attempts: number) {
    super(
      `${who} gave no valid answer in ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}; ` +
        'catch this error to go on without one, or raise the option attempts.',
    )
    this.attempts = attempts
  }
}

/** A prompt was given a client that sends chunks of bytes, which are no answers. */
export class RawClientError extends MaraError {
  readonly code = 'MARA_RAW_CLIENT'

  constructor(who: string) {
    super(
      `A prompt needs a client that sends lines, but ${who} is in raw mode; prompt clients of other servers.`,
    )
  }
}
