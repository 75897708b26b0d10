/** The figures of `service.stats()` as rows of names and values, whichever there are. */
import { escapeText } from '../text/escape.js'
import { durationInWords } from '../text/words.js'

const TIMES: ReadonlySet<string> = new Set(['at', 'since'])

export function statsRows(stats: unknown): [name: string, value: string][] {
  return rowsOf(stats, '')
}

function rowsOf(value: unknown, name: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[escapeText(name), figure(name, value)]]
  return Object.entries(value).flatMap(([key, inner]) => rowsOf(inner, name === '' ? key : `${name}.${key}`))
}

function figure(name: string, value: unknown): string {
  if (typeof value !== 'number')
    return value === null || value === undefined ? '-' : escapeText(String(value))
  if (TIMES.has(name)) return new Date(value).toISOString()
  if (name === 'uptime') return `${value} ms (${durationInWords(value)})`
  return Number.isInteger(value) ? String(value) : value.toFixed(2)
}
