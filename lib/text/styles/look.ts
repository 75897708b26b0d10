/**
 * How a piece of text looks, and the SGR sequences (ECMA-48, 8.3.117) that change a terminal from one look to another.
 * A look is a whole state, not a change, so the look after an inner style needs no bookkeeping.
 */

/** What a client can show: 24 bit colours, the 256 or the 16 colour palette, or no escape sequence at all. */
export type ColourDepth = 'true' | 256 | 16 | 'none'

/** The SGR parameters of one attribute, for each depth that has escape sequences. */
export type Paint = { readonly [depth in Exclude<ColourDepth, 'none'>]: string }

const SLOTS = [
  'foreground',
  'background',
  'bold',
  'dim',
  'italic',
  'underline',
  'inverse',
  'strikethrough',
] as const

/** Two paints in one slot exclude each other; paints in different slots add up. */
export type Slot = (typeof SLOTS)[number]

export type Look = { readonly [slot in Slot]?: Paint }

export const UNSTYLED: Look = {}

/**
 * The escape sequence from one look to another; empty if they are the same at this depth.
 *
 * If an attribute must end, all are reset and the others set again: SGR 22 would end bold and dim together, and some
 * terminals lack SGR 23 to 29.
 */
export function transition(from: Look, to: Look, depth: Exclude<ColourDepth, 'none'>): string {
  let ends = false
  const all: string[] = []
  const added: string[] = []
  for (const slot of SLOTS) {
    const before = from[slot]?.[depth]
    const after = to[slot]?.[depth]
    if (after !== undefined) {
      all.push(after)
      if (after !== before) added.push(after)
    } else if (before !== undefined) ends = true
  }
  if (ends) return `\x1b[${['0', ...all].join(';')}m`
  return added.length > 0 ? `\x1b[${added.join(';')}m` : ''
}
