// Sees TypeScript source as a reader would: what is code, and what is only a comment or the inside of a literal. The
// static checks look for names and calls, and must not take one in a comment or a string for the real thing.

const WORD = /[\w$]+/y
const LINE_COMMENT = /\/\/[^\n]*/y
const BLOCK_COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/y
const STRING = /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/y
const TEMPLATE_TEXT = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(`|\$\{|$)/y

/** A slash after one of these words begins a regular expression; after any other word it divides. */
const BEFORE_REGEX = new Set(
  'await case delete do else in instanceof new of return throw typeof void yield'.split(' '),
)

/**
 * Blanks comments, and the insides of strings, templates and regular expressions. What is left has the length of
 * `source` and its line breaks, so that an offset in one is the same place in the other.
 *
 * It is no parser: a regular expression right after `)` or `}` is taken for divisions. Quotes inside one could then hide
 * the rest of their line.
 */
export function maskSource(source: string): string {
  const masked: string[] = []
  // What each open brace belongs to: after the brace of a `${`, template text goes on.
  const braces: ('code' | 'template')[] = []
  let regexMayFollow = true
  let at = 0

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  const keep = (text: string): void => {
    masked.push(text)
    at += text.length
  }
  const templateText = (): void => {
    const text = take(TEMPLATE_TEXT) ?? ''
    const opensCode = text.endsWith('${')
    const end = opensCode ? 2 : 1
    keep(blank(text.slice(0, -end)) + text.slice(-end))
    if (opensCode) braces.push('template')
    regexMayFollow = opensCode
  }

  while (at < source.length) {
    const char = source.charAt(at)
    const comment = char === '/' ? (take(LINE_COMMENT) ?? take(BLOCK_COMMENT)) : undefined
    const regex = char === '/' && comment === undefined && regexMayFollow ? take(REGEX) : undefined
    const string = take(STRING)
    const word = take(WORD)
    if (comment !== undefined) {
      keep(blank(comment))
    } else if (regex !== undefined) {
      keep(`/${blank(regex.slice(1))}`)
      regexMayFollow = false
    } else if (string !== undefined) {
      keep(string.charAt(0) + blank(string.slice(1, -1)) + string.charAt(0))
      regexMayFollow = false
    } else if (word !== undefined) {
      keep(word)
      regexMayFollow = BEFORE_REGEX.has(word)
    } else if (char === '`') {
      keep(char)
      templateText()
    } else if (char === '}' && braces.pop() === 'template') {
      keep(char)
      templateText()
    } else {
      keep(char)
      if (char === '{') braces.push('code')
      if (char.trim() !== '') regexMayFollow = !')]}'.includes(char)
    }
  }
  return masked.join('')
}

/** The number of the line, from 1, that an offset is on. */
export function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}
