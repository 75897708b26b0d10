/**
 * How a failure is told on stderr, and the exit code that goes with it.
 *
 * An error of this library is told by its message alone: that says what was wrong and what to do. Any other error is
 * the program's own, and is told with its stack. With `--debug` every error is.
 */
import { inspect } from 'node:util'
import { MaraError } from '../errors.js'
import { showsStacks } from '../inspection.js'
import { escapeText } from '../text/escape.js'

/** What was typed is wrong, as opposed to what happened then. */
const WRONG_INPUT: ReadonlySet<unknown> = new Set(['MARA_SETTINGS', 'MARA_USAGE'])

/** Ends with a line feed. */
export function describeFailure(error: unknown): string {
  return isMaraError(error) && !showsStacks() ? visible(error.message) : inFull(error)
}

const inFull = (error: unknown): string => visible(inspect(error))

/** An error may quote what a client has sent, as those of `JSON.parse` do: its control characters are not for a terminal. */
function visible(text: string): string {
  return `${text.replace(/[^\n\t]+/g, escapeText)}\n`
}

/** 2 where a setting or a command is not written as it should be, 1 for every other failure. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return isMaraError(error) && WRONG_INPUT.has(error.code) ? 2 : 1
}

/**
 * Whether an error is one of this library's. Asked by name: the program's copy of the library may be another one than
 * the command's.
 */
export function isMaraError(error: unknown): error is MaraError {
  if (!(error instanceof Error)) return false
  for (let proto: object | null = error; proto !== null; proto = Object.getPrototypeOf(proto)) {
    if (proto.constructor.name === MaraError.name) return true
  }
  return false
}

/** On errors that `run()` or `console()` rejected with. All copies of the library share the symbol. */
const PLAIN = Symbol.for('mara-ts.plain')

/** An error that nobody has caught: without its stack only where `run()` or `console()` has rejected with it. Ends with a line feed. */
export function describeUncaught(error: unknown): string {
  return isPlain(error) ? describeFailure(error) : inFull(error)
}

function isPlain(error: unknown): boolean {
  return error instanceof Error && PLAIN in error
}

/**
 * If nobody catches this error, it ends the process as `describeFailure` and `exitCodeOf` say. To a program that catches
 * it, it is an error like any other; one that handles `uncaughtException` itself gets it there. An error that is not
 * this library's is left to Node, which prints its stack.
 */
export function plainWhenUncaught(error: unknown): void {
  if (!isMaraError(error)) return
  // A monitor changes nothing for errors that it does not end the process for.
  if (!process.listeners('uncaughtExceptionMonitor').includes(endPlainly)) {
    process.on('uncaughtExceptionMonitor', endPlainly)
  }
  if (!isPlain(error)) Object.defineProperty(error, PLAIN, { value: true })
}

function endPlainly(error: Error): void {
  if (!isPlain(error)) return
  if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return
  process.stderr.write(describeFailure(error))
  process.exit(exitCodeOf(error))
}
