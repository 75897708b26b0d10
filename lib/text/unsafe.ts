/**
 * The characters that can make a terminal or an editor show something other than the text: the one list of them, as
 * parts of regular expression classes. `sanitize` removes them, `escapeText` makes them visible.
 */

/** C0 without TAB and LF, which each user of the list decides on. */
export const C0 = '\\x00-\\x08\\x0b-\\x1f'
/** DEL and C1. Some terminals obey C1 as they obey ESC sequences; U+0085 is a line break. */
export const C1 = '\\x7f-\\x9f'
/**
 * Line and paragraph separator; then the embeddings, overrides and isolates of the bidirectional algorithm (UAX #9),
 * which reorder the text behind them (CVE-2021-42574).
 */
export const SEPARATORS_AND_BIDI = '\\u2028-\\u202e\\u2066-\\u2069'
/**
 * The implicit directional marks ALM, LRM and RLM. They act as an invisible letter and reorder no more than a visible
 * one does, and Arabic and Hebrew need them beside Latin text and punctuation. So they stay in what people write to
 * each other; a log and an error message, which must show exactly what is there, make them visible.
 */
export const MARKS = '\\u061c\\u200e\\u200f'
