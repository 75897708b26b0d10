/**
 * Finds in a text what depends on who reads it: verbs of the one who acts, names, and pronouns.
 *
 * This is no grammar of English. It knows the first verb, verbs that go on with it ('smile and wave'), whom a pronoun
 * means, and verbs right behind a subject ('because he is nice'). All else stays as it was typed.
 */
import type { Piece } from './pieces.js'
import { formsOf, PRONOUN_FORMS, type PronounForm, pronoun, they } from './pronouns.js'
import type { Socials } from './socials.js'
import { asWritten, capitalised, thirdPersonOf, type Verbs } from './verbs.js'
import { type Actor, type Part, pronounsFor, type Referent, roleOf } from './view.js'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const FIRST: Readonly<Record<string, PronounForm>> = {
  i: 'subject',
  me: 'object',
  my: 'possessive',
  myself: 'reflexive',
  mine: 'independent',
}
/** After these, a verb that goes on with the first one may follow. */
const GOING_ON = words('and or but then')
/** A clause begins whose subject need not be the one who acts. */
const CLAUSE = words(
  'because as while when whenever where that if unless since until though although who which how why',
)
/** The verb after these stays as it is; so do those that go on with it. */
const BASE = words('will would can could may might must shall should let lets not we you they')
/** What follows is a noun. */
const DETERMINERS = words('a an the this that these those everyone everybody your our her him them us you')
const EVERYBODY = words('everyone everybody')
/** May stand before a verb. Words in -ly may, too. */
const ADVERBS = words('also always even just never often only really still then too very')
/** After these words, 'her' is no possessive: 'kiss her and leave'. */
const AFTER_OBJECT = words(
  'a about after again alone an and as at away back because before but by down for from goodbye goodnight hello how if in ' +
    'into is like my now of off on or out over so softly some that the then these this those through to today tonight too ' +
    'up upon was well when where while who why with your',
)
const CONTRACTIONS: Readonly<Record<string, string>> = { m: 'be', s: 'be', re: 're', ve: 'have' }

const isAdverb = (word: string): boolean => ADVERBS.has(word) || /..ly$/.test(word)

export function parse<P extends Actor>(pieces: readonly Piece<P>[], socials: Socials, verbs: Verbs): Part[] {
  return new Parser(pieces, socials, verbs).parse()
}

class Parser<P extends Actor> {
  readonly #pieces: readonly Piece<P>[]
  readonly #socials: Socials
  readonly #verbs: Verbs
  readonly #parts: Part[] = []
  /** Whom a pronoun means: the last one named whose pronoun it is. */
  readonly #meant = new Map<string, P>()
  /** The last run of adverbs that was looked at, with blanks between them: where it begins, and what stands behind it. */
  #adverbs = { from: 0, to: 0 }
  /** Quotation marks that are known to have no end. */
  readonly #unclosed = new Set<string>()
  /** A verb here goes on with what the one who acts does. */
  #goesOn = true
  /** Verbs stay as they are: 'want to dance'. */
  #base = false
  /** The subject is, or may be, somebody else: 'me' is no 'myself' there. */
  #otherSubject = false

  constructor(pieces: readonly Piece<P>[], socials: Socials, verbs: Verbs) {
    this.#pieces = pieces
    this.#socials = socials
    this.#verbs = verbs
  }

  parse(): Part[] {
    let at = this.#firstVerb()
    while (at < this.#pieces.length) at = this.#next(at)
    return this.#parts
  }

  /** The first word, with its preposition where a person follows. Returns what is next. */
  #firstVerb(): number {
    const verb = this.#lower(0)
    if (!this.#verbs.has(verb)) return 0
    this.#parts.push((view) => (view.sourceIsReader ? verb : thirdPersonOf(verb)))
    this.#goesOn = false
    const preposition = Object.hasOwn(this.#socials, verb) ? this.#socials[verb] : ''
    if (preposition && this.#isBlank(1) && this.#isPerson(2)) this.#parts.push(` ${preposition}`)
    return 1
  }

  /** Reads one piece, or several that belong together. Returns what is next. */
  #next(at: number): number {
    const { text, word, person } = this.#pieces[at] as Piece<P>
    if (text === '"' || text === '“') return this.#quoted(at, text === '"' ? '"' : '”')
    if (!word) return this.#punctuation(at, text)
    if (person !== undefined) return this.#name(at, person)
    const lower = text.toLowerCase()
    if (Object.hasOwn(FIRST, lower)) return this.#firstPerson(at, FIRST[lower] as PronounForm)
    const who = this.#whoIs(lower)
    if (who !== undefined) return this.#pronoun(at, who)
    if (lower === 'am') this.#parts.push(this.#agreeing('source', text))
    else if (this.#goesOn && !this.#base && this.#verbs.has(lower)) this.#verb(text)
    else this.#parts.push(text)
    this.#noteWord(at, lower)
    return at + 1
  }

  /** What is quoted was said like that. */
  #quoted(at: number, end: string): number {
    const close = this.#unclosed.has(end) ? this.#pieces.length : this.#find(end, at + 1)
    const isClosed = close < this.#pieces.length
    if (!isClosed) this.#unclosed.add(end)
    const next = isClosed ? close + 1 : at + 1
    for (const piece of this.#pieces.slice(at, next)) this.#parts.push(piece.text)
    return next
  }

  /** Where a piece is from `from` on; the end where there is none. Each search begins behind the one before. */
  #find(text: string, from: number): number {
    let at = from
    while (at < this.#pieces.length && this.#pieces[at]?.text !== text) at += 1
    return at
  }

  #punctuation(at: number, text: string): number {
    this.#parts.push(text)
    if (/[.!?;,]/.test(text)) {
      this.#goesOn = true
      this.#base = false
    }
    return at + 1
  }

  /** A verb that goes on with what the one who acts does. */
  #verb(text: string): void {
    this.#parts.push((view) => (view.sourceIsReader ? text : thirdPersonOf(text)))
    this.#otherSubject = false
  }

  #noteWord(at: number, lower: string): void {
    if (CLAUSE.has(lower)) this.#otherSubject = true
    if (BASE.has(lower) || (lower === 'to' && this.#isInfinitive(at))) this.#base = true
    if (GOING_ON.has(lower)) this.#goesOn = true
    else if (!isAdverb(lower)) this.#goesOn = false
  }

  /** Whether a verb follows 'to', as far as can be told: nobody is named, and no noun begins. */
  #isInfinitive(at: number): boolean {
    const next = this.#pieces[this.#pastAdverbs(at + 2)]
    if (next === undefined || !next.word || next.person !== undefined) return false
    const lower = next.text.toLowerCase()
    return !DETERMINERS.has(lower) && !Object.hasOwn(FIRST, lower) && this.#whoIs(lower) === undefined
  }

  // --- People

  #name(at: number, person: P): number {
    this.#remember(person)
    if (this.#apostrophe(at) === 's') {
      this.#put(at, person, 'possessive', `${person.name}${this.#text(at + 1)}${this.#text(at + 2)}`)
      this.#goesOn = false
      return at + 3
    }
    const verb = this.#verbAfter(at, (word) => this.#verbs.isThirdPerson(word))
    const own: PronounForm = this.#otherSubject ? 'object' : 'reflexive'
    this.#parts.push((view) => {
      const role = roleOf(view, person)
      const form = verb !== undefined ? 'subject' : role === 'source' || view.sourceIsReader ? own : 'object'
      const set = pronounsFor(view, person)
      return set === undefined ? person.name : this.#atStart(at, set[form])
    })
    return this.#afterSubject(at, person, verb)
  }

  #firstPerson(at: number, form: PronounForm): number {
    const own = form === 'object' && !this.#otherSubject ? 'reflexive' : form
    const verb =
      form === 'subject' ? this.#verbAfter(at, (word) => this.#verbs.has(word) || isBe(word)) : undefined
    this.#put(at, 'source', own, this.#text(at))
    if (form !== 'subject') {
      this.#goesOn = false
      return at + 1
    }
    const next = this.#afterSubject(at, 'source', verb)
    this.#otherSubject = false
    return next
  }

  #remember(person: P): void {
    const set = person.pronouns ?? they
    for (const form of PRONOUN_FORMS) this.#meant.set(pronoun(set, form).toLowerCase(), person)
    if (set.plural) this.#meant.set('themself', person)
  }

  /** The person whom a word in the third person means, and its possible forms. */
  #whoIs(lower: string): { who: Referent; forms: PronounForm[] } | undefined {
    const person = this.#meant.get(lower)
    if (person !== undefined) return { who: person, forms: formsOf(person.pronouns ?? they, lower) }
    // Somebody who smiles at herself, where nobody else is named, is the one who smiles.
    const isReflexive = /^(?:him|her|it|one)self$|^them(?:selves|self)$/.test(lower)
    return isReflexive ? { who: 'source', forms: ['reflexive'] } : undefined
  }

  #pronoun(at: number, { who, forms }: { who: Referent; forms: PronounForm[] }): number {
    const verb = forms.includes('subject')
      ? this.#verbAfter(at, (word) => this.#verbs.has(word) || this.#verbs.isThirdPerson(word) || isBe(word))
      : undefined
    const form = this.#formOf(at, forms, verb !== undefined || this.#apostrophe(at) !== undefined)
    this.#put(at, who, form, this.#text(at))
    if (form === 'subject') return this.#afterSubject(at, who, verb)
    this.#goesOn = false
    return at + 1
  }

  /** Which of several forms a word is here. */
  #formOf(at: number, forms: readonly PronounForm[], verbFollows: boolean): PronounForm {
    if (forms.includes('subject') && (verbFollows || forms.length === 1)) return 'subject'
    const rest = forms.filter((form) => form !== 'subject')
    if (!rest.includes('possessive')) return rest[0] as PronounForm
    const next = this.#isBlank(at + 1) ? this.#pieces[at + 2] : undefined
    const possesses =
      next?.word === true && next.person === undefined && !AFTER_OBJECT.has(next.text.toLowerCase())
    if (possesses) return 'possessive'
    return rest.find((form) => form !== 'possessive') ?? 'possessive'
  }

  // --- Verbs behind a subject

  /** Where the verb is that follows a subject, adverbs apart. */
  #verbAfter(at: number, isVerb: (word: string) => boolean): number | undefined {
    const next = this.#pastAdverbs(at + 2)
    const isNamed = this.#pieces[next]?.person !== undefined
    return this.#isBlank(next - 1) && !isNamed && isVerb(this.#lower(next)) ? next : undefined
  }

  #pastAdverbs(at: number): number {
    // Somebody may be called as an adverb is, such as Billy: each of their names in a row would be followed by all others.
    const { from, to } = this.#adverbs
    if (at > from && at <= to && (to - at) % 2 === 0) return to
    let next = at
    while (this.#isBlank(next - 1) && isAdverb(this.#lower(next))) next += 2
    this.#adverbs = { from: at, to: next }
    return next
  }

  /** Writes what follows a subject, up to its verb. Returns what is next. */
  #afterSubject(at: number, who: Referent, verb: number | undefined): number {
    this.#goesOn = false
    const typed = this.#lower(at)
    this.#base = typed === 'they' || (this.#base && verb === undefined)
    const contraction = this.#apostrophe(at)
    if (contraction !== undefined && Object.hasOwn(CONTRACTIONS, contraction)) {
      this.#parts.push(this.#contracted(who, CONTRACTIONS[contraction] as string, this.#text(at + 2)))
      this.#otherSubject = true
      return at + 3
    }
    if (verb === undefined) {
      // 'bob watching', 'bob and cat dance'
      const next = this.#isBlank(at + 1) ? this.#lower(at + 2) : ''
      if (this.#verbs.has(next)) this.#base = true
      if (this.#verbs.has(next) || /ing$/.test(next)) this.#otherSubject = true
      return at + 1
    }
    for (let between = at + 1; between < verb; between += 1) this.#parts.push(this.#text(between))
    this.#parts.push(this.#agreeing(who, this.#text(verb)))
    this.#otherSubject = true
    return verb + 1
  }

  /** A verb whose subject is this person. */
  #agreeing(who: Referent, typed: string): Part {
    return (view) => {
      const set = pronounsFor(view, who)
      return set === undefined ? typed : this.#verbs.agree(typed, set.plural === true)
    }
  }

  /** The end of 'he's', 'I've'. */
  #contracted(who: Referent, verb: string, typed: string): Part {
    return (view) => {
      const set = pronounsFor(view, who)
      if (set === undefined) return `'${typed}`
      if (set.plural) return verb === 'have' ? "'ve" : "'re"
      return "'s"
    }
  }

  // --- Pieces

  /** A pronoun in place of what was typed, which stays where the view asks for none. */
  #put(at: number, who: Referent, form: PronounForm, typed: string): void {
    const isLowerCase = this.#lower(at) === 'i' || this.#pieces[at]?.person !== undefined
    this.#parts.push((view) => {
      const set = pronounsFor(view, who)
      if (set === undefined) return typed
      const text = pronoun(set, form)
      return isLowerCase ? this.#atStart(at, text) : asWritten(this.#text(at), text)
    })
  }

  /** With a capital at the start of a sentence. */
  #atStart(at: number, text: string): string {
    const before = this.#isBlank(at - 1) ? this.#text(at - 2) : ''
    return /^[.!?]$/.test(before) ? capitalised(text) : text
  }

  #text(at: number): string {
    return this.#pieces[at]?.text ?? ''
  }

  #lower(at: number): string {
    return this.#text(at).toLowerCase()
  }

  #isBlank(at: number): boolean {
    return /^\s/.test(this.#text(at))
  }

  #isPerson(at: number): boolean {
    const lower = this.#lower(at)
    if (this.#pieces[at]?.person !== undefined) return true
    return lower === 'me' || lower === 'myself' || EVERYBODY.has(lower) || this.#whoIs(lower) !== undefined
  }

  /** What follows an apostrophe right behind a word: 's' in 'he's'. */
  #apostrophe(at: number): string | undefined {
    return /^['’]$/.test(this.#text(at + 1)) && this.#pieces[at + 2]?.word ? this.#lower(at + 2) : undefined
  }
}

function isBe(word: string): boolean {
  return word === 'am' || word === 'are' || word === 'were' || word === 'is' || word === 'was'
}
