/** Text that arrived, as an error message shows it: bounded, harmless, without secrets. */
import { escapeText } from '../text/escape.js'
import { sanitize } from '../text/sanitize.js'

/** Characters of what arrived that a message shows; the last ones say most. */
export const SHOWN = 600

const REPLACED = '[secret]'

/** Marks where the text ends: blanks before it can be seen. */
const END = '◀'

/** So many characters of a secret's beginning are taken for the secret: it may have been cut off. */
const CUT_OFF = 4
/** At the end of a text they need only be so many: the rest may not have come yet. */
const BEGUN = 3

/** What must not be shown of a line that is secret: it comes back without its line end, blanks or control characters. */
export function secretsOf(line: string): string[] {
  const parts = line.split(/[\r\n]+/).flatMap((part) => [part.trim(), sanitize(part).trim()])
  return [...new Set(parts)].filter((part) => part !== '')
}

/**
 * Every secret in a text replaced, whole or cut off.
 *
 * @param before what came before the text and is not shown: a secret may have begun there.
 */
export function withoutSecrets(text: string, secrets: Iterable<string>, before = ''): string {
  const all = before + text
  const hidden = [...secrets].flatMap((secret) => placesOf(secret, all)).sort(([a], [b]) => a - b)
  let clean = ''
  let at = before.length
  for (const [from, to] of hidden) {
    if (to <= at) continue
    // Places that overlap are hidden as one.
    if (from >= at || clean === '') clean += all.slice(at, from) + REPLACED
    at = to
  }
  return clean + all.slice(at)
}

/** Where a secret is in a text, or its beginning: from here, up to there. */
function placesOf(secret: string, text: string): [from: number, to: number][] {
  const places: [number, number][] = []
  if (secret === '') return places
  const first = secret.charAt(0)
  for (let from = text.indexOf(first); from !== -1; from = text.indexOf(first, from + 1)) {
    let to = from + 1
    while (to < text.length && to - from < secret.length && text[to] === secret[to - from]) to += 1
    const least = Math.min(secret.length, to === text.length ? BEGUN : CUT_OFF)
    if (to - from >= least) places.push([from, to])
  }
  return places
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
