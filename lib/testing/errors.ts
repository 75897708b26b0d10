/** What tests are told. */
import { shown } from '../connect/visible.js'
import { MaraError } from '../errors.js'

/** `seesNothing` found something. The message shows it. */
export class UnexpectedTextError extends MaraError {
  readonly code = 'MARA_UNEXPECTED_TEXT'
  /** Each line end as `\n`. */
  readonly received: string

  constructor(name: string, received: string) {
    super(`Expected that ${name} sees nothing.\n${shown(received)}`)
    this.received = received
  }
}

/** A program that a test has started has ended. The message shows the end of what it printed. */
export class ProgramFailedError extends MaraError {
  readonly code = 'MARA_PROGRAM_FAILED'

  constructor(program: string, output: string) {
    super(
      `${program} has ended, and was to serve.${output === '' ? '' : `\nIt has printed:\n${output.trimEnd()}`}`,
    )
  }
}

/** Somebody has seen something else since the process was replaced, or the play does not show whether that is so. */
export class RestartPointError extends MaraError {
  readonly code = 'MARA_RESTART_POINT'
}
