/**
 * Text that came from someone else must not steer a terminal: here it loses its control characters. Both directions
 * need it, lines that come in (contract rule 14) and plain strings placed into styled text.
 */

// Cc is exactly C0 (U+0000–U+001F), DEL (U+007F) and C1 (U+0080–U+009F).
const CONTROL = /[^\P{Cc}\t]/u
const CONTROLS = /[^\P{Cc}\t]+/gu
const CONTROL_BUT_LINE_FEED = /[^\P{Cc}\t\n]/u
const CONTROLS_BUT_LINE_FEED = /[^\P{Cc}\t\n]+/gu

export interface SanitizeOptions {
  /** Keep LF, so that `\r\n` and `\n` both stay one line break. A CR never stays: it would overwrite its line. */
  lineBreaks?: boolean
}

/**
 * The text without control characters: C0 except TAB, DEL and C1. Only the characters themselves go: what followed
 * an ESC stays, as harmless text. A clean text comes back as the same string.
 */
export function sanitize(text: string, { lineBreaks = false }: SanitizeOptions = {}): string {
  // Nearly all text is clean, and a test costs less than a replace that finds nothing.
  if (lineBreaks) return CONTROL_BUT_LINE_FEED.test(text) ? text.replace(CONTROLS_BUT_LINE_FEED, '') : text
  return CONTROL.test(text) ? text.replace(CONTROLS, '') : text
}
