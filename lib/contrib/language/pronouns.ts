/** Pronouns: the four sets that most people use, and sets of a person's own. They are plain data, so a store keeps them. */
import { checkText, InvalidOptionError } from '../../errors.js'

export interface Pronouns {
  /** As in 'she smiles'. */
  readonly subject: string
  /** As in 'at her'. */
  readonly object: string
  /** As in 'her dog'. */
  readonly possessive: string
  /** As in 'at herself'. */
  readonly reflexive: string
  /** Whether verbs after the subject are as in 'they are'; otherwise they are as in 'she is'. */
  readonly plural?: boolean | undefined
}

/** The forms that a set names. */
const NAMED_FORMS = ['subject', 'object', 'possessive', 'reflexive'] as const
/** The forms that a pronoun can have; `independent` is as in 'it is hers'. */
export const PRONOUN_FORMS = [...NAMED_FORMS, 'independent'] as const
export type PronounForm = (typeof PRONOUN_FORMS)[number]

export const he: Pronouns = { subject: 'he', object: 'him', possessive: 'his', reflexive: 'himself' }
export const she: Pronouns = { subject: 'she', object: 'her', possessive: 'her', reflexive: 'herself' }
export const it: Pronouns = { subject: 'it', object: 'it', possessive: 'its', reflexive: 'itself' }
export const they: Pronouns = {
  subject: 'they',
  object: 'them',
  possessive: 'their',
  reflexive: 'themselves',
  plural: true,
}
/** What a reader is called. */
export const you: Pronouns = {
  subject: 'you',
  object: 'you',
  possessive: 'your',
  reflexive: 'yourself',
  plural: true,
}

const SETS: readonly Pronouns[] = [he, she, they, it]

/** Letters, and nothing that could be mistaken for another word or act on a terminal. Kept as it is: sets are saved. */
export const PRONOUN_WORD = /^\p{L}[\p{L}\p{M}]{0,19}$/u

/** Characters of a word that a person chooses: a short one that others type, such as `i`, becomes it in what all read. */
const LONGEST = 12
/** Code units of all words together. */
const LONGEST_SET = 400

/**
 * Pronouns as a person writes them: the subject of a common set ('she'), the beginning of one ('she/her'), or four forms of
 * their own ('xe/xem/xyr/xemself').
 *
 * @returns undefined for text that is neither.
 * @throws InvalidOptionError for what is no text.
 */
export function parsePronouns(text: string): Pronouns | undefined {
  checkText('parsePronouns()', 'text', text)
  // A line of 64 KiB would take seconds, and no four words are that long, however their accents are encoded.
  if (text.length > LONGEST_SET) return undefined
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .split('/')
    .map((word) => word.trim())
  const known = SETS.find((set) => {
    const forms = NAMED_FORMS.map((form) => set[form])
    return words.every((word, index) => word === forms[index])
  })
  if (known !== undefined) return known
  const [subject, object, possessive, reflexive] = words
  const isWord = (word: string): boolean => PRONOUN_WORD.test(word) && [...word].length <= LONGEST
  if (words.length !== 4 || !words.every(isWord)) return undefined
  return { subject, object, possessive, reflexive } as Pronouns
}

/** Pronouns as people write them: 'she/her/her/herself'. @throws InvalidOptionError for what are none. */
export function formatPronouns(pronouns: Pronouns): string {
  checkPronouns('formatPronouns()', 'pronouns', pronouns)
  return NAMED_FORMS.map((form) => pronouns[form]).join('/')
}

/** @throws InvalidOptionError for what lacks a form, as the text 'she' does. */
export function checkPronouns(where: string, name: string, pronouns: Pronouns): void {
  const set = pronouns as Pronouns | null
  if (NAMED_FORMS.every((form) => typeof set?.[form] === 'string')) return
  throw new InvalidOptionError(where, name, pronouns, "a set such as she, or what parsePronouns('she') gives")
}

/** One form of a set. */
export function pronoun(set: Pronouns, form: PronounForm): string {
  if (form !== 'independent') return set[form]
  return set.possessive.endsWith('s') ? set.possessive : `${set.possessive}s`
}

/**
 * The forms that a word can be in a set; several where they look alike, such as 'her'. Case does not matter.
 */
export function formsOf(set: Pronouns, word: string): PronounForm[] {
  const wanted = word.toLowerCase()
  const found = PRONOUN_FORMS.filter((form) => pronoun(set, form).toLowerCase() === wanted)
  return found.length === 0 && set.plural && wanted === 'themself' ? ['reflexive'] : found
}
