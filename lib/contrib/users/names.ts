/**
 * Which names people may have, and when two names are the same. A name ends up in everybody's lines, so nobody may look
 * like another, hide behind invisible characters, or push the lines of others about.
 */

import { checkText } from '../../errors.js'
import { isKey, MAX_KEY_LENGTH } from '../../storage/index.js'
import { looksOf } from './confusables.js'

/** Alphabets from which a name may be written, each by itself: letters of two of them look alike. */
const ALPHABETS: readonly RegExp[] = [
  /^[\p{Script=Latin}]+$/u,
  /^[\p{Script=Cyrillic}]+$/u,
  /^[\p{Script=Greek}]+$/u,
  /^[\p{Script=Armenian}]+$/u,
  /^[\p{Script=Georgian}]+$/u,
  /^[\p{Script=Hebrew}]+$/u,
  /^[\p{Script=Arabic}]+$/u,
  /^[\p{Script=Han}\p{scx=Hiragana}\p{scx=Katakana}]+$/u,
  /^[\p{Script=Hangul}\p{Script=Han}]+$/u,
]

/** Some letters are so, too: the fillers of Hangul. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u

/** Shorter words that are reserved look like names of people: an Ali is an "all" to the eye. */
const LEAST_COMPARED = 4

const LAST_CODE_POINT = 0x10ffff

/** Override its methods for other rules. */
export class Names {
  /** Characters at most. */
  longest = 20
  /** Names that would be mistaken for something else, in lower case. */
  reserved: readonly string[] = [
    'admin',
    'all',
    'everybody',
    'everyone',
    'i',
    'me',
    'nobody',
    'system',
    'you',
  ]

  tooLong(): string {
    return `A name has at most ${this.longest} characters.`
  }
  wrongCharacters = 'A name has only letters and digits, single hyphens between them, and a letter first.'
  severalAlphabets = 'All letters of a name must be of one alphabet.'
  notAvailable = 'That name is reserved. Please choose another one.'
  tooSimilar = 'That name looks too much like the name of somebody else. Please choose another one.'

  /** A name as it is kept and shown: whole characters in place of composed, wide and styled ones. */
  normalize(typed: string): string {
    checkText('A name', 'what was typed', typed)
    return typed.normalize('NFKC').trim()
  }

  /** What is wrong with a name, as a sentence for the person; undefined if nothing is. */
  problem(typed: string): string | undefined {
    checkText('A name', 'what was typed', typed)
    // First: a few characters can become many, and a megabyte of them takes its time.
    if (typed.length > 4 * this.longest) return this.tooLong()
    const name = this.normalize(typed)
    if ([...name].length > this.longest) return this.tooLong()
    // No marks: those that remain belong to no letter that there is.
    if (!/^\p{L}[\p{L}\p{Nd}]*(?:-[\p{L}\p{Nd}]+)*$/u.test(name) || /[^\d\P{Nd}]/u.test(name))
      return this.wrongCharacters
    if (INVISIBLE.test(name)) return this.wrongCharacters
    const letters = name.replace(/[\d-]/g, '')
    if (!ALPHABETS.some((alphabet) => alphabet.test(letters))) return this.severalAlphabets
    const key = this.key(name)
    if (this.reserved.includes(fold(name)) || this.#looksReserved(key)) return this.notAvailable
    if (key.length > MAX_KEY_LENGTH) return this.tooLong()
    return isKey(key) ? undefined : this.notAvailable
  }

  #looksReserved(key: string): boolean {
    const looks = this.looks(key)
    const words = this.reserved.filter((word) => word.length >= LEAST_COMPARED)
    return words.some((word) => this.looks(this.key(word)).some((look) => looks.includes(look)))
  }

  /**
   * The key of a name's account. Names that differ only by the case of letters, or in how their characters are composed,
   * have the same one. Letters beyond a to z are written as numbers: `zoë` is `zo_6j_`.
   */
  key(typed: string): string {
    const folded = fold(this.normalize(typed))
    return folded.replace(/[^a-z0-9-]/gu, (character) => `_${codeOf(character)}_`)
  }

  /**
   * The key of the account that somebody means who logs in, or is spoken of; undefined where no account can have it. The
   * rules of `problem` are for new accounts: whoever has one by a name that is reserved by now may still use it.
   */
  keyOfAccount(typed: string): string | undefined {
    checkText('A name', 'what was typed', typed)
    if (typed.length > 4 * MAX_KEY_LENGTH) return undefined
    const key = this.key(typed)
    return isKey(key) ? key : undefined
  }

  /** What the name of a key looks like, in small letters and in capitals. Names that share a look could be mistaken for each other. */
  looks(key: string): readonly string[] {
    return looksOf(unfold(key))
  }
}

/** Without case: `STRASSE`, `straße` and `STRAẞE` are one, and so are both kinds of sigma. */
function fold(name: string): string {
  // To lower case first: a capital ẞ stays one in upper case, where ß becomes SS.
  return name.toLowerCase().toUpperCase().toLowerCase().normalize('NFC').replaceAll('ς', 'σ')
}

function codeOf(character: string): string {
  return (character.codePointAt(0) as number).toString(36)
}

/** The folded name that a key was made of. A key that a program has chosen otherwise stays as it is. */
function unfold(key: string): string {
  return key.replace(/_([0-9a-z]{1,4})_/g, (part, code) => {
    const point = Number.parseInt(code, 36)
    return point <= LAST_CODE_POINT ? String.fromCodePoint(point) : part
  })
}
