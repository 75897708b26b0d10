/**
 * Errors as plain data for a log record: type, message, stack, causes, and properties with plain values such as `code`.
 * Other properties are left out: an error may hold a client, an event or a whole service, with all of a program's data.
 */
import { types } from 'node:util'

export interface SerializedError {
  readonly type: string
  readonly message: string
  /** As the engine writes it: the message, then the frames. */
  readonly stack: string
  readonly cause?: unknown
  /** The first errors of an `AggregateError`. */
  readonly errors?: readonly unknown[]
  readonly [property: string]: unknown
}

/** The values of fields with these names are never written. */
export const secretNames: readonly string[] = ['password', 'secret', 'token']

export const censored = '***'

const deepest = 5
const widest = 10

/** The same fields, with every error among them as data. */
export function serializeFields(fields: object): object {
  const entries = Object.entries(fields)
  const isChanged = ([name, value]: [string, unknown]): boolean =>
    isError(value) || types.isProxy(value) || (name === 'error' && value === undefined)
  if (!entries.some(isChanged)) return fields
  return Object.fromEntries(
    // JSON has no undefined, but `throw undefined` must not look like no error at all.
    entries.map(([name, value]) => [
      name,
      name === 'error' && value === undefined ? 'undefined' : serialize(value),
    ]),
  )
}

/** Asking a Proxy for its class, or for anything else, may throw. */
const isError = (value: unknown): value is Error =>
  types.isNativeError(value) || (!types.isProxy(value) && value instanceof Error)

function serialize(value: unknown, depth = 0): unknown {
  if (types.isProxy(value)) return 'a Proxy'
  return isError(value) ? serializeError(value, depth) : value
}

/** Never throws: an error with a broken getter is still reported. */
export function serializeError(error: Error, depth = 0): SerializedError {
  try {
    const cause = inner(error.cause, depth)
    const errors = error instanceof AggregateError ? error.errors.slice(0, widest) : undefined
    return {
      ...plainProperties(error),
      type: String(error.name),
      message: String(error.message),
      stack: String(error.stack),
      ...(cause === undefined ? {} : { cause }),
      ...(errors === undefined ? {} : { errors: errors.map((each) => inner(each, depth)) }),
    }
  } catch {
    return { type: 'Error', message: 'an error that cannot be read', stack: '' }
  }
}

function inner(value: unknown, depth: number): unknown {
  if (isError(value)) return depth < deepest ? serializeError(value, depth + 1) : String(value.message)
  return value === undefined || isPlain(value) ? value : Object.prototype.toString.call(value)
}

function plainProperties(error: Error): Record<string, unknown> {
  const properties = Object.entries(error).filter(([, value]) => isPlain(value))
  return Object.fromEntries(
    properties.map(([name, value]) => [name, secretNames.includes(name) ? censored : value]),
  )
}

const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value)
