/**
 * The root of all errors, and the errors that several rooms share. Each room keeps its own error classes in its
 * `errors.ts`.
 */
import { inspect } from 'node:util'

/**
 * The root of every error that this library throws on purpose. A message says what was wrong, where it came from, and what
 * to do. Every class has a `code` that stays the same between versions; `docs/errors.md` lists them.
 */
export abstract class MaraError extends Error {
  /** Identifies the kind of error, such as 'MARA_TIMEOUT'. It never changes, whatever becomes of the message. */
  abstract readonly code: string

  // The class names the error, so that logs and `error.name` need no second declaration.
  override get name(): string {
    return this.constructor.name
  }
}

/** A wait took longer than its `timeout`. A line that comes later goes to whoever asks next (contract rule 10). */
export class TimeoutError extends MaraError {
  readonly code = 'MARA_TIMEOUT'
  /** Milliseconds. */
  readonly timeout: number

  constructor(what: string, timeout: number) {
    super(`${what} took longer than its timeout of ${timeout} ms.`)
    this.timeout = timeout
  }
}

/** Objects may have no text of their own. */
function shown(value: unknown): string {
  return typeof value === 'object' || typeof value === 'function'
    ? inspect(value, { depth: 0 })
    : String(value)
}

/** An option has a value that is not allowed. */
export class InvalidOptionError extends MaraError {
  readonly code = 'MARA_INVALID_OPTION'

  constructor(where: string, name: string, value: unknown, expected: string) {
    super(`${where} got ${name}: ${shown(value)} (${typeof value}); expected ${expected}.`)
  }
}

/**
 * Refuses options by names that there are not: a typing error would be taken for a default in silence.
 *
 * @throws InvalidOptionError
 */
export function checkNames(where: string, options: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (names.includes(name) || value === undefined) continue
    throw new InvalidOptionError(where, name, value, `one of these options: ${names.join(', ')}`)
  }
}

/** What is said of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
