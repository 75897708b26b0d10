/** What can be wrong with a world, and what keeps somebody from going somewhere. */
import { MaraError } from '../../index.js'
import { CommandError } from '../commands/index.js'

/** Keeps somebody from using an exit: `throw new ExitError('The door is locked.')`. They are told, and stay. */
export class ExitError extends CommandError {
  override readonly code = 'MARA_EXIT'
}

/** Rooms and exits do not fit together. All problems are listed, and the service does not start. */
export class WorldError extends MaraError {
  readonly code = 'MARA_WORLD'

  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The world can't be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}
