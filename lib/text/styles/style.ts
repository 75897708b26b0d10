/** A style is a function that gives its style to text. It is called with parts, or as the tag of a template. */
import { InvalidOptionError } from '../../errors.js'
import type { Effect, Node } from './node.js'
import { type Content, type Styled, styledText, toNode } from './styled.js'

export interface Style {
  /** As a tag: bold`Hello ${red(name)}`. */
  (template: TemplateStringsArray, ...values: Content[]): Styled
  /** Called with parts, which follow one another without a space: `bold('Hello ', red(name))`. */
  (...parts: Content[]): Styled
}

export function makeStyle(effect: Effect): Style {
  return (...args: unknown[]) => styledText({ kind: 'group', effect, children: nodesOf(args) })
}

/** Several styles as one: `compose(bold, red)(text)` is `bold(red(text))`. @throws {InvalidOptionError} for what is no style. */
export function compose(...styles: Style[]): Style {
  for (const style of styles) {
    if (typeof style !== 'function')
      throw new InvalidOptionError(
        'compose()',
        'style',
        style,
        'styles, one after another, such as bold, red',
      )
  }
  return (...args: unknown[]) => {
    const inside = styledText({ kind: 'group', effect: { kind: 'keep' }, children: nodesOf(args) })
    return styles.reduceRight((content, style) => style(content), inside)
  }
}

function nodesOf(args: unknown[]): Node[] {
  const [first, ...values] = args
  if (!isTemplate(first)) return (args as Content[]).map(toNode)
  const nodes: Node[] = []
  // A tag gets undefined for a literal with a malformed escape such as `\u`; then its raw text is used.
  for (const [index, text] of first.entries()) {
    nodes.push(toNode(text ?? (first.raw[index] as string)))
    if (index < values.length) nodes.push(toNode(values[index] as Content))
  }
  return nodes
}

function isTemplate(value: unknown): value is TemplateStringsArray {
  return Array.isArray(value) && 'raw' in value
}
