/**
 * The fields of a store class. A field is a zod schema, which says at once what it may hold, what it holds at first
 * (`.default()`), and how it is written down (a codec, for what JSON has no word for). `session()` marks one that is
 * never saved.
 */
import { z } from 'zod'
import { messageOf } from '../errors.js'
import { DefinitionError } from './errors.js'
import { findUnsafe, type Problem } from './json.js'

type Schema = z.core.$ZodType

/** A field that lasts as long as its object is active: never saved, but kept across a restart of the process. */
export class SessionField<S extends Schema = Schema> {
  readonly lifetime = 'session'
  readonly schema: S

  constructor(schema: S) {
    this.schema = schema
  }
}

/** Marks a field as never saved: `here: session(z.boolean().default(false))`. */
export function session<S extends Schema>(schema: S): SessionField<S> {
  return new SessionField(schema)
}

export type Field = Schema | SessionField
export type Fields = Readonly<Record<string, Field>>
type SchemaOf<F> = F extends SessionField<infer S> ? S : F

/** What an object holds in memory. */
export type Values<F> = { -readonly [N in keyof F]: z.core.output<SchemaOf<F[N]>> }

type Required<F> = { [N in keyof F]: undefined extends z.core.input<SchemaOf<F[N]>> ? never : N }[keyof F]

/** What `create` takes: every field may be given, those without a default must be. */
export type Given<F> = { [N in Required<F>]: z.core.output<SchemaOf<F[N]>> } & {
  [N in Exclude<keyof F, Required<F>>]?: z.core.output<SchemaOf<F[N]>> | undefined
}

/** Plain data on its way from or to JSON. */
export type Data = Record<string, unknown>

type Outcome<R> = { value: R; problems?: never } | { value?: never; problems: Problem[] }

/** The fields of one class, ready to use. */
export class Definition {
  readonly kind: string
  /** In the order of definition, which is the order in a file. */
  readonly permanent: readonly string[]
  readonly session: readonly string[]
  readonly names: readonly string[]
  readonly #schemas = new Map<string, Schema>()

  /** @param keepsAny false for a class that saves nothing: all its fields are session fields. */
  constructor(kind: string, fields: Fields, keepsAny: boolean) {
    this.kind = kind
    for (const [name, field] of Object.entries(fields)) {
      const schema = field instanceof SessionField ? field.schema : field
      if (typeof schema !== 'object' || schema === null || !('_zod' in schema)) {
        throw new DefinitionError(
          `Field ${name} of ${kind} is not a zod schema. Write one, such as ${name}: z.string().`,
        )
      }
      this.#schemas.set(name, schema)
    }
    this.names = [...this.#schemas.keys()]
    this.session = this.names.filter((name) => !keepsAny || fields[name] instanceof SessionField)
    this.permanent = this.names.filter((name) => !this.session.includes(name))
    if (keepsAny) this.#requireDefaults()
  }

  /** An object that is read from disk starts with its session fields at their defaults: so they must have one. */
  #requireDefaults(): void {
    for (const name of this.session) {
      if (this.#decode(name, undefined).problems) {
        throw new DefinitionError(
          `Session field ${name} of ${this.kind} needs a default, because it is never saved. Add .default() or .optional().`,
        )
      }
    }
  }

  /**
   * What a field holds when nothing is given. Every call makes it anew: zod hands out one and the same nested object
   * for a default that is not a function, and two objects would share it.
   *
   * @returns a problem when the field has no default, or one that its own schema refuses.
   */
  fresh(name: string): Outcome<unknown> {
    const first = this.#decode(name, undefined)
    if (first.problems || first.value === undefined || Object(first.value) !== first.value) return first
    const written = this.#encode(name, first.value)
    return written.problems ? written : this.#decode(name, JSON.parse(JSON.stringify(written.value)))
  }

  /** Reads those of `names` that `data` has; what it lacks is left out of the result. */
  decode(names: readonly string[], data: Data): Outcome<Data> {
    return this.#each(
      names.filter((name) => Object.hasOwn(data, name)),
      (name) => this.#decode(name, data[name]),
    )
  }

  /** The same, with what is missing filled in. */
  read(names: readonly string[], data: Data): Outcome<Data> {
    const given = this.decode(names, data)
    return given.value ? this.complete(names, given.value) : given
  }

  /** Fills in what `values` lacks. A field without a default is a problem. */
  complete(names: readonly string[], values: Data): Outcome<Data> {
    return this.#each(names, (name) =>
      Object.hasOwn(values, name) && values[name] !== undefined ? { value: values[name] } : this.fresh(name),
    )
  }

  /** Turns the fields of an object into plain data for JSON, in the order of `names`. */
  encode(names: readonly string[], values: Data): Outcome<Data> {
    return this.#each(names, (name) => this.#encode(name, values[name]))
  }

  #each(names: readonly string[], work: (name: string) => Outcome<unknown>): Outcome<Data> {
    const value: Data = {}
    const problems: Problem[] = []
    for (const name of names) {
      const outcome = work(name)
      if (outcome.problems) problems.push(...outcome.problems)
      else value[name] = outcome.value
    }
    return problems.length > 0 ? { problems } : { value }
  }

  #decode(name: string, value: unknown): Outcome<unknown> {
    return this.#run(name, (schema) => z.safeDecode(schema, value as never))
  }

  #encode(name: string, value: unknown): Outcome<unknown> {
    const outcome = this.#run(name, (schema) => z.safeEncode(schema, value as never))
    if (outcome.problems || outcome.value === undefined) return outcome
    const unsafe = findUnsafe(outcome.value, [name])
    return unsafe ? { problems: [unsafe] } : outcome
  }

  #run(name: string, work: (schema: Schema) => z.ZodSafeParseResult<unknown>): Outcome<unknown> {
    let result: z.ZodSafeParseResult<unknown>
    try {
      result = work(this.#schemas.get(name) as Schema)
    } catch (error) {
      const isOneWay = error instanceof z.core.$ZodEncodeError || error instanceof z.core.$ZodAsyncError
      const why = isOneWay
        ? `${error.message} Use z.codec in place of a transform or an async check: it converts both ways, without waiting.`
        : `its schema threw an error: ${messageOf(error)}`
      throw new DefinitionError(`Field ${name} of ${this.kind} cannot be stored: ${why}`, { cause: error })
    }
    if (result.success) return { value: result.data }
    return { problems: result.error.issues.map(({ path, message }) => ({ path: [name, ...path], message })) }
  }
}
