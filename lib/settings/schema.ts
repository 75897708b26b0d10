/**
 * The one schema of a program's settings: the core shape and the program's own, each with all that the readers of
 * sources, `--help` and listings need to know about it.
 */
import { z } from 'zod'
import { type CoreShape, coreShape, type NoExtra } from './core.js'
import { SettingsDefinitionError } from './errors.js'
import { type JsonSchema, typeLabel } from './types.js'

/**
 * A setting, and what its schema says of it. Only text needs that: a value to be read, a list, a mistake to be told. So
 * it is worked out when it is asked for, and a service whose settings all come from its program starts 10 ms sooner.
 */
export class Field {
  readonly name: string
  readonly schema: z.core.$ZodType
  /** The environment variable, such as `MARA_MAX_LINE_LENGTH`. */
  readonly variable: string
  #described: { readonly json: JsonSchema; readonly secret: boolean } | undefined

  constructor(name: string, schema: z.core.$ZodType) {
    this.name = name
    this.schema = schema
    this.variable = variableName(name)
  }

  /** The input side of `schema`, from which text is read. */
  get json(): JsonSchema {
    return this.#describe().json
  }

  /** Its value must not be shown to anyone. */
  get secret(): boolean {
    return this.#describe().secret
  }

  get description(): string {
    return this.json.description ?? ''
  }

  /** What it takes, in words: `integer from 0 to 65535`. */
  get type(): string {
    return typeLabel(this.json)
  }

  /** Undefined where there is none. */
  get default(): unknown {
    return this.json.default
  }

  #describe() {
    if (this.#described !== undefined) return this.#described
    let secret = false
    const inspect = (io: 'input' | 'output') =>
      z.toJSONSchema(this.schema, {
        io,
        unrepresentable: 'any',
        override: ({ zodSchema }) => {
          secret ||= z.globalRegistry.get(zodSchema)?.secret === true
        },
      })
    const json = inspect('input')
    // A transform hides its far side from the input schema, and the mark may be there.
    inspect('output')
    this.#described = { json, secret }
    return this.#described
  }
}

export interface SettingsSchema<Extra extends z.ZodRawShape = NoExtra> {
  readonly shape: CoreShape & Extra
  readonly fields: ReadonlyMap<string, Field>
}

/** Environment variables that begin so are settings. */
export const variablePrefix = 'MARA_'

/** `maxLineLength` is `MARA_MAX_LINE_LENGTH`, `baseURLPath` is `MARA_BASE_URL_PATH`. */
export function variableName(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
  return variablePrefix + words.toUpperCase()
}

// `help` and `debug` are flags of their own; a module's `default` export is an object of settings, not a setting.
const reserved = new Set(['help', 'debug', 'default'])
const camelCase = /^[a-z][A-Za-z0-9]*$/

let coreFields: Field[] | undefined

/**
 * The core settings together with a program's own:
 *
 *     defineSettings({ motd: z.string().default('Hi').describe('Greeting') })
 *
 * @throws SettingsDefinitionError where a name is taken by the core, is not camelCase, or shares its environment
 *   variable with another; or where a value is not a zod 4 schema.
 */
export function defineSettings<Extra extends z.ZodRawShape = NoExtra>(extra?: Extra): SettingsSchema<Extra> {
  coreFields ??= Object.entries(coreShape).map(([name, schema]) => new Field(name, schema))
  const fields = new Map(coreFields.map((field) => [field.name, field]))
  const variables = new Map(coreFields.map((field) => [field.variable, field.name]))

  if (typeof (extra ?? {}) !== 'object')
    throw new SettingsDefinitionError('settings: no object of zod schemas, such as { motd: z.string() }')
  for (const [name, schema] of Object.entries(extra ?? {})) {
    if (fields.has(name)) {
      throw new SettingsDefinitionError(`setting ${name}: the core has one of this name; choose another name`)
    }
    if (!camelCase.test(name) || reserved.has(name)) {
      const why = reserved.has(name) ? 'is reserved' : 'is not camelCase letters and digits'
      throw new SettingsDefinitionError(
        `setting ${JSON.stringify(name)}: this name ${why}; choose another name`,
      )
    }
    if (typeof schema !== 'object' || schema === null || !('_zod' in schema)) {
      throw new SettingsDefinitionError(`setting ${name}: not a zod 4 schema; write one such as z.string()`)
    }
    const variable = variableName(name)
    const other = variables.get(variable)
    if (other !== undefined) {
      throw new SettingsDefinitionError(
        `setting ${name}: ${other} has the environment variable ${variable} already; choose another name`,
      )
    }
    variables.set(variable, name)
    fields.set(name, new Field(name, schema))
  }
  return { shape: { ...coreShape, ...extra } as CoreShape & Extra, fields }
}
