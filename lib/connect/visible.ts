/** Text that arrived, as an error message shows it: bounded, harmless, without secrets. */
import { escapeText } from '../text/escape.js'

/** Characters of what arrived that a message shows; the last ones say most. */
export const SHOWN = 600

const REPLACED = '[secret]'

/** Marks where the text ends: blanks before it can be seen. */
const END = '◀'

/** So many characters at the end of a text that a secret begins with may be its beginning: the rest has not come yet. */
const BEGINNING = 3

/** Every secret in a text replaced, also one of which the text has only the beginning; the longest first, since one may contain another. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const known = [...secrets].filter((secret) => secret !== '').sort((a, b) => b.length - a.length)
  const whole = known.reduce((rest, secret) => rest.replaceAll(secret, REPLACED), text)
  const begun = Math.max(0, ...known.map((secret) => begunAtEnd(whole, secret)))
  return begun < BEGINNING ? whole : whole.slice(0, -begun) + REPLACED
}

/** How many characters at the end of the text are the beginning of the secret. */
function begunAtEnd(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(secret.slice(0, length))) return length
  }
  return 0
}

/** Text line by line, control characters as `\x1b`, its end marked. */
export function shown(text: string): string {
  if (text === '') return 'Nothing arrived.'
  const cut = text.length > SHOWN ? text.slice(-SHOWN) : text
  const before = text.length > SHOWN ? ` (the last ${SHOWN} of ${text.length} characters)` : ''
  const lines = cut.split('\n')
  const visible = lines.map((line, index) => {
    return `  ${escapeText(line)}${index < lines.length - 1 ? '\\n' : END}`
  })
  return [`Arrived instead${before}, the end marked ${END}:`, ...visible].join('\n')
}
