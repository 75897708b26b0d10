/**
 * How a failure is told: an error of the user's by its message alone, any other with its stack.
 */
import { inspect } from 'node:util'
import { isMaraError, UsageError } from './errors.js'

/** Ends with a line feed. */
export function describeFailure(error: unknown): string {
  if (error instanceof UsageError) {
    const help = error.command === undefined ? 'mara --help' : `mara ${error.command} --help`
    return `${error.message}\nFor help: ${help}\n`
  }
  return `${isMaraError(error) ? error.message : inspect(error)}\n`
}

/** 2 where the command was not written as it should be, 1 for every other failure. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof UsageError ? 2 : 1
}
