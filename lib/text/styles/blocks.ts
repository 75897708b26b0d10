/**
 * Text that depends on the client's width. Each is a block: it starts on a line of its own, and what follows it starts
 * on the next.
 */
import { sanitize } from '../sanitize.js'
import { textWidth } from '../width.js'
import { InvalidStyleError } from './errors.js'
import { type Content, Styled, toNode, type WrapOptions } from './styled.js'

/**
 * A rule as wide as the client.
 *
 * @param pattern what it is made of, one character or more.
 * @throws {InvalidStyleError} if the pattern shows nothing.
 */
export function hr(pattern = '-'): Styled {
  const clean = sanitize(pattern).replaceAll('\t', '')
  if (textWidth(clean) === 0) {
    throw new InvalidStyleError(
      `No rule of ${JSON.stringify(pattern)}: expected a character that can be seen, such as '-' or '='.`,
    )
  }
  return new Styled({ kind: 'rule', pattern: clean })
}

/**
 * The content with its long lines broken between words, at the client's width or a smaller one. Styles go on behind
 * each break. A line that fits stays as it is.
 *
 * @throws {InvalidStyleError} if the width is not a whole number from 1, or an indentation not one from 0.
 */
export function wrap(content: Content, options: WrapOptions = {}): Styled {
  for (const [name, least] of [
    ['width', 1],
    ['indent', 0],
    ['hanging', 0],
  ] as const) {
    const given = options[name]
    if (given !== undefined && !(Number.isInteger(given) && given >= least)) {
      throw new InvalidStyleError(
        `Cannot wrap with ${name} ${String(given)}: expected a whole number of columns, ${least} or more.`,
      )
    }
  }
  return new Styled({ kind: 'wrap', options: { ...options }, child: toNode(content) })
}
