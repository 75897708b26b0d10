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

/** Characters of a value that stands in a message. */
const LONGEST_SHOWN = 200

/**
 * Any value in a few words, for messages. It never throws, whatever code of its own a value has for this.
 *
 * @param depth how deep what is in it is shown.
 */
export function shown(value: unknown, depth = 0): string {
  const text = described(value, depth)
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

function described(value: unknown, depth: number): string {
  if (typeof value !== 'object' && typeof value !== 'function') return String(value)
  try {
    return inspect(value, { depth, breakLength: Number.POSITIVE_INFINITY, maxStringLength: LONGEST_SHOWN })
  } catch {
    return `${typeof value === 'function' ? 'a function' : 'an object'} that can't be shown`
  }
}

/** An option has a value that is not allowed. */
export class InvalidOptionError extends MaraError {
  readonly code = 'MARA_INVALID_OPTION'

  constructor(where: string, name: string, value: unknown, expected: string) {
    super(`${where} got ${name}: ${shown(value)} (${typeof value}); expected ${expected}.`)
  }
}

/** @throws InvalidOptionError for what is no object, null included. */
export function checkObject(where: string, name: string, value: unknown, expected: string): void {
  if (typeof value === 'object' && value !== null) return
  throw new InvalidOptionError(where, name, value, expected)
}

/** @throws InvalidOptionError for anything but text. */
export function checkText(where: string, name: string, value: unknown): void {
  if (typeof value !== 'string') throw new InvalidOptionError(where, name, value, 'text')
}

/** @throws InvalidOptionError for what can't be called. */
export function checkFunction(where: string, name: string, value: unknown): void {
  if (typeof value !== 'function') throw new InvalidOptionError(where, name, value, 'a function')
}

/** @throws InvalidOptionError for what lacks one of these methods. */
export function checkMethods(
  where: string,
  name: string,
  value: unknown,
  methods: readonly string[],
  expected = `an object that has the methods ${methods.join(', ')}`,
): void {
  const given = value as Record<string, unknown> | null | undefined
  if (methods.every((method) => typeof given?.[method] === 'function')) return
  throw new InvalidOptionError(where, name, value, expected)
}

/**
 * Refuses what is no object of options, and options by names that there are not: a typing error would be taken for a
 * default in silence.
 *
 * @param switches names of further options, which are true or false: 'no' would be taken for true.
 * @throws InvalidOptionError
 */
export function checkNames(
  where: string,
  options: object,
  names: readonly string[],
  switches: readonly string[] = [],
): void {
  const all = (): string => [...names, ...switches].join(', ')
  if (typeof options !== 'object' || options === null)
    throw new InvalidOptionError(where, 'options', options, `an object with any of these: ${all()}`)
  for (const [name, value] of Object.entries(options)) {
    if (names.includes(name) || value === undefined) continue
    if (!switches.includes(name))
      throw new InvalidOptionError(where, name, value, `one of these options: ${all()}`)
    if (typeof value !== 'boolean') throw new InvalidOptionError(where, name, value, 'true or false')
  }
}

/** What is said of anything that was thrown. It never throws itself. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error)
  } catch {
    // It has no text, as `Object.create(null)` has none, or a getter in the place of its message throws.
    return shown(error)
  }
}
