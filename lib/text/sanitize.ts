/**
 * Removes from other people's text what could control a terminal. Needed in both directions: for lines that come in
 * (contract rule 14), and for plain strings placed into styled text.
 */
import { checkText } from '../errors.js'
import { C0, C1, SEPARATORS_AND_BIDI } from './unsafe.js'

const UNSAFE = `${C0}${C1}${SEPARATORS_AND_BIDI}`
const ONE = new RegExp(`[\\n${UNSAFE}]`)
const ALL = new RegExp(`[\\n${UNSAFE}]+`, 'g')
const ONE_BUT_LINE_FEED = new RegExp(`[${UNSAFE}]`)
const ALL_BUT_LINE_FEED = new RegExp(`[${UNSAFE}]+`, 'g')

interface SanitizeOptions {
  /** Keep LF, so that `\r\n` and `\n` both stay one line break. A CR never stays: it would overwrite its line. */
  lineBreaks?: boolean
}

/**
 * The text without control characters (C0 except TAB, DEL, C1), line separators (U+2028, U+2029) and bidirectional
 * controls (U+202A to U+202E, U+2066 to U+2069). Only the characters themselves go: what followed an ESC stays, as
 * harmless text. A clean text comes back as the same string.
 *
 * @throws InvalidOptionError for what is no text, such as bytes: they would come back as they are.
 */
export function sanitize(text: string, { lineBreaks = false }: SanitizeOptions = {}): string {
  checkText('sanitize()', 'text', text)
  // Nearly all text is clean, and a test costs less than a replace that finds nothing.
  if (lineBreaks) return ONE_BUT_LINE_FEED.test(text) ? text.replace(ALL_BUT_LINE_FEED, '') : text
  return ONE.test(text) ? text.replace(ALL, '') : text
}
