/**
 * What a setting takes, read from the JSON Schema of its zod schema: in words for people, and as the values that a
 * text from the environment or the command line may stand for.
 *
 * Text never decides: it offers readings, and the zod schema accepts or refuses them.
 */
import type { z } from 'zod'
import { listInWords } from '../text/words.js'

export type JsonSchema = z.core.JSONSchema.BaseSchema

type JsonType = Extract<JsonSchema['type'], string>

/** The schema that `$ref` names, and the alternatives of a union, each on its own. */
function alternatives(json: JsonSchema, root: JsonSchema = json): JsonSchema[] {
  const name = json.$ref?.replace('#/$defs/', '')
  const target = name === undefined ? undefined : root.$defs?.[name]
  if (target !== undefined) return alternatives(target, root)
  if (Array.isArray(json.type)) return (json.type as JsonType[]).map((type) => ({ ...json, type }))
  const options = json.anyOf ?? json.oneOf
  if (options === undefined) return [json]
  return options.flatMap((option) => (typeof option === 'object' ? alternatives(option, root) : []))
}

/** `integer from 0 to 65535`, `one of a, b`, `boolean or list of strings`; empty where nothing is known. */
export function typeLabel(json: JsonSchema): string {
  const labels = new Set(alternatives(json).map(singleLabel))
  labels.delete('')
  labels.delete('null')
  return listInWords(labels, 'or')
}

function singleLabel(json: JsonSchema): string {
  if (json.const !== undefined) return String(json.const)
  if (json.enum !== undefined) return `one of ${json.enum.join(', ')}`
  switch (json.type) {
    case 'integer':
    case 'number':
      return `${json.type}${rangeLabel(json)}`
    case 'string':
      return stringLabel(json)
    case 'array': {
      const item = typeof json.items === 'object' && !Array.isArray(json.items) ? typeLabel(json.items) : ''
      return /^[a-z]+$/.test(item) ? `list of ${item}s` : 'list'
    }
    case undefined:
      return ''
    default:
      return typeof json.type === 'string' ? json.type : ''
  }
}

function rangeLabel({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const above = typeof exclusiveMinimum === 'number' ? exclusiveMinimum : undefined
  const below = typeof exclusiveMaximum === 'number' ? exclusiveMaximum : undefined
  const low = type === 'integer' && above !== undefined ? above + 1 : minimum
  const parts = [
    // Every zod integer carries the two safe bounds: they say nothing to people.
    low === undefined || low === Number.MIN_SAFE_INTEGER ? '' : ` from ${low}`,
    type === 'integer' || above === undefined ? '' : ` above ${above}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`,
    below === undefined ? '' : ` below ${below}`,
  ]
  return parts.join('')
}

function stringLabel({ format, minLength, maxLength }: JsonSchema): string {
  if (format !== undefined) return `string (${format})`
  if (maxLength !== undefined) return `string of ${minLength ?? 0} to ${maxLength} characters`
  if (minLength === 1) return 'non-empty string'
  return minLength === undefined ? 'string' : `string of at least ${minLength} characters`
}

export const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
])

/** Whether `--name` and `--no-name` are values of it. */
export function takesBoolean(json: JsonSchema): boolean {
  return alternatives(json).some(({ type }) => type === 'boolean')
}

/** Whether it takes nothing but a boolean. */
export function isSwitch(json: JsonSchema): boolean {
  return alternatives(json).every(({ type }) => type === 'boolean' || type === 'null')
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/**
 * The values that `text` may stand for, most specific first: numbers and booleans before strings, so that a union
 * of both can be reached. Lists are JSON or split at commas, objects are JSON. The text itself is always the last.
 */
export function readings(text: string, json: JsonSchema): unknown[] {
  const found = alternatives(json).flatMap((option) => singleReading(text, option))
  return [...found, text]
}

function singleReading(text: string, json: JsonSchema): unknown[] {
  if (json.enum !== undefined) return json.enum.filter((value) => String(value) === text)
  if (json.const !== undefined) return String(json.const) === text ? [json.const] : []
  switch (json.type) {
    case 'integer':
      return decimal.test(text) ? [Number(text)] : []
    case 'number':
      // Where a schema takes it, as that of `drain` does; it is no number to others.
      return decimal.test(text) || text === 'Infinity' ? [Number(text)] : []
    case 'boolean': {
      const value = booleanWords.get(text.toLowerCase())
      return value === undefined ? [] : [value]
    }
    case 'array':
      return readList(text, json)
    case 'object':
      return parseJson(text)
    default:
      return []
  }
}

function splitList(text: string, { items, prefixItems }: JsonSchema): unknown[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts
    .filter((part) => part !== '')
    .map((part, index) => {
      const item = prefixItems?.[index] ?? (Array.isArray(items) ? items[index] : items)
      return typeof item === 'object' ? readings(part, item)[0] : part
    })
}

/** What is meant as JSON is not split at its commas, however wrong it is: words with half a quotation mark help nobody. */
function readList(text: string, json: JsonSchema): unknown[] {
  const [list] = text.trimStart().startsWith('[') ? parseJson(text) : []
  if (Array.isArray(list)) return [list]
  return /^\s*\[\s*["[{]/.test(text) ? [] : [splitList(text, json)]
}

function parseJson(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}
