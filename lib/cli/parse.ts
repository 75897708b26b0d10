/**
 * Reads the words after a command's name by that command's usage and options. What is the program's is cut off first,
 * and not looked at.
 */
import { parseArgs } from 'node:util'
import { nearest } from '../settings/suggest.js'
import type { Command, Invocation, Option, Options } from './command.js'
import { UsageError } from './errors.js'

/** Every command takes these. */
export const commonOptions = {
  help: { type: 'boolean', short: 'h', description: 'Show this text.' },
  version: { type: 'boolean', short: 'v', description: 'Show the version.' },
} as const satisfies Options

interface Usage {
  /** Operands that must be given, such as `FILE`. */
  readonly needed: readonly string[]
  readonly optional: readonly string[]
  /** Everything after the operands is for somebody else to read. */
  readonly passesOn: boolean
}

export function readUsage(usage: string): Usage {
  const words = usage.split(' ').filter((word) => word !== '')
  return {
    needed: words.filter((word) => /^[A-Z]+$/.test(word)),
    optional: words.flatMap((word) => /^\[([A-Z]+)\]$/.exec(word)?.[1] ?? []),
    passesOn: words.at(-1) === '[settings]' || words.at(-1) === '[command]',
  }
}

/** The words as they were meant; `asks` for what every command can say of itself, and then they need not be right. */
type Parsed = { readonly asks: 'help' | 'version' } | Omit<Invocation, 'io'>

/** @throws UsageError */
export function parse(command: Command, words: readonly string[]): Parsed {
  const { needed, optional, passesOn } = readUsage(command.usage)
  const options: Options = { ...command.options, ...commonOptions }
  const own = passesOn ? words.slice(0, endOfOperands(words, options, needed.length)) : words
  const tokens = tokenize(own, options)
  for (const ask of ['help', 'version'] as const) {
    if (tokens.some((token) => token.kind === 'option' && token.name === ask)) return { asks: ask }
  }

  const wrong = (message: string) => new UsageError(`mara ${command.name}: ${message}`, command.name)
  const values = new Map<string, string | boolean>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const option = options[token.name]
    if (option === undefined) throw wrong(unknownOption(token.rawName, options, passesOn ? needed : []))
    values.set(token.name, readValue(token, option, wrong))
  }
  // An empty word is what a shell makes of a variable that is not set.
  const missing = needed.find((_, index) => operands[index] === undefined || operands[index] === '')
  if (missing !== undefined) throw wrong(`${missing} is missing.`)
  const surplus = operands[needed.length + optional.length]
  if (surplus !== undefined) throw wrong(`${JSON.stringify(surplus)} is one argument too many.`)

  const chosen = Object.entries(command.options).map(([name, { type }]) => {
    return [name, values.get(name) ?? (type === 'boolean' ? false : undefined)]
  })
  return { operands, options: Object.fromEntries(chosen), settings: words.slice(own.length) }
}

function tokenize(words: readonly string[], options: Options) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  )
  return parseArgs({ args: [...words], options: config, strict: false, allowPositionals: true, tokens: true })
    .tokens
}

/** How many words there are up to and with the last operand; all where there are fewer operands than that. */
function endOfOperands(words: readonly string[], options: Options, count: number): number {
  const operands = tokenize(words, options).filter(({ kind }) => kind === 'positional')
  const last = operands[count - 1]
  return last === undefined ? words.length : last.index + 1
}

interface OptionToken {
  readonly name: string
  /** As it was written: `--name` or `-n`. */
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

function readValue(
  { name, rawName, value, inlineValue }: OptionToken,
  { type, value: noun = 'VALUE' }: Option,
  wrong: (message: string) => UsageError,
): string | boolean {
  if (type === 'boolean') {
    if (value !== undefined) throw wrong(`${rawName} takes no value.`)
    return true
  }
  // A word that begins with a dash is more likely the next option than a value.
  if (value === undefined || value === '' || (!inlineValue && value.startsWith('-'))) {
    throw wrong(`${rawName} needs a value: --${name}=${noun}`)
  }
  return value
}

/** @param behind the operands behind which all is the program's; none where nothing is. */
function unknownOption(rawName: string, options: Options, behind: readonly string[]): string {
  const near = nearest(rawName.replace(/^-+/, ''), Object.keys(options))
  const what = `unknown option ${rawName}.`
  if (near !== undefined) return `${what} Did you mean --${near}?`
  return behind.length === 0 ? what : `${what} What the program is to get stands behind ${behind.join(' ')}.`
}
