/**
 * Settings' values and names as people see them, on one line, whatever characters they hold.
 */
import { escapeText } from '../text/escape.js'

const longest = 80

/** What stands before the host of a URL: a name and a password, as in that of a store. */
const userInfo = /\b([a-z][a-z\d+.-]*:\/\/)[^\s/?#"']*@/gi

/** Text on one line, without the names and passwords of URLs in it. */
export function plain(text: string): string {
  return escapeText(text.replace(userInfo, '$1***@'))
}

/** A value as JSON, shortened; what JSON has no form for is named by its kind. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return String(value)
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch {
    return 'an object'
  }
  const text = plain(json ?? String(value))
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** `string "7000"`, `number 7`, `array ["a"]`, `null`. */
export function showWithType(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'function') return show(value)
  return `${kindOf(value)} ${show(value)}`
}

/** `string`, `array`, `null`: for a value that belongs to no setting, and so may be a secret that lost its name. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
