/** What can be expected: text, or a regular expression, or several of them. */
import { InvalidOptionError } from '../errors.js'

export type Pattern = string | RegExp

/** What an expectation found. */
export interface Found {
  /** Which of several alternatives it was. */
  readonly index: number
  /** What matched. */
  readonly text: string
  /** What came before it. */
  readonly before: string
  /** The groups of a regular expression. */
  readonly groups: readonly (string | undefined)[]
  /** Its named groups. */
  readonly named: Readonly<Record<string, string | undefined>>
}

/** One alternative: where it is in a text. */
type Finder = (
  text: string,
) => { readonly at: number; readonly match: RegExpExecArray | [string] } | undefined

/** Alternatives that were checked and can be looked for. */
export class Patterns {
  readonly #patterns: readonly Pattern[]
  readonly #finders: readonly Finder[]

  /** @throws InvalidOptionError for anything but text that is not empty, or regular expressions. */
  constructor(what: Pattern | readonly Pattern[]) {
    this.#patterns = Array.isArray(what) ? what : [what as Pattern]
    if (this.#patterns.length === 0) throw invalid(what)
    this.#finders = this.#patterns.map(finder)
  }

  /** The alternative that is found first in the text; if several begin there, the one that was named first. */
  find(text: string): Found | undefined {
    let best: { at: number; index: number; match: RegExpExecArray | [string] } | undefined
    for (const [index, find] of this.#finders.entries()) {
      const found = find(text)
      if (found !== undefined && (best === undefined || found.at < best.at)) best = { ...found, index }
    }
    if (best === undefined) return undefined
    const { at, index, match } = best
    return {
      index,
      text: match[0],
      before: text.slice(0, at),
      groups: match.slice(1),
      named: { ...('groups' in match ? match.groups : undefined) },
    }
  }

  /** As they are written in a program. */
  describe(): string[] {
    return this.#patterns.map((pattern) =>
      typeof pattern === 'string' ? JSON.stringify(pattern) : String(pattern),
    )
  }
}

function finder(pattern: Pattern): Finder {
  if (typeof pattern === 'string' && pattern !== '') {
    // Line ends are LF in what is searched, however they came.
    const wanted = pattern.replace(/\r\n?/g, '\n')
    return (text) => {
      const at = text.indexOf(wanted)
      return at === -1 ? undefined : { at, match: [wanted] }
    }
  }
  if (!(pattern instanceof RegExp)) throw invalid(pattern)
  // With these flags it would remember where it was, and find nothing the second time.
  const regex = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  return (text) => {
    const match = regex.exec(text)
    return match === null ? undefined : { at: match.index, match }
  }
}

function invalid(what: unknown): InvalidOptionError {
  return new InvalidOptionError('expect()', 'what', what, 'text, a regular expression, or a list of these')
}
