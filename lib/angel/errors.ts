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

/** The folder of control sockets belongs to somebody else, or others may write to it, or it can't be had at all. */
export class ControlFolderError extends MaraError {
  readonly code = 'MARA_CONTROL_FOLDER'

  constructor(folder: string, problem: string) {
    super(
      `The folder of control sockets can't be used: ${folder} ${problem}. ` +
        'Remove it, or set XDG_RUNTIME_DIR to a folder of your own.',
    )
  }
}

/** An angel answered what nobody can understand, or broke off. */
export class ControlError extends MaraError {
  readonly code = 'MARA_CONTROL'

  constructor(file: string, problem: string) {
    super(`The angel of ${file} did not answer as it should: ${problem}.`)
  }
}
