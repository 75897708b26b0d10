/** What a wait for a client's line can end in, other than a line. */
import { MaraError } from '../errors.js'

/** The client has gone, or was closed, and every line it sent before has been read (contract rule 12). */
export class ClientDisconnectedError extends MaraError {
  constructor(who: string) {
    super(
      `${who} has disconnected: there are no more lines to wait for, and nothing more can be sent. ` +
        'Let this error leave the handler to end it quietly, or clean up in finally.',
    )
  }
}

/** A wait took longer than its `timeout`; the line, when it comes, goes to whoever asks next (contract rule 10). */
export class TimeoutError extends MaraError {
  /** Milliseconds. */
  readonly timeout: number

  constructor(what: string, timeout: number) {
    super(`${what} took longer than the timeout of ${timeout} ms that it was given.`)
    this.timeout = timeout
  }
}

/** An option has a value that it can't have. */
export class InvalidOptionError extends MaraError {
  constructor(where: string, name: string, value: unknown, expected: string) {
    super(`${where} got ${name}: ${String(value)} (${typeof value}), but expects ${expected}.`)
  }
}
