/**
 * Text that depends on the client's width. Each is a block: it starts on a new line, and so does what follows it.
 */
import { checkNames, InvalidOptionError } from '../../errors.js'
import { sanitize } from '../sanitize.js'
import { textWidth } from '../width.js'
import { styled } from './catalogue.js'
import { InvalidStyleError } from './errors.js'
import type { WrapOptions } from './node.js'
import type { Style } from './style.js'
import { type Content, isStyled, type Styled, styledText, toNode } from './styled.js'

export interface RuleOptions {
  /** What the rule is made of, one character or more; default '-'. */
  readonly sequence?: string | undefined
  /** The style of the rule, but not of its title; default none. */
  readonly style?: Style | undefined
}

/** Makes rules; see `hr`. */
export interface Rule {
  (options?: RuleOptions): Styled
  (title: Content, options?: RuleOptions): Styled
}

/**
 * An `hr` with other defaults, for all rules of a program: `const hr = rules({ sequence: '═', style: blue })`.
 *
 * @throws {InvalidStyleError} if the sequence shows nothing, or the style makes several lines of it.
 * @throws {InvalidOptionError} for options that there are not, and what is no style.
 */
export function rules(defaults: RuleOptions = {}): Rule {
  checkRule('rules()', defaults)
  sequenceOf(defaults)
  return (...args: [(Content | RuleOptions)?, RuleOptions?]) => {
    const [title, options] = isOptions(args[0]) ? [undefined, args[0]] : [args[0], args[1]]
    if (options !== undefined) checkRule('hr()', options)
    return styledText({
      kind: 'rule',
      sequence: toNode(sequenceOf({ ...defaults, ...options })),
      title: title === undefined ? undefined : toNode(title),
    })
  }
}

/**
 * A horizontal rule as wide as the client (80 columns where that is unknown): `hr()`, `hr({ sequence: '=' })`. With a
 * title it has the title in its middle: `hr('Welcome')`, `hr(bold('Welcome'), { sequence: '-=', style: red })`. A title
 * that is too long takes several lines.
 *
 * @throws {InvalidStyleError} if the sequence shows nothing, or the style makes several lines of it.
 */
export const hr: Rule = rules()

function isOptions(value: Content | RuleOptions | undefined): value is RuleOptions {
  return typeof value === 'object' && value !== null && !isStyled(value)
}

function checkRule(where: string, options: RuleOptions): void {
  checkNames(where, options, ['sequence', 'style'])
  const { sequence, style } = options
  if (sequence !== undefined && typeof sequence !== 'string')
    throw new InvalidOptionError(where, 'sequence', sequence, "text, such as '='")
  if (style !== undefined && typeof style !== 'function')
    throw new InvalidOptionError(where, 'style', style, 'a style, such as red')
}

function sequenceOf({ sequence = '-', style = styled }: RuleOptions): Styled {
  const shown = style(sanitize(sequence).replaceAll('\t', ''))
  const text = String(shown)
  if (textWidth(text) === 0 || text.includes('\n')) {
    throw new InvalidStyleError(
      `A rule cannot be made of ${JSON.stringify(sequence)}: expected one or more visible characters, such as '-' or '='.`,
    )
  }
  return shown
}

/** What each option of `wrap` is at least. */
const LEAST = [
  ['width', 1],
  ['indent', 0],
  ['hanging', 0],
] as const
const WRAP_OPTIONS = LEAST.map(([name]) => name)

/**
 * The content with its long lines broken between words, at the client's width or a smaller one. Styles go on behind
 * each break. A line that fits stays as it is.
 *
 * @throws {InvalidStyleError} if the width is not a whole number from 1, or an indentation not one from 0.
 * @throws {InvalidOptionError} for options that there are not.
 */
export function wrap(content: Content, options: WrapOptions = {}): Styled {
  checkNames('wrap()', options, WRAP_OPTIONS)
  for (const [name, least] of LEAST) {
    const given = options[name]
    if (given !== undefined && !(Number.isInteger(given) && given >= least)) {
      throw new InvalidStyleError(
        `Cannot wrap with ${name} ${String(given)}: expected a whole number of columns, ${least} or more.`,
      )
    }
  }
  return styledText({ kind: 'wrap', options: { ...options }, child: toNode(content) })
}
