/**
 * Verbs in the present tense: 'dance', 'dances'.
 *
 * English has few rules here and fewer exceptions, so no library is needed.
 */
import { checkText } from '../../errors.js'

/** Verbs that follow no rule; those that never change, too. */
const IRREGULAR: Readonly<Record<string, string>> = {
  am: 'is',
  are: 'is',
  be: 'is',
  disco: 'discos',
  have: 'has',
  limbo: 'limbos',
  solo: 'solos',
  stomach: 'stomachs',
  tango: 'tangos',
  were: 'was',
}

/** They have one form for everybody. */
const MODAL: ReadonlySet<string> = new Set(
  'can could may might must shall should will would is was has does'.split(' '),
)

/**
 * The form of a verb that goes with he, she, it and names: 'dance' gives 'dances', 'try' gives 'tries'. A first letter in
 * upper case stays so. What is no word is given back as it is.
 */
export function thirdPersonOf(verb: string): string {
  checkText('thirdPersonOf()', 'verb', verb)
  const lower = verb.toLowerCase()
  if (!/^\p{L}[\p{L}\p{M}-]*$/u.test(lower) || MODAL.has(lower)) return verb
  if (Object.hasOwn(IRREGULAR, lower)) return asWritten(verb, IRREGULAR[lower] as string)
  if (/[^aeiou]y$/.test(lower)) return `${verb.slice(0, -1)}${suffix(verb, 'ies')}`
  if (/[^aeiou]o$|(?:s|x|z|ch|sh)$/.test(lower)) {
    // One vowel before one z doubles it: quiz, whiz.
    return /(?:^|[^aeiou]|qu)[aeiou]z$/.test(lower)
      ? `${verb}${suffix(verb, 'zes')}`
      : `${verb}${suffix(verb, 'es')}`
  }
  return `${verb}${suffix(verb, 's')}`
}

/** The text in upper case where the word before it is. */
function suffix(word: string, text: string): string {
  return word.length > 1 && word === word.toUpperCase() ? text.toUpperCase() : text
}

/** A word in place of another one that was written with or without a capital. */
export function asWritten(written: string, word: string): string {
  return /^\p{Lu}/u.test(written) ? capitalised(word) : word
}

export function capitalised(word: string): string {
  return word.replace(/^./u, (letter) => letter.toUpperCase())
}

/** Verbs that socials are often combined with, in the form after 'I'. */
const COMMON =
  'agree ask believe break bring call care catch come cook cost cry dare do draw dream drink drive eat enjoy enter ' +
  'expect fall feel fight find finish fly follow forget get give go grow guess hate have hear hear help hide hold hope ' +
  'keep know learn leave let lie like listen live lose love make mean meet mind miss move need notice open own pass pay ' +
  'play promise pull push put read realise remember return ride run say see seem sell send show sing sit speak spend ' +
  'start stay stop suppose swim take talk teach tell throw touch travel trust try turn understand use visit wait walk ' +
  'want wear win wish work worry write'

/** Verbs as far as a text can have them: socials and common ones, by both of their forms. */
export class Verbs {
  /** By the form after 'she', the form after 'they'. */
  readonly #plural = new Map<string, string>([
    ['is', 'are'],
    ['was', 'were'],
    ['has', 'have'],
  ])
  readonly #known = new Set<string>(['have'])

  constructor(socials: Iterable<string>) {
    for (const verb of [...socials, ...COMMON.split(' ')]) {
      this.#known.add(verb)
      this.#plural.set(thirdPersonOf(verb), verb)
    }
  }

  /** Whether it is a verb as it is after 'they'. */
  has(word: string): boolean {
    return this.#known.has(word.toLowerCase())
  }

  /** Whether it is a verb as it is after 'she'. */
  isThirdPerson(word: string): boolean {
    return this.#plural.has(word.toLowerCase())
  }

  /** A verb as it is after 'they' or after 'she'. Words that are no known verbs stay as they are. */
  agree(word: string, plural: boolean): string {
    const lower = word.toLowerCase()
    if (lower === 'am') return plural ? 'are' : 'is'
    if (plural) return this.#plural.get(lower) ?? word
    if (lower === 'are' || lower === 'were' || this.#known.has(lower)) return thirdPersonOf(word)
    return word
  }
}
