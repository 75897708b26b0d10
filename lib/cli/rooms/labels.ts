/** How rooms and exits are called in a drawing. Files may hold any text, so nothing here is shown as it stands there. */
import type { RoomPlan } from '../../contrib/rooms/plan.js'
import { escapeText } from '../../text/escape.js'
import { sanitize } from '../../text/sanitize.js'
import { graphemes, textWidth } from '../../text/width.js'
import type { ListedExit } from './map.js'

/** In one line, without anything that a terminal obeys. */
function oneLine(text: string): string {
  const clean = sanitize(text.replace(/\s/g, ' ')).replace(/\p{Surrogate}/gu, '\ufffd')
  return clean.replace(/ {2,}/g, ' ').trim()
}

/** What a room is called: its name, or else its key. */
export function nameOf({ name, key }: RoomPlan): string {
  return oneLine(name) || escapeText(key)
}

/** At most so many columns of a text; an ellipsis where something was cut off. */
export function cut(text: string, width: number): string {
  // A name may be as long as a book.
  const beginning = text.slice(0, 20 * width)
  if (beginning === text && textWidth(text) <= width) return text
  let kept = ''
  let columns = 0
  for (const character of graphemes(beginning)) {
    const wide = textWidth(character)
    if (columns + wide > width - 1) return `${kept.trimEnd()}…`
    kept += character
    columns += wide
  }
  return kept.length < text.length ? `${kept}…` : kept
}

const SAYS = 40

/** Where an exit that is no line leads: `up to The attic`. */
export function whereTo({ direction, target, to, says, isOneWay, isGuarded }: ListedExit): string {
  const notes = [...(isOneWay ? ['one way'] : []), ...(isGuarded ? ['guarded'] : [])]
  const suffix = notes.length === 0 ? '' : ` (${notes.join(', ')})`
  const way = cut(escapeText(direction), 12)
  if (to !== undefined) return `${way} to ${cut(nameOf(to), SAYS)}${suffix}`
  if (target !== undefined) return `${way} to ${cut(escapeText(target), SAYS)}, which is not defined${suffix}`
  return says === undefined
    ? `${way} to nowhere${suffix}`
    : `${way} says: ${cut(oneLine(says), SAYS)}${suffix}`
}
