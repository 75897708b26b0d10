/** What can go wrong at the client's end of a connection. */
import { MaraError } from '../errors.js'
import { escapeJson } from '../text/escape.js'
import { listInWords } from '../text/words.js'
import { ConnectError } from '../transport/errors.js'
import { shown } from './visible.js'

/** Why an expectation failed: its time was up, the connection has ended, or too much came without it. */
export type ExpectFailure = 'timeout' | 'end' | 'too-much'

export interface ExpectErrorInit {
  readonly failure: ExpectFailure
  /** Patterns as text, without secrets. */
  readonly expected: readonly string[]
  readonly where: string
  /** What arrived instead, without secrets. */
  readonly received: string
  /** How long it waited, in milliseconds. */
  readonly waited: number
}

const FAILURES: Readonly<Record<ExpectFailure, (waited: number) => string>> = {
  timeout: (waited) => `it did not come within ${waited} ms`,
  end: (waited) => `the connection ended after ${waited} ms`,
  'too-much': (waited) => `too much came without it, in ${waited} ms`,
}

/** `expect` or `login` waited for something that did not come. The message shows what came instead. */
export class ExpectError extends MaraError {
  readonly code = 'MARA_EXPECT'
  readonly failure: ExpectFailure
  readonly expected: readonly string[]
  /** Text that arrived and was not read, each line end as `\n`. Secrets are left out. */
  readonly received: string
  /** Milliseconds. */
  readonly waited: number

  constructor({ failure, expected, where, received, waited }: ExpectErrorInit) {
    const what = listInWords(expected, 'or')
    super(`Expected ${what} from ${where}, but ${FAILURES[failure](waited)}.\n${shown(received)}`)
    this.failure = failure
    this.expected = expected
    this.received = received
    this.waited = waited
  }
}

/** `login` was refused. The message shows the answer, without secrets. */
export class LoginError extends MaraError {
  readonly code = 'MARA_LOGIN'
  /** What the other end answered, without secrets. */
  readonly received: string

  constructor(user: string, where: string, received: string) {
    super(`The login of ${escapeJson(JSON.stringify(user))} at ${where} was refused.\n${shown(received)}`)
    this.received = received
  }
}

/** A connection was made, but no TLS on it. */
export class TlsConnectError extends ConnectError {
  override readonly code = 'MARA_TLS_CONNECT'

  constructor(where: string, cause: NodeJS.ErrnoException) {
    super(where, cause)
    // OpenSSL's own messages name lines of its source.
    const problem = 'reason' in cause ? String(cause.reason) : cause.message
    this.message =
      `Can't connect to ${where} by TLS: ${problem}. Does it speak TLS there, and is its certificate trusted? ` +
      'Name an authority of your own by tls: { ca }.'
  }
}
