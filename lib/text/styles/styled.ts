/**
 * Styled text as a value: a small immutable tree, turned into escape sequences only when the client that will see it
 * is known. All text in it is clean: unsafe characters go when a string enters the tree, so no name or message of a
 * user can carry an escape sequence to another's terminal.
 */
import { InvalidOptionError } from '../../errors.js'
import { sanitize } from '../sanitize.js'
import { layOut } from './layout.js'
import type { Node } from './node.js'

/** What can stand in styled text. A string is shown as text, its line feeds are line breaks. */
export type Content = string | number | bigint | boolean | Styled

/**
 * Styled text. Put it together with other text by a style, as in styled`${red('a')} and b` or `bold(red('a'), ' and b')`.
 *
 * A string cannot hold a style, so `red('a') + ' and b'` would lose the colour. TypeScript refuses `+` and plain
 * templates for one kind of value only, symbols; so the type says that styled text is one, though it is a plain object.
 * In JavaScript the first `+` of a process warns. `String(text)` gives the text without its styles.
 */
export type Styled = StyledText & symbol

class StyledText {
  readonly node: Node

  constructor(node: Node) {
    this.node = node
  }

  /** The text without styles, laid out for 80 columns: for logs. */
  toString(): string {
    return layOut(this.node, 80)
      .map((line) => line.map((run) => run.text).join(''))
      .join('\n')
  }

  /** `+` asks for no kind of value (the hint is 'default'), `String()` and templates ask for a string. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'default') warnOnce(this[Symbol.toPrimitive])
    return this.toString()
  }
}

export function styledText(node: Node): Styled {
  return new StyledText(node) as Styled
}

export function isStyled(value: unknown): value is Styled {
  return value instanceof StyledText
}

export function toNode(content: Content): Node {
  if (isStyled(content)) return content.node
  // Its source would be shown to people.
  if (typeof content === 'function')
    throw new InvalidOptionError('Styled text', 'text', content, 'no function: call it, as in hr()')
  return { kind: 'text', text: sanitize(String(content), { lineBreaks: true }) }
}

let warned = false

/** @param callee where the stack is cut, so that the warning names the program's line. */
function warnOnce(callee: (hint: string) => string): void {
  if (warned) return
  warned = true
  const at: { stack?: string } = {}
  Error.captureStackTrace(at, callee)
  const place = at.stack?.split('\n')[1]?.trim() ?? 'at an unknown place'
  process.emitWarning(
    `Styled text was joined to other text with +, which loses its style (${place}). ` +
      "Join them by a style, as in styled(name, ' and ', other).",
    { type: 'StyledTextWarning', code: 'MARA_STYLE_LOST' },
  )
}
