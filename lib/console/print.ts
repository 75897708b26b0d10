/** Values as an administrator may see them: no control characters, no secrets, no program's code that runs for it. */
import { inspect } from 'node:util'
import type { Client } from '../index.js'
import { censored, secretNames } from '../log/serialize.js'
import { escapeText } from '../text/escape.js'
import { formatTable } from '../text/table.js'

/** Characters of a value that stands in a table. */
const LONGEST_CELL = 500
/** Lines and characters of a value that is printed by itself. */
const MOST_LINES = 500
const MOST_CHARACTERS = 64 * 1024

/** A value on one line. Properties whose names say that they are secret show as `***`. */
export function summary(value: unknown): string {
  const shown = inspectSafely(withoutSecrets(value), {
    depth: 1,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    customInspect: false,
    maxArrayLength: 10,
    maxStringLength: 80,
  })
  const text = escapeText(shown)
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text
}

/** A value on as many lines as it takes, within reason. */
export function printed(value: unknown): string[] {
  return linesOf(inspectSafely(value, { breakLength: 80, maxArrayLength: 100, maxStringLength: 10_000 }))
}

/** An error with its stack, whatever was thrown. */
export function printedError(error: unknown): string[] {
  return printed(error)
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
    return `(it can't be shown: ${error instanceof Error ? error.message : String(error)})`
  }
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  const properties = Object.entries(Object.getOwnPropertyDescriptors(value)).filter(
    ([, { enumerable }]) => enumerable,
  )
  return Object.fromEntries(
    properties.map(([name, { value, get }]) => {
      if (secretNames.some((secret) => name.toLowerCase().includes(secret))) return [name, censored]
      return [name, get === undefined ? value : '(computed)']
    }),
  )
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
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
