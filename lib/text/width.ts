/**
 * How many columns a text takes on a terminal. That is not its length: an ideograph takes two columns, a combining mark
 * none, and a family emoji of eleven code units two.
 */
import stringWidth from 'string-width'

/** Terminals put their tab stops at every eighth column. */
const TAB_STOP = 8
// Measuring by grapheme is slow (wrapping 500 characters of German took 0.9 ms, and takes 0.02 ms without it). So it is
// skipped for characters of one code unit that never join others: Latin, Greek, Cyrillic, usual punctuation, box drawing.
const NARROW =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u0384-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u203b\u2500-\u259f]*$/
// The same for Chinese, Japanese and Korean.
const WIDE =
  /^[\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]+$/
const LONE_SURROGATES = /\p{Surrogate}/gu

const segmenter = new Intl.Segmenter()

/**
 * Columns that a text without line breaks takes.
 *
 * @param from the column where it starts, 0 for the first; it matters only to texts with tabs.
 */
export function textWidth(text: string, from = 0): number {
  if (!text.includes('\t')) return widthWithoutTabs(text)
  let column = from
  for (const [index, part] of text.split('\t').entries()) {
    if (index > 0) column += TAB_STOP - (column % TAB_STOP)
    column += widthWithoutTabs(part)
  }
  return column - from
}

/** The text's grapheme clusters (UAX #29): what readers see as one character, and what must not be split. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

function widthWithoutTabs(text: string): number {
  if (NARROW.test(text)) return text.length
  if (WIDE.test(text)) return 2 * text.length
  // A lone surrogate is sent as U+FFFD, which takes a column; the library counts none.
  return stringWidth(text.replace(LONE_SURROGATES, '\ufffd'))
}
