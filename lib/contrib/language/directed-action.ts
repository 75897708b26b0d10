/**
 * An action as a person types it, turned for whoever reads it: 'dance bob' is 'dance with Bob' to the one who dances,
 * 'dances with you' to Bob, and 'dances with Bob' to all others.
 */
import { checkNames, checkObject, checkText, InvalidOptionError } from '../../errors.js'
import { parse } from './parse.js'
import { fold, People } from './pieces.js'
import { checkPronouns, type Pronouns } from './pronouns.js'
import { type Socials, socials } from './socials.js'
import { Verbs } from './verbs.js'
import type { Part, View } from './view.js'

/** Who can be named in an action. */
export interface Person {
  /** Written like this wherever it appears, however it was typed. */
  readonly name: string
  /** 'they' unless given. */
  readonly pronouns?: Pronouns | undefined
}

export interface DirectedActionOptions {
  /** Verbs and their prepositions, in place of the library's own: `{ ...socials, boogie: 'with' }`. */
  readonly socials?: Socials | undefined
}

/** What was done, for every reader. */
export class DirectedAction<P extends Person = Person> {
  /** Everybody who is named, in that order, each once; the one who acts, too, if the text names them. */
  readonly users: readonly P[]
  readonly #parts: readonly Part[]

  /** @throws InvalidOptionError for wrong types; never for what the text says. */
  constructor(text: string, people: Iterable<P>, options: DirectedActionOptions = {}) {
    const everybody = check(text, people, options)
    const table = options.socials ?? socials
    const verbs = new Verbs(Object.keys(table))
    const pieces = new People(everybody).read(text, (word) => verbs.has(word))
    this.users = [...new Set(pieces.flatMap(({ person }) => person ?? []))]
    this.#parts = parse(pieces, table, verbs)
  }

  /** For the one who acts, to go after 'You': 'dance with Bob'. */
  secondPerson(source: P): string {
    checkPerson('secondPerson()', 'source', source)
    return this.#render({ source, sourceIsReader: true, reader: source })
  }

  /** For `target`, to go after the name of `source`: 'dances with you'. Without a target, for all others. */
  thirdPerson(target: P | undefined, source: P): string {
    if (target !== undefined) checkPerson('thirdPerson()', 'target', target)
    checkPerson('thirdPerson()', 'source', source)
    return this.#render({ source, sourceIsReader: false, reader: target })
  }

  /** The whole sentence as `reader` sees it: 'You dance with Bob', 'Ann dances with you', 'Ann dances with Bob'. */
  seenBy(reader: P, source: P): string {
    checkPerson('seenBy()', 'reader', reader)
    checkPerson('seenBy()', 'source', source)
    if (fold(reader.name) === fold(source.name)) return `You ${this.secondPerson(source)}`
    return `${source.name} ${this.thirdPerson(reader, source)}`
  }

  #render(view: View): string {
    return this.#parts.map((part) => (typeof part === 'string' ? part : part(view))).join('')
  }
}

/**
 * Reads an action. Names are found whatever their case. No text makes it throw.
 *
 * @throws InvalidOptionError
 * @param text begins with a verb: 'smile at bob because he is nice'.
 * @param people everybody who may be named, the one who acts included.
 */
export function directedAction<P extends Person>(
  text: string,
  people: Iterable<P>,
  options?: DirectedActionOptions,
): DirectedAction<P> {
  return new DirectedAction(text, people, options)
}

/** @returns all people, who may come from an iterator, once. */
function check<P extends Person>(text: string, people: Iterable<P>, options: DirectedActionOptions): P[] {
  const where = 'directedAction()'
  checkText(where, 'text', text)
  checkNames(where, options, ['socials'])
  const { socials: table = socials } = options
  checkObject(where, 'socials', table, "verbs with their prepositions, such as { dance: 'with' }")
  // Text is iterable, too: its letters would be the people.
  if (typeof people !== 'object' || typeof people?.[Symbol.iterator] !== 'function')
    throw new InvalidOptionError(where, 'people', people, "a list of people, such as [{ name: 'Ann' }]")
  const everybody = [...people]
  for (const person of everybody) checkPerson(where, 'person', person)
  return everybody
}

function checkPerson(where: string, name: string, person: Person): void {
  if (typeof (person as Person | null | undefined)?.name !== 'string')
    throw new InvalidOptionError(where, name, person, "a person, such as { name: 'Ann', pronouns: she }")
  const { pronouns } = person
  if (pronouns !== undefined) checkPronouns(where, `pronouns of ${name} ${person.name}`, pronouns)
}
