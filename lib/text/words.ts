/** English words for durations and lists, as programs show them to people. */
import { InvalidOptionError } from '../errors.js'
import { styled } from './styles/catalogue.js'
import { type Content, isStyled, type Styled } from './styles/styled.js'

const UNITS: readonly [name: string, ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

/**
 * About how long: a duration in its largest whole unit, such as '3 minutes' or '1 day'. Less than a second, or less
 * than nothing (a clock may be set back), is 'a moment'; Infinity is 'forever'. `client.idleInWords` uses it.
 *
 * @throws {InvalidOptionError} if `ms` is not a number.
 */
export function durationInWords(ms: number): string {
  if (typeof ms !== 'number' || Number.isNaN(ms)) {
    throw new InvalidOptionError('durationInWords()', 'ms', ms, 'a number of milliseconds')
  }
  if (ms === Number.POSITIVE_INFINITY) return 'forever'
  for (const [name, size] of UNITS) {
    const count = Math.floor(ms / size)
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'}`
  }
  return 'a moment'
}

/**
 * A list as people write it: 'ann, bob and cat'. Styled items keep their styles; then the list is styled text.
 *
 * @param conjunction the word before the last item.
 * @throws {InvalidOptionError} for what is no list, or no word.
 */
export function listInWords(items: Iterable<string>, conjunction?: string): string
export function listInWords(items: Iterable<Content>, conjunction?: string): string | Styled
export function listInWords(items: Iterable<Content>, conjunction = 'and'): string | Styled {
  if (typeof (items as Iterable<Content> | null)?.[Symbol.iterator] !== 'function') {
    throw new InvalidOptionError('listInWords()', 'items', items, 'a list')
  }
  if (typeof conjunction !== 'string') {
    throw new InvalidOptionError('listInWords()', 'conjunction', conjunction, "a word, such as 'or'")
  }
  const all = [...items]
  const parts = all.flatMap((item, index) => {
    if (index === 0) return [item]
    return [index === all.length - 1 ? ` ${conjunction} ` : ', ', item]
  })
  return parts.some(isStyled) ? styled(...parts) : parts.join('')
}
