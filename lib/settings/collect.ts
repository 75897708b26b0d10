/**
 * Collects a program's settings from all their sources, checks every value given, and remembers where each came from.
 *
 * Order, last wins: defaults; the program's sources in turn; the environment; files named on the command line; flags.
 * A value is taken whole: an object does not merge with one of an earlier source. A value that a later source
 * overrides is checked all the same, so that a mistake shows on the day it is made.
 */
import { z } from 'zod'
import { messageOf } from '../errors.js'
import { isLogger } from '../log/index.js'
import { readCommandLine } from './command-line.js'
import type { NoExtra, Settings } from './core.js'
import { readEnvironment } from './environment.js'
import { type Problem, SettingsError } from './errors.js'
import { readSettingsFile } from './file.js'
import type { Fields, Given, Reading } from './given.js'
import { describeOrigin, type Origin } from './origin.js'
import { readProgramSource, type Source } from './program.js'
import { defineSettings, type Field, type SettingsSchema } from './schema.js'
import { plain, show, showWithType } from './show.js'

type Environment = Readonly<Record<string, string | undefined>>

export interface CollectOptions<Extra extends z.ZodRawShape = NoExtra> {
  /** What the program passes, in order. */
  readonly sources?: readonly Source<Extra>[]
  /** `process.env`; without it no environment is read. */
  readonly env?: Environment
  /** `process.argv.slice(2)`; without it no command line is read. */
  readonly argv?: readonly string[]
}

/** A row of a listing; fit to be printed as it stands. */
export interface SettingRow {
  readonly name: string
  /** Empty where the setting has no value, `***` where it is a secret. */
  readonly value: string
  readonly origin: string
  readonly description: string
}

export interface Collected<Extra extends z.ZodRawShape = NoExtra> {
  /** Frozen, but not what lists and objects hold: an object may be the program's own. A setting that has no value is absent. */
  readonly values: Settings<Extra>
  /** What deserves a warning in the log: `MARA_` variables that are no settings. */
  readonly warnings: readonly Problem[]
  origin(name: keyof Settings<Extra> & string): Origin
  /** All settings, in the order of the schema. */
  list(): SettingRow[]
}

interface Value {
  readonly value: unknown
  readonly origin: Origin
}

const byDefault: Origin = { kind: 'default', where: '' }

/** @throws SettingsError that holds every problem of every source. */
export async function collect<Extra extends z.ZodRawShape = NoExtra>(
  schema: SettingsSchema<Extra>,
  { sources = [], env = {}, argv = [] }: CollectOptions<Extra> = {},
): Promise<Collected<Extra>> {
  const { fields } = schema
  const layers: Reading[] = []
  for (const [index, source] of sources.entries()) {
    layers.push(await readProgramSource(source, index + 1, fields))
  }
  const { warnings, layers: outer } = await readOutside(fields, env, argv)
  layers.push(...outer)

  const values = new Map<string, Value>()
  const problems: Problem[] = []
  const attempted = new Set<Field>()
  for (const layer of layers) {
    problems.push(...layer.problems)
    for (const { name } of layer.problems) {
      const field = fields.get(name)
      if (field !== undefined) attempted.add(field)
    }
    for (const given of layer.given) {
      attempted.add(given.field)
      const checked = await check(given)
      if ('message' in checked) problems.push(checked)
      else values.set(given.field.name, checked)
    }
  }
  for (const field of fields.values()) {
    if (attempted.has(field)) continue
    const result = await parse(field.schema, undefined)
    if ('value' in result) values.set(field.name, { value: result.value, origin: byDefault })
    else problems.push(missing(field, result))
  }
  if (problems.length > 0) throw new SettingsError(problems)

  const present = [...values].filter(([, { value }]) => value !== undefined)
  return {
    values: Object.freeze(
      Object.fromEntries(present.map(([name, { value }]) => [name, value])),
    ) as Settings<Extra>,
    warnings,
    origin: (name) => values.get(name)?.origin ?? byDefault,
    list: () => [...fields.values()].map((field) => row(field, values.get(field.name))),
  }
}

/**
 * Whether a program is to run under an angel, as its user says: in the environment, in settings files named on the
 * command line, or by a flag. What the program itself says can't be known, since it is not loaded yet.
 */
export async function wantsAngel(argv: readonly string[], env: Environment): Promise<boolean> {
  const { layers } = await readOutside(defineSettings().fields, env, argv)
  let wants = false
  for (const given of layers.flatMap((layer) => layer.given)) {
    if (given.field.name !== 'angel') continue
    const checked = await check(given)
    // What is wrong is told by the program, with all else that is.
    if ('value' in checked) wants = checked.value === true
  }
  return wants
}

/** What the program's user says, in order. */
async function readOutside(fields: Fields, env: Environment, argv: readonly string[]) {
  const { given, warnings } = readEnvironment(env, fields)
  const commandLine = readCommandLine(argv, fields)
  const layers: Reading[] = [{ given, problems: [] }]
  for (const path of commandLine.files) layers.push(await readSettingsFile(path, fields))
  layers.push(commandLine)
  return { layers, warnings }
}

/** What is wrong with a value. */
interface Refusal {
  readonly issues: readonly z.core.$ZodIssue[]
  /** The schema's own code threw an error. */
  readonly threw?: string
}

async function parse(
  schema: z.core.$ZodType,
  given: unknown,
): Promise<{ readonly value: unknown } | Refusal> {
  try {
    const result = await z.safeParseAsync(schema, given)
    return result.success ? { value: result.data } : { issues: result.error.issues }
  } catch (error) {
    const threw = `its check threw an error: ${messageOf(error)}`
    return { threw, issues: [{ code: 'custom', path: [], message: threw, input: given }] }
  }
}

async function check(given: Given): Promise<Value | Problem> {
  const { field, origin, readings } = given
  let issues: readonly z.core.$ZodIssue[] = []
  for (const reading of readings) {
    const result = await parse(field.schema, reading)
    if ('value' in result) return { value: result.value, origin }
    // The best reading says best what is wrong.
    if (issues.length === 0) issues = result.issues
  }
  return { name: field.name, origin, message: refusal(given, issues) }
}

function refusal({ field, readings, text }: Given, issues: readonly z.core.$ZodIssue[]): string {
  const expected = `expected ${field.type || 'another value'}`
  if (field.secret) return `${expected}, got ***`
  const got = text === undefined ? showWithType(readings[0]) : show(text)
  const details = issues.map(detail).filter((line) => line !== '')
  return [`${expected}, got ${got}`, ...new Set(details)].join('; ')
}

// What zod says in its own words of a type or a range, the expected type has said already.
const said = /^(Invalid (input|option)|Too (small|big)): /

/** What an issue adds: the place inside a value, or the words of a check of the program's own. */
function detail({ message, path }: z.core.$ZodIssue): string {
  if (path.length > 0) return plain(`at ${path.map(String).join('.')}: ${message}`)
  return message === 'Invalid input' || said.test(message) ? '' : plain(message)
}

function missing({ name, type, variable, secret }: Field, { threw }: Refusal): Problem {
  if (threw !== undefined && !secret) return { name, origin: byDefault, message: plain(threw) }
  const message = `is required; expected ${type || 'a value'}: set it in the program, as ${variable}, or as --${name}`
  return { name, origin: byDefault, message }
}

function row(field: Field, found: Value | undefined): SettingRow {
  const { name, description } = field
  const value = found?.value
  return {
    name,
    value: displayed(field, value),
    origin: describeOrigin(found?.origin ?? byDefault),
    description,
  }
}

function displayed({ secret }: Field, value: unknown): string {
  if (value === undefined) return ''
  if (secret) return '***'
  if (isLogger(value)) return 'a logger'
  return typeof value === 'string' ? plain(value) : show(value)
}
