/**
 * One stored object as text: pretty JSON with the version first, then the fields in the order of their definition,
 * then whatever else the file had, and a final newline. The same object always gives the same text.
 */
import { messageOf } from '../errors.js'
import {
  InvalidValueError,
  MigrationError,
  MisfitError,
  NewerVersionError,
  UnreadableError,
} from './errors.js'
import type { Data } from './field.js'
import { describeProblems, type Problem } from './json.js'
import { type Resolver, resolveWith } from './reference.js'
import type { Store, StoreClass } from './store.js'

const VERSION = '$version'

/** @throws InvalidValueError naming the fields that cannot be written. */
export function writeRecord(storeClass: StoreClass, object: Store, unknown: Data): string {
  const { definition } = storeClass
  const fields = encode(storeClass, definition.permanent, object)
  return `${JSON.stringify({ [VERSION]: storeClass.version, ...fields, ...unknown }, null, 2)}\n`
}

/** Session fields for the snapshot of a restart. */
export function writeSession(storeClass: StoreClass, object: Store): string {
  return JSON.stringify(encode(storeClass, storeClass.definition.session, object))
}

function encode(storeClass: StoreClass, names: readonly string[], object: Store): Data {
  const outcome = storeClass.definition.encode(names, object as unknown as Data)
  if (outcome.value) return outcome.value
  throw invalid(`${storeClass.kind}/${object.key}`, outcome.problems)
}

function invalid(what: string, problems: readonly Problem[]): InvalidValueError {
  return new InvalidValueError(
    `${what} cannot be saved: ${describeProblems(problems)}. Nothing was written. Correct it, then save again.`,
    problems,
  )
}

function misfit(kind: string, key: string, problems: readonly Problem[]): MisfitError {
  return new MisfitError(
    kind,
    key,
    `${kind}/${key} does not fit its schema: ${describeProblems(problems)}. It stays as it is. Correct the object, or the schema.`,
    problems,
  )
}

export interface ReadRecord {
  /** Every permanent field, with defaults for those that the text lacks. */
  values: Data
  unknown: Data
}

/**
 * @returns what the text holds, or what is wrong with it.
 * @throws NewerVersionError, MigrationError, MisfitError
 */
export function readRecord(
  storeClass: StoreClass,
  key: string,
  text: string,
  resolver: Resolver,
): ReadRecord | { damage: string } {
  let parsed: unknown
  try {
    // Some editors put a byte order mark in front.
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    return { damage: describeSyntax(text, (error as SyntaxError).message) }
  }
  if (!isData(parsed)) return { damage: 'it is JSON, but not an object' }
  const { [VERSION]: version = 1, ...saved } = parsed
  if (!Number.isInteger(version) || (version as number) < 1)
    return { damage: `its ${VERSION} is not a whole number from 1` }
  const data = migrate(storeClass, key, version as number, saved)
  const { definition } = storeClass
  const outcome = resolveWith(resolver, () => definition.read(definition.permanent, data))
  if (!outcome.value) throw misfit(storeClass.kind, key, outcome.problems)
  // A migration may have left the version in: what is written has the class's own.
  const known = new Set([...definition.permanent, VERSION])
  // `fromEntries` defines rather than assigns, so that a name like `__proto__` is a name like any other.
  const unknown = Object.fromEntries(Object.entries(data).filter(([name]) => !known.has(name)))
  return { values: outcome.value, unknown }
}

/** Session fields from the snapshot of a restart, with defaults for those that it lacks. */
export function readSession(storeClass: StoreClass, text: string, resolver: Resolver): Data {
  const { definition } = storeClass
  const outcome = resolveWith(resolver, () => definition.read(definition.session, JSON.parse(text)))
  if (outcome.value) return outcome.value
  throw new Error(describeProblems(outcome.problems))
}

/**
 * All fields of a new object: what is given, else defaults.
 *
 * @throws InvalidValueError for a field without either, and for one that there is not.
 */
export function completeFields(storeClass: StoreClass, key: string, given: Data, resolver: Resolver): Data {
  const { definition, kind } = storeClass
  const strays = Object.keys(given).filter((name) => !definition.names.includes(name))
  const outcome =
    strays.length > 0
      ? { problems: strays.map((name) => ({ path: [name], message: 'there is no such field' })) }
      : resolveWith(resolver, () => definition.complete(definition.names, given))
  if (outcome.problems) throw invalid(`${kind}/${key}`, outcome.problems)
  return outcome.value
}

/**
 * Runs what a class does when one of its objects is read: its schemas, defaults and constructor, any of which may throw.
 *
 * @throws UnreadableError and nothing else.
 */
export function reading<R>({ kind }: StoreClass, key: string, read: () => R): R {
  try {
    return read()
  } catch (error) {
    if (error instanceof UnreadableError) throw error
    throw new UnreadableError(
      kind,
      key,
      `${kind}/${key} cannot be read, because its class threw an error: ${messageOf(error)}. The saved text stays as it is. Correct the class.`,
      { cause: error },
    )
  }
}

/** Not the engine's own message: it quotes the text, which may hold what no log should. */
function describeSyntax(text: string, message: string): string {
  if (text.trim() === '') return 'it is empty'
  if (/end of JSON|Unterminated/.test(message)) return 'it is not complete JSON: it is cut short'
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position === undefined) return 'it is not JSON'
  return `it is not JSON, from line ${text.slice(0, Number(position)).split('\n').length} on`
}

function migrate(storeClass: StoreClass, key: string, from: number, data: Data): Data {
  const { kind, version } = storeClass
  if (from === version) return data
  if (from > version) {
    throw new NewerVersionError(
      kind,
      key,
      `${kind}/${key} was saved by version ${from} of its class, but this program has version ${version}. It stays as it is. Run the newer program.`,
    )
  }
  let migrated: unknown
  let cause: unknown
  try {
    migrated = storeClass.migrate(from, data)
  } catch (error) {
    cause = error
  }
  if (isData(migrated)) return migrated
  const why = cause === undefined ? 'gave back no object' : `threw: ${messageOf(cause)}`
  throw new MigrationError(
    kind,
    key,
    `Migrating ${kind}/${key} from version ${from} to ${version}: ${storeClass.name}.migrate ${why}. The saved text stays as it is. Correct migrate.`,
    { cause },
  )
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
