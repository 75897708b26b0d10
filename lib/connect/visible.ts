/** Text that arrived, as an error message shows it: bounded, harmless, without secrets. */
import { escapeText } from '../text/escape.js'

/** Characters of what arrived that a message shows; the last ones say most. */
export const SHOWN = 600

/** Marks where the text ends: blanks before it can be seen. */
const END = '◀'

/** Every secret in a text replaced; the longest first, since one may contain another. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const known = [...secrets].filter((secret) => secret !== '').sort((a, b) => b.length - a.length)
  return known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
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
