/**
 * What can be wrong with settings: with the values given (`SettingsError`), or with the schema a program defines
 * (`SettingsDefinitionError`).
 */
import { MaraError } from '../errors.js'
import { describeOrigin, type Origin } from './origin.js'
import { plain } from './show.js'

export interface Problem {
  /** The setting, flag or variable as it was written; empty where a whole source is wrong. */
  readonly name: string
  readonly origin: Origin
  /** What was expected and what was given; a secret's value never appears. */
  readonly message: string
}

/** One line: `port (flag --port): expected integer from 0 to 65535, got "x"`. */
export function describeProblem({ name, origin, message }: Problem): string {
  const from = describeOrigin(origin)
  return plain(name === '' ? `${from}: ${message}` : `${name} (${from}): ${message}`)
}

/** Settings could not be collected. Holds every problem of every source, not only the first. */
export class SettingsError extends MaraError {
  readonly code = 'MARA_SETTINGS'

  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const lines = problems.map((problem) => `  ${describeProblem(problem)}`)
    const count = problems.length === 1 ? 'A setting is' : `${problems.length} settings are`
    super([`${count} wrong:`, ...lines].join('\n'))
    this.problems = problems
  }
}

/** A program defined a setting that cannot be: its name is taken or cannot be written, or its schema is no schema. */
export class SettingsDefinitionError extends MaraError {
  readonly code = 'MARA_SETTINGS_DEFINITION'
}
