/**
 * Makes text from outside visible as it is. What a client sends may stand in a log line or an error message, but may
 * not begin a line, move the cursor, or change the direction of the text around it.
 */
import { C0, C1, MARKS, SEPARATORS_AND_BIDI } from './unsafe.js'

const BEYOND_C0 = `${C1}${SEPARATORS_AND_BIDI}${MARKS}`
const UNSAFE = new RegExp(`[\\t\\n${C0}${BEYOND_C0}]`, 'g')
// JSON itself escapes C0 inside strings. Outside of them it has only line feeds, which stay.
const UNSAFE_IN_JSON = new RegExp(`[${BEYOND_C0}]`, 'g')

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Every unsafe character as `\n`, `\x1b` or `\u202e`. The result is one line. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0)
    return NAMED[char] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
  })
}

/** JSON of the same meaning, in which only the line feeds between records remain of the unsafe characters. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (char) => `\\u${hex(char.charCodeAt(0), 4)}`)
}

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0')
