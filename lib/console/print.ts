/** Values as an administrator may see them: no control characters, no secrets, no program's code that runs for it. */
import { inspect, types } from 'node:util'
import { messageOf } from '../errors.js'
import type { Client } from '../index.js'
import { censored, secretNames } from '../log/serialize.js'
import { escapeText } from '../text/escape.js'
import { formatTable } from '../text/table.js'

/** Characters of a value that stands in a table. */
const LONGEST_CELL = 500
/** How deep it is shown: its properties, and theirs. */
const SHOWN_DEPTH = 1
/** Lines and characters of a value that is printed by itself. */
const MOST_LINES = 500
const MOST_CHARACTERS = 64 * 1024

/** A value on one line. Properties whose names say that they are secret show as `***`, wherever they are in it. */
export function summary(value: unknown): string {
  const shown = inspectSafely(withoutSecrets(value), {
    depth: SHOWN_DEPTH,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    customInspect: false,
    maxArrayLength: 10,
    maxStringLength: 80,
  })
  const text = escapeText(shown)
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text
}

/** A value on as many lines as it takes, within reason; an error with its stack. */
export function printed(value: unknown): string[] {
  return linesOf(inspectSafely(value, { breakLength: 80, maxArrayLength: 100, maxStringLength: 10_000 }))
}

function linesOf(text: string): string[] {
  const cut = text.slice(0, MOST_CHARACTERS)
  const all = cut.split('\n').map(escapeText)
  if (all.length <= MOST_LINES && cut.length === text.length) return all
  return [...all.slice(0, MOST_LINES), '… (the rest is left out)']
}

/** A value may have code of its own for this, or a getter that throws. */
function inspectSafely(value: unknown, options: Parameters<typeof inspect>[1]): string {
  try {
    return inspect(value, options)
  } catch (error) {
    return `(it can't be shown: ${messageOf(error)})`
  }
}

/** A copy without what is secret, as deep as it is shown. No getter of the program's runs for it, and no Proxy. */
function withoutSecrets(value: unknown, depth = SHOWN_DEPTH): unknown {
  if (types.isProxy(value)) return '(a proxy)'
  if (typeof value === 'function') return bareFunction(value)
  if (typeof value !== 'object' || value === null || depth < 0) return value
  try {
    return copied(value, depth)
  } catch (error) {
    // What else there is to show is shown.
    return `(it can't be shown: ${messageOf(error)})`
  }
}

function copied(value: object, depth: number): unknown {
  const inner = (item: unknown): unknown => withoutSecrets(item, depth - 1)
  if (Array.isArray(value)) return value.map(inner)
  if (value instanceof Set) return new Set([...Set.prototype.values.call(value)].map(inner))
  if (value instanceof Map) {
    const entries = [...Map.prototype.entries.call(value)]
    return new Map(entries.map(([key, item]) => [inner(key), isSecret(key) ? censored : inner(item)]))
  }
  // What the language has made shows itself by what it is, and not by its properties.
  if (types.isDate(value)) return new Date(Date.prototype.getTime.call(value))
  if (types.isRegExp(value)) return bareRegExp(value)
  if (ArrayBuffer.isView(value)) return bareView(value)
  if (value instanceof URL) return bareUrl(value)
  // Of the same class, so that it is shown by its name.
  const isError = types.isNativeError(value)
  const copy = Object.setPrototypeOf(isError ? new Error() : {}, Object.getPrototypeOf(value))
  Object.defineProperties(copy, censoredProperties(value, inner))
  if (isError) Object.defineProperty(copy, 'stack', { value: stackOf(value) })
  // Classes of the platform may expect more of their objects than a copy has.
  inspect(copy, { depth: 0, customInspect: false })
  return copy
}

function censoredProperties(value: object, inner: (item: unknown) => unknown): PropertyDescriptorMap {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(value))
  return Object.fromEntries(
    properties.map(([name, { value, get, enumerable = false }]) => {
      const shown = isSecret(name) ? censored : get === undefined ? inner(value) : '(computed)'
      return [name, { value: shown, enumerable, configurable: true }]
    }),
  )
}

// The same without properties that a program has given them. Nothing of the program's runs: the language's own getters are asked.

function bareFunction(value: object): unknown {
  if (Object.keys(value).length === 0) return value
  const name = Object.getOwnPropertyDescriptor(value, 'name')?.value
  return Object.defineProperty(() => {}, 'name', { value: typeof name === 'string' ? name : '' })
}

function bareRegExp(value: RegExp): RegExp {
  const { prototype } = RegExp
  return new RegExp(Reflect.get(prototype, 'source', value), Reflect.get(prototype, 'flags', value))
}

const TypedArray = Object.getPrototypeOf(Uint8Array) as { prototype: Uint8Array }

function bareView(value: ArrayBufferView): ArrayBufferView {
  const { prototype } = types.isTypedArray(value) ? TypedArray : DataView
  const get = <T>(name: PropertyKey): T => Reflect.get(prototype, name, value)
  if (!types.isTypedArray(value)) return new DataView(get('buffer'), get('byteOffset'), get('byteLength'))
  const Class = Reflect.get(globalThis, get<string>(Symbol.toStringTag)) as typeof Uint8Array
  return new Class(get('buffer'), get('byteOffset'), get('length'))
}

const ownStack = (error: Error) => Object.getOwnPropertyDescriptor(error, 'stack')

/** Since Node 22 the language has a getter for it. */
function stackOf(error: Error): string {
  const { value, get } = ownStack(error) ?? {}
  const stack = get !== undefined && get === ownStack(new Error())?.get ? get.call(error) : value
  return typeof stack === 'string' ? stack : 'an error'
}

/** As text: copies of it can't be shown. */
function bareUrl(value: URL): string {
  const url = new URL(Reflect.get(URL.prototype, 'href', value))
  if (url.password !== '') url.password = censored
  return url.href
}

function isSecret(name: unknown): boolean {
  return typeof name === 'string' && secretNames.some((secret) => name.toLowerCase().includes(secret))
}

/**
 * Writes rows: side by side for a terminal of so many columns, else with tabs between the cells.
 *
 * @param flexible which column is cut to fit.
 */
export function writeTable(
  client: Client,
  columns: number | undefined,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  flexible: number,
): void {
  if (rows.length === 0 && columns === undefined) return
  const text = formatTable(heading, rows, flexible, { isTTY: columns !== undefined, columns })
  client.write(text.slice(0, -1))
}
