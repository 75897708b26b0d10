/** What can go wrong between a service and its angel. */
import { MaraError } from '../errors.js'

/** The control socket of a program is in use: its angel runs already. */
export class AngelRunningError extends MaraError {
  readonly code = 'MARA_ANGEL_RUNNING'

  constructor(file: string, path: string) {
    super(
      `An angel runs ${file} already (it answers on ${path}). ` +
        `Ask it to restart with \`mara restart ${file}\`, or stop it first with \`mara stop ${file}\`.`,
    )
  }
}

/** Nobody answers on the control socket of a program. */
export class NoAngelRunningError extends MaraError {
  readonly code = 'MARA_NO_ANGEL_RUNNING'

  constructor(file: string, path: string) {
    super(`No angel runs ${file} (nobody answers on ${path}). Start one with \`mara angel ${file}\`.`)
  }
}

/** An angel answered what nobody can understand, or broke off. */
export class ControlError extends MaraError {
  readonly code = 'MARA_CONTROL'

  constructor(file: string, problem: string) {
    super(`The angel of ${file} did not answer as it should: ${problem}.`)
  }
}
