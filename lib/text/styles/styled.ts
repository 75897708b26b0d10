/**
 * Styled text as a value: a small immutable tree, turned into escape sequences only when the client that will see it
 * is known. All text in it is clean: control characters go when a string enters the tree, so no name or message of
 * a user can carry an escape sequence to another's terminal.
 */
import { sanitize } from '../sanitize.js'
import { layOut } from './layout.js'
import type { Paint, Slot } from './look.js'

/** What can stand in styled text. A string is shown as text, its line feeds are line breaks. */
export type Content = string | number | bigint | boolean | Styled

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'group'; readonly effect: Effect; readonly children: readonly Node[] }
  | { readonly kind: 'rule'; readonly pattern: string }
  | { readonly kind: 'wrap'; readonly options: WrapOptions; readonly child: Node }

/** What a group does to the look around it. */
export type Effect =
  | { readonly kind: 'keep' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'paint'; readonly slot: Slot; readonly paint: Paint }

export interface WrapOptions {
  /** The most columns a line takes; never more than the client has. Default: all the client has. */
  readonly width?: number
  /** Spaces before the first line of every paragraph (text up to a line break); default 0. */
  readonly indent?: number
  /** Spaces before the other lines of a paragraph; default `indent`. */
  readonly hanging?: number
}

export class Styled {
  readonly node: Node

  constructor(node: Node) {
    this.node = node
  }

  /** The text without styles, laid out for 80 columns: for logs, and for templates that know no styles. */
  toString(): string {
    return layOut(this.node, 80)
      .map((line) => line.map((run) => run.text).join(''))
      .join('\n')
  }
}

export function isStyled(value: unknown): value is Styled {
  return value instanceof Styled
}

export function toNode(content: Content): Node {
  if (isStyled(content)) return content.node
  return { kind: 'text', text: sanitize(String(content), { lineBreaks: true }) }
}
