/** The tree that styled text is. Nodes are never changed once they are made. */
import type { Paint, Slot } from './look.js'

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'group'; readonly effect: Effect; readonly children: readonly Node[] }
  | RuleNode
  | { readonly kind: 'wrap'; readonly options: WrapOptions; readonly child: Node }

/** What a group does to the look around it. */
export type Effect =
  | { readonly kind: 'keep' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'paint'; readonly slot: Slot; readonly paint: Paint }

export interface RuleNode {
  readonly kind: 'rule'
  /** What is repeated: one line, at least one column wide. */
  readonly sequence: Node
  readonly title: Node | undefined
}

export interface WrapOptions {
  /** The most columns a line takes; never more than the client has. Default: all the client has. */
  readonly width?: number | undefined
  /** Spaces before the first line of every paragraph (text up to a line break); default 0. */
  readonly indent?: number | undefined
  /** Spaces before the other lines of a paragraph; default `indent`. */
  readonly hanging?: number | undefined
}
