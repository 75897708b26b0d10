/** The last step: turns lines of runs into the string for one client, or for all clients of a kind. */
import { checkObject, InvalidOptionError } from '../../errors.js'
import { layOut } from './layout.js'
import { type ColourDepth, type Look, transition, UNSTYLED } from './look.js'
import type { Node } from './node.js'
import { type Content, toNode } from './styled.js'

export interface RenderOptions {
  /** What the client can show. `'none'` gives the bare text, without escape sequences. */
  depth: ColourDepth
  /** The client's width; at most 1,000. Default 80, also where it is unknown (missing or 0). */
  columns?: number | undefined
}

const DEPTHS: readonly unknown[] = ['none', 16, 256, 'true'] satisfies ColourDepth[]
const DEFAULT_COLUMNS = 80
// A peer may claim any width up to 65,535 (RFC 1073), and every rule would be that long.
const MOST_COLUMNS = 1_000

/**
 * The content as a string for one kind of client. CR LF separates the lines; none follows the last one. Every line ends
 * with all styles reset, so that lines can be stored, cut and shown on their own.
 *
 * @throws {InvalidOptionError} for a depth that there is not.
 */
export function render(content: Content, options: RenderOptions): string {
  checkObject('render()', 'options', options, "an object such as { depth: 'none' }")
  if (!DEPTHS.includes(options.depth)) {
    throw new InvalidOptionError('render()', 'depth', options.depth, `one of these: ${DEPTHS.join(', ')}`)
  }
  return renderNode(toNode(content), options.depth, usableColumns(options.columns))
}

/**
 * One content for many clients, rendered once for each kind of client. Make one for a broadcast, and call `render` for
 * every client.
 */
export class Rendering {
  readonly #node: Node
  readonly #dependsOnColumns: boolean
  readonly #rendered = new Map<string, string>()

  constructor(content: Content) {
    this.#node = toNode(content)
    this.#dependsOnColumns = dependsOnColumns(this.#node)
  }

  /** The same as the function `render`. */
  render({ depth, columns }: RenderOptions): string {
    const usable = this.#dependsOnColumns ? usableColumns(columns) : DEFAULT_COLUMNS
    const key = `${depth} ${usable}`
    let text = this.#rendered.get(key)
    if (text === undefined) {
      text = renderNode(this.#node, depth, usable)
      this.#rendered.set(key, text)
    }
    return text
  }
}

function renderNode(node: Node, depth: ColourDepth, columns: number): string {
  const lines: string[] = []
  for (const line of layOut(node, columns)) {
    let text = ''
    let look: Look = UNSTYLED
    for (const run of line) {
      if (depth !== 'none') text += transition(look, run.look, depth)
      text += run.text
      look = run.look
    }
    if (depth !== 'none') text += transition(look, UNSTYLED, depth)
    lines.push(text)
  }
  return lines.join('\r\n')
}

function usableColumns(columns: number | undefined): number {
  if (columns === undefined || !(columns >= 1)) return DEFAULT_COLUMNS
  return Math.min(Math.trunc(columns), MOST_COLUMNS)
}

function dependsOnColumns(node: Node): boolean {
  if (node.kind === 'group') return node.children.some(dependsOnColumns)
  return node.kind !== 'text'
}
