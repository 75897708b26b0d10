/**
 * From the tree to lines: each line a list of runs, a run being text of one look. Colours are still what the program
 * asked for; widths are already the client's.
 */
import { graphemes, textWidth } from '../width.js'
import { breakLine, type Slice } from '../wrap.js'
import { type Look, UNSTYLED } from './look.js'
import type { Effect, Node, WrapOptions } from './styled.js'

export interface Run {
  readonly text: string
  readonly look: Look
}

export type Line = readonly Run[]

export function layOut(node: Node, columns: number, look: Look = UNSTYLED): Line[] {
  const page = new Page()
  place(node, columns, look, page)
  return page.lines
}

/** The lines so far. Text goes on in the last one; a block, such as a rule, has its lines for itself. */
class Page {
  readonly lines: Run[][] = [[]]
  #afterBlock = false

  text(text: string, look: Look): void {
    if (text === '') return
    // A break right behind a block ends the block's last line, rather than leave an empty one.
    const rest = this.#afterBlock && text.startsWith('\n') ? text.slice(1) : text
    if (this.#afterBlock) this.lines.push([])
    this.#afterBlock = false
    for (const [index, part] of rest.split('\n').entries()) {
      if (index > 0) this.lines.push([])
      if (part !== '') this.lines.at(-1)?.push({ text: part, look })
    }
  }

  block(lines: readonly Line[]): void {
    const last = this.lines.at(-1)
    if (!this.#afterBlock && last?.length === 0) this.lines.pop()
    for (const line of lines) this.lines.push([...line])
    this.#afterBlock = true
  }
}

function place(node: Node, columns: number, look: Look, page: Page): void {
  switch (node.kind) {
    case 'text':
      page.text(node.text, look)
      break
    case 'group': {
      const inner = applied(node.effect, look)
      for (const child of node.children) place(child, columns, inner, page)
      break
    }
    case 'rule':
      page.block([[{ text: ruleText(node.pattern, columns), look }]])
      break
    case 'wrap':
      page.block(wrapped(node.child, node.options, columns, look))
      break
  }
}

function applied(effect: Effect, look: Look): Look {
  if (effect.kind === 'keep') return look
  return effect.kind === 'reset' ? UNSTYLED : { ...look, [effect.slot]: effect.paint }
}

function ruleText(pattern: string, columns: number): string {
  const times = Math.floor(columns / textWidth(pattern))
  let left = columns - times * textWidth(pattern)
  let text = pattern.repeat(times)
  // Of the last, broken pattern what still fits; half a wide character cannot be shown.
  for (const grapheme of graphemes(pattern)) {
    left -= textWidth(grapheme)
    if (left < 0) break
    text += grapheme
  }
  return text
}

function wrapped(child: Node, options: WrapOptions, columns: number, look: Look): Line[] {
  const width = Math.min(options.width ?? columns, columns)
  // At least one column stays for the text.
  const indent = Math.min(options.indent ?? 0, width - 1)
  const hanging = Math.min(options.hanging ?? indent, width - 1)
  return layOut(child, width - indent, look).flatMap((line) => {
    const text = line.map((run) => run.text).join('')
    return breakLine(text, { width, indent, hanging }).map((slice, index) =>
      indented(cut(line, slice), index === 0 ? indent : hanging),
    )
  })
}

function indented(line: Line, columns: number): Line {
  if (columns === 0 || line.length === 0) return line
  return [{ text: ' '.repeat(columns), look: UNSTYLED }, ...line]
}

function cut(line: Line, { start, end }: Slice): Line {
  const runs: Run[] = []
  let from = 0
  for (const { text, look } of line) {
    const part = text.slice(Math.max(0, start - from), Math.max(0, end - from))
    if (part !== '') runs.push({ text: part, look })
    from += text.length
  }
  return runs
}
