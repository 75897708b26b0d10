/**
 * Turns the tree into lines. A line is a list of runs, and a run is text of one look. Colours are still those that the
 * program gave; widths are those of the client.
 */
import { graphemes, textWidth } from '../width.js'
import { breakLine, type Slice } from '../wrap.js'
import { type Look, UNSTYLED } from './look.js'
import type { Effect, Node, RuleNode, WrapOptions } from './node.js'

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

/** The lines so far. Text continues the last one; a block, such as a rule, has lines of its own. */
class Page {
  readonly lines: Run[][] = [[]]
  #afterBlock = false

  text(text: string, look: Look): void {
    if (text === '') return
    // A line break directly after a block ends the block's last line; it does not add an empty one.
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
      page.block(ruleLines(node, columns, look))
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

/** A rule of one line; with a title, a line for each of the title's, the title in its middle. */
function ruleLines({ sequence, title }: RuleNode, columns: number, look: Look): Line[] {
  const [pattern = []] = layOut(sequence, columns, look)
  if (title === undefined) return [filled(pattern, columns)]
  // Where the client has room for it, a space and a column of the rule stand on both sides.
  const lines = wrapped(title, { width: Math.max(1, columns - 4) }, columns, look)
  return lines.map((line) => withTitle(pattern, untabbed(line), columns, look))
}

/** How wide a tab is depends on where it stands, and where the title stands depends on its width. */
function untabbed(line: Line): Line {
  return line.map(({ text, look }) => ({ text: text.replaceAll('\t', ' '), look }))
}

function withTitle(pattern: Line, title: Line, columns: number, look: Look): Line {
  if (title.length === 0) return filled(pattern, columns)
  const room = columns - lineWidth(title)
  if (room < 4) return title
  const left = Math.floor(room / 2)
  const space = { text: ' ', look }
  return [...filled(pattern, left - 1), space, ...title, space, ...filled(pattern, room - left - 1)]
}

/** The pattern repeated; of the last, broken one what still fits. Half a wide character cannot be shown. */
function filled(pattern: Line, columns: number): Line {
  const width = lineWidth(pattern)
  const runs: Run[] = []
  let left = columns
  for (; left >= width; left -= width) runs.push(...pattern)
  for (const { text, look } of pattern) {
    for (const grapheme of graphemes(text)) {
      left -= textWidth(grapheme)
      if (left < 0) return runs
      runs.push({ text: grapheme, look })
    }
  }
  return runs
}

function lineWidth(line: Line): number {
  return textWidth(line.map((run) => run.text).join(''))
}

function wrapped(child: Node, options: WrapOptions, columns: number, look: Look): Line[] {
  const width = Math.min(options.width ?? columns, columns)
  // At least one column stays for the text.
  const indent = Math.min(options.indent ?? 0, width - 1)
  const hanging = Math.min(options.hanging ?? indent, width - 1)
  return layOut(child, width - indent, look).flatMap((line) => {
    const text = line.map((run) => run.text).join('')
    const parts = cut(line, breakLine(text, { width, indent, hanging }))
    return parts.map((part, index) => indented(part, index === 0 ? indent : hanging))
  })
}

function indented(line: Line, columns: number): Line {
  if (columns === 0 || line.length === 0) return line
  return [{ text: ' '.repeat(columns), look: UNSTYLED }, ...line]
}

/** A line in parts. Each run is looked at for those parts only that it is in: there may be thousands of both. */
function cut(line: Line, slices: readonly Slice[]): Line[] {
  // The first run that may be in the next part, and where it begins.
  let first = 0
  let from = 0
  return slices.map(({ start, end }) => {
    for (let run = line[first]; run !== undefined && from + run.text.length <= start; run = line[first]) {
      from += run.text.length
      first += 1
    }
    const part: Run[] = []
    let at = from
    for (let i = first; i < line.length && at < end; i += 1) {
      const { text, look } = line[i] as Run
      const cut = text.slice(Math.max(0, start - at), end - at)
      if (cut !== '') part.push({ text: cut, look })
      at += text.length
    }
    return part
  })
}
