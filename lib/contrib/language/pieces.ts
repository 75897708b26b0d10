/** A text in pieces, and the people who are named in it. */

export interface Named {
  readonly name: string
}

export interface Piece<P extends Named = Named> {
  readonly text: string
  /** A run of letters, digits and underscores; also a name, whatever it is made of. */
  readonly word: boolean
  /** Who is named here. */
  readonly person?: P | undefined
}

/** Code units from which on accents stay as they are encoded: to sort those of one letter takes the square of their number. */
const TOO_LONG = 1_000

/** Names are compared like this: without case, whichever way their accents are encoded. */
export function fold(text: string): string {
  return (text.length < TOO_LONG ? text.normalize('NFC') : text).toLowerCase()
}

/** Words, runs of blanks, and all other characters one by one. */
function split(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}_]+|\s+|./gsu) ?? []
}

const WORD = /^[\p{L}\p{M}\p{N}_]/u

/** People by the first piece of their names, those with the longest names first. */
export class People<P extends Named> {
  readonly #byStart = new Map<string, { readonly person: P; readonly pieces: readonly string[] }[]>()

  constructor(people: Iterable<P>) {
    for (const person of people) {
      const pieces = split(fold(person.name.trim()))
      const [start] = pieces
      if (start === undefined) continue
      const others = this.#byStart.get(start)
      if (others === undefined) this.#byStart.set(start, [{ person, pieces }])
      else others.push({ person, pieces })
    }
    for (const sameStart of this.#byStart.values())
      sameStart.sort((a, b) => b.pieces.length - a.pieces.length)
  }

  /**
   * A text in pieces.
   *
   * @param isVerb whether its first word, in lower case, says what is done; then it is no name.
   */
  read(text: string, isVerb: (word: string) => boolean): Piece<P>[] {
    const raw = split(text.trim())
    const folded = raw.map(fold)
    const pieces: Piece<P>[] = []
    for (let at = 0; at < raw.length; ) {
      const found = at === 0 && isVerb(folded[0] as string) ? undefined : this.#at(folded, at)
      const length = found?.pieces.length ?? 1
      const piece = raw.slice(at, at + length).join('')
      pieces.push({ text: piece, word: found !== undefined || WORD.test(piece), person: found?.person })
      at += length
    }
    return pieces
  }

  #at(folded: readonly string[], at: number) {
    return this.#byStart
      .get(folded[at] as string)
      ?.find(({ pieces }) => pieces.every((piece, index) => folded[at + index] === piece))
  }
}
