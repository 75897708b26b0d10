/**
 * Where to break lines that are too long for the terminal. It works on offsets, so that styled text, which keeps its
 * styles apart from its characters, can be cut at the same places.
 */
import { graphemes, textWidth } from './width.js'

/** Offsets of one line in the text that is broken: from `start` up to, not including, `end`. */
export interface Slice {
  readonly start: number
  readonly end: number
}

export interface BreakOptions {
  /** Columns a line may take, its indentation included. */
  width: number
  /** Columns kept free before the first line; default 0. */
  indent?: number
  /** Columns kept free before every other line; default `indent`. */
  hanging?: number
}

// White space where a line may be broken: neither the no-break spaces nor the figure space U+2007.
const WORDS = /[^\t \u1680\u2000-\u2006\u2008-\u200b\u205f\u3000]+/g

/**
 * Breaks one line (a text without line breaks) between words. White space at a break is dropped; all other white space
 * stays. A text that fits is not broken. A word wider than a line starts where the text before it ends and is broken
 * between graphemes; so is text written without spaces, such as Chinese.
 *
 * No line takes more than `width` columns, unless a single grapheme does.
 */
export function breakLine(text: string, { width, indent = 0, hanging = indent }: BreakOptions): Slice[] {
  if (indent + textWidth(text, indent) <= width) return [{ start: 0, end: text.length }]

  const slices: Slice[] = []
  let start = 0 // of the line being filled
  let end = 0 // after what it holds so far
  let column = indent // where `end` is on the terminal

  function breakBefore(offset: number): void {
    slices.push({ start, end })
    startAt(offset, hanging)
  }

  function startAt(offset: number, atColumn: number): void {
    start = end = offset
    column = atColumn
  }

  /** Takes what lies between `end` and `to`, if it fits with `extra` columns more. */
  function take(to: number, extra = 0): boolean {
    const wide = textWidth(text.slice(end, to), column)
    if (column + wide + extra > width) return false
    column += wide
    end = to
    return true
  }

  for (const { 0: word, index } of text.matchAll(WORDS)) {
    const after = index + word.length
    if (take(after)) continue

    const wide = textWidth(word)
    if (end > start && hanging + wide <= width) {
      breakBefore(index)
      take(after)
      continue
    }

    const parts = graphemes(word)
    if (end === start) startAt(index, column)
    else if (!take(index, textWidth(parts[0] as string))) breakBefore(index)
    for (const part of parts) {
      const partWide = textWidth(part)
      if (end > start && column + partWide > width) breakBefore(end)
      end += part.length
      column += partWide
    }
  }

  take(text.length)
  slices.push({ start, end })
  return slices
}

/** A paragraph as lines, with their indentation. White space of any kind and length in it is one space. */
export function wrapText(text: string, options: BreakOptions): string[] {
  const { indent = 0, hanging = indent } = options
  const paragraph = text.trim().split(/\s+/).join(' ')
  if (paragraph === '') return []
  return breakLine(paragraph, options).map(({ start, end }, index) => {
    return ' '.repeat(index === 0 ? indent : hanging) + paragraph.slice(start, end)
  })
}
