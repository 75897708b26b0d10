/**
 * Text from outside made harmless: what a client sends may stand in a log line, but may neither begin one, nor move
 * the cursor, nor turn the direction of the text around it.
 */

// C0, DEL, C1 (which some terminals obey like ESC sequences), line separators, and the marks that reorder text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unsafe = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Every unsafe character as `\n`, `\x1b` or `\u202e`. The result is one line. */
export function escapeText(text: string): string {
  return text.replace(unsafe, (char) => {
    const code = char.charCodeAt(0)
    return named[char] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
  })
}

// JSON itself escapes C0 inside strings; outside of them it has line feeds alone, which stay.
const unsafeInJson = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** JSON of the same meaning, in which only the line feeds between records remain of the unsafe characters. */
export function escapeJson(json: string): string {
  return json.replace(unsafeInJson, (char) => `\\u${hex(char.charCodeAt(0), 4)}`)
}

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0')
