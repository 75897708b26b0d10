/**
 * The arguments of a command, as one string that people can read: `'<user:word> <message:text>'`.
 *
 * - `<name>` or `<name:type>` is an argument that must be there. A type is `word` (the default), `text` (all that is left),
 *   `int`, `number`, or a type of the program's own.
 * - `<state:on|off>` is one of these words.
 * - `<users:word,...>` is a list with commas between.
 * - `[name:type]` may be left out. Such arguments come last.
 * - Anything else is a word that must stand there: `'<thing> to <user>'`.
 *
 * A text is read from left to right once, so no input takes more time than its length.
 */
import { InvalidCommandError } from './errors.js'

/** One part of a pattern. */
export type Part =
  | { readonly kind: 'literal'; readonly word: string }
  | {
      readonly kind: 'argument'
      readonly name: string
      /** The type's name; undefined where `choices` says what is allowed. */
      readonly type: string | undefined
      readonly choices: readonly string[] | undefined
      readonly list: boolean
      readonly optional: boolean
    }

const PART = /<([^<>[\]\s]*)>|\[([^<>[\]\s]*)\]|([^<>[\]\s]+)/y
const SPEC = /^([A-Za-z_$][\w$]*)(?::([^,]+?))?(,\.\.\.)?$/
const TAKES_THE_REST = 'text'
/** In words that must stand there: what nobody types, and a regular expression in quotation marks has. */
const OF_REGEXP = /^\^.|\\|\(\?|\.[*+]/

/**
 * @param command whose arguments they are, for errors.
 * @param types names of the types there are, each with whether it takes all that is left.
 * @throws InvalidCommandError saying what is wrong with the pattern.
 */
export function parsePattern(
  pattern: string,
  command: string,
  types: (name: string) => boolean | undefined,
): Part[] {
  const parts: Part[] = []
  const refuse = (why: string): never => {
    throw new InvalidCommandError(command, `its arguments are ${JSON.stringify(pattern)}, but ${why}`)
  }
  PART.lastIndex = 0
  for (let at = skipBlanks(pattern, 0); at < pattern.length; at = skipBlanks(pattern, PART.lastIndex)) {
    PART.lastIndex = at
    const match = PART.exec(pattern)
    if (match === null)
      return refuse(`${JSON.stringify(pattern.slice(at))} is no <name:type>, [name:type] or word`)
    const [, required, optional, word] = match
    if (word !== undefined && OF_REGEXP.test(word))
      return refuse('a regular expression stands between slashes, as in /^(?<thing>.+)$/i')
    if (word !== undefined) parts.push({ kind: 'literal', word })
    else parts.push(argument((required ?? optional) as string, optional !== undefined, refuse))
  }
  check(parts, types, refuse)
  return parts
}

function argument(text: string, optional: boolean, refuse: (why: string) => never): Part {
  const match = SPEC.exec(text)
  if (match === null) return refuse(`${JSON.stringify(text)} is no name with a type, such as user:word`)
  const [, name = '', type = 'word', list] = match
  const choices = type.includes('|') ? type.split('|') : undefined
  if (choices?.includes('')) return refuse(`one of the choices of ${name} is empty`)
  return {
    kind: 'argument',
    name,
    type: choices === undefined ? type : undefined,
    choices,
    list: list !== undefined,
    optional,
  }
}

function check(
  parts: readonly Part[],
  types: (name: string) => boolean | undefined,
  refuse: (why: string) => never,
): void {
  const names = new Set<string>()
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1]
    if (before?.kind === 'argument' && before.optional && !(part.kind === 'argument' && part.optional)) {
      refuse(`[${before.name}] may be left out, and something that may not comes after it`)
    }
    if (part.kind === 'literal') continue
    if (names.has(part.name)) refuse(`two arguments are called ${part.name}`)
    names.add(part.name)
    if (part.type === undefined) continue
    const takesTheRest = types(part.type)
    if (takesTheRest === undefined) {
      refuse(`there is no type ${part.type}; give it in types, or use word, ${TAKES_THE_REST}, int or number`)
    }
    if (takesTheRest && index + 1 < parts.length)
      refuse(`nothing can come after ${part.name}, which takes all that is left`)
    if (takesTheRest && part.list) refuse(`${part.name} takes all that is left, and so can't be a list`)
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at] as string)) at++
  return at
}

/** The pattern as it is shown to people: `<user> <message>`, `on|off`, `[group]`. */
export function syntaxOf(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'literal') return part.word
      const { name, choices, list, optional } = part
      const shown = choices === undefined ? name : choices.join('|')
      return `${optional ? '[' : '<'}${shown}${list ? ', ...' : ''}${optional ? ']' : '>'}`
    })
    .join(' ')
}

/** What a text holds of each argument, as text; undefined where it does not fit. */
export function splitText(
  parts: readonly Part[],
  text: string,
  takesTheRest: (type: string) => boolean,
): Map<string, string | string[]> | undefined {
  const found = new Map<string, string | string[]>()
  const reader = new Reader(text)
  for (const part of parts) {
    if (reader.atEnd) {
      if (part.kind === 'argument' && part.optional) return found
      return undefined
    }
    if (part.kind === 'literal') {
      if (!same(reader.word(), part.word)) return undefined
    } else if (part.list) {
      const items = reader.list()
      if (items === undefined) return undefined
      found.set(part.name, items)
    } else {
      found.set(part.name, part.type !== undefined && takesTheRest(part.type) ? reader.rest() : reader.word())
    }
  }
  return reader.atEnd ? found : undefined
}

/** The choice that a word is, in any case. */
export function choiceOf(choices: readonly string[], word: string): string | undefined {
  return choices.find((choice) => same(choice, word))
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Takes words from the front of a text. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text.trim()
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  word(): string {
    return this.#take(/\S+/y)
  }

  rest(): string {
    const rest = this.#text.slice(this.#at)
    this.#at = this.#text.length
    return rest
  }

  /** `bob, cat,dan`: at least one, and none of them empty. */
  list(): string[] | undefined {
    const items: string[] = []
    for (;;) {
      const item = this.#take(/[^\s,]+/y)
      if (item === '') return undefined
      items.push(item)
      if (this.#text[this.#at] !== ',') return items
      this.#at = skipBlanks(this.#text, this.#at + 1)
    }
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [taken = ''] = pattern.exec(this.#text) ?? []
    this.#at = skipBlanks(this.#text, this.#at + taken.length)
    return taken
  }
}
