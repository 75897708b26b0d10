/**
 * What a command of `mara` is. Each is one file in commands/, and one row of the table there.
 */
import type { Io } from './io.js'

export interface Option {
  readonly type: 'boolean' | 'string'
  readonly short?: string
  /** What a string stands for, in capitals, for help: `NAME`. */
  readonly value?: string
  readonly description: string
}

export type Options = Readonly<Record<string, Option>>

/** A switch that is not given is false, a string that is not given is undefined. */
type OptionValues<O extends Options> = {
  readonly [Name in keyof O]: O[Name]['type'] extends 'boolean' ? boolean : string | undefined
}

export interface Invocation<O extends Options = Options> {
  /** As many as the usage names, less the optional ones that were not given. */
  readonly operands: readonly string[]
  readonly options: OptionValues<O>
  /** What is the program's, untouched: its settings, or a command of its console; empty where the usage names none. */
  readonly settings: readonly string[]
  readonly io: Io
}

export interface Command<O extends Options = Options> {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /**
   * What follows the name, for help and for the parser alike: `DIR` is an operand, `[DIR]` one that may be left out,
   * `[settings]` or `[command]` at the end everything from there on, which is the program's and not read here.
   */
  readonly usage: string
  /** Paragraphs for the command's own help. */
  readonly details?: readonly string[]
  readonly options: O
  /**
   * Resolves with the exit code, 0 or 1, at which the process ends whatever is still open in it; or with undefined,
   * and then the process ends by itself.
   *
   * @throws UsageError, and then the exit code is 2. Any other error: 1.
   */
  run(invocation: Invocation<O>): Promise<number | undefined>
}

/** Gives `run` the types of the options beside it. */
export function defineCommand<const O extends Options>(command: Command<O>): Command {
  return command as unknown as Command
}
