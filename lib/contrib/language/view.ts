/** Who reads a text, and what that makes of the people in it. */
import { fold, type Named } from './pieces.js'
import { type Pronouns, they, you } from './pronouns.js'

export interface Actor extends Named {
  readonly pronouns?: Pronouns | undefined
}

/** Somebody who is named, or whoever acts. */
export type Referent = Actor | 'source'

export interface View {
  readonly source: Actor
  readonly sourceIsReader: boolean
  /** Who is 'you'; undefined where nobody is. */
  readonly reader: Actor | undefined
}

/** A part of a text; if it depends on the reader, a function. */
export type Part = string | ((view: View) => string)

/** How somebody appears: as 'you', as the one who acts, or by name. */
export function roleOf(view: View, who: Referent): 'reader' | 'source' | 'other' {
  if (who === 'source') return view.sourceIsReader ? 'reader' : 'source'
  const name = fold(who.name)
  if (view.reader !== undefined && fold(view.reader.name) === name) return 'reader'
  return fold(view.source.name) === name ? 'source' : 'other'
}

/** The pronouns that stand for somebody; undefined where their name, or what was typed, stays. */
export function pronounsFor(view: View, who: Referent): Pronouns | undefined {
  const role = roleOf(view, who)
  if (role === 'reader') return you
  return role === 'source' ? (view.source.pronouns ?? they) : undefined
}
