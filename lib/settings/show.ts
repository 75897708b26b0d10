/**
 * Settings' values and names as people see them, on one line, whatever characters they hold.
 */

// C0, DEL, C1, line separators and the marks that reorder text: none may reach a terminal as it stands.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unsafe = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const longest = 80

/** `text` with control characters written as `\u001b`. */
export function plain(text: string): string {
  return text.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
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
