/**
 * Settings on the command line: `--port=7000`, `--port 7000`, `--raw`, `--no-log`, and paths of settings files.
 *
 * Which words are taken as values: `--name=value` always; the next word for a setting that needs a value, unless it
 * begins with a dash; for a switch only a word for true or false; for one that may be either (`--log`), the next
 * word unless it is a settings file. After `--` every word is a path. A flag given twice: the last one wins.
 */
import { parseArgs } from 'node:util'
import type { Problem } from './errors.js'
import { fileEndings, isSettingsFile } from './file.js'
import { type Fields, type Given, noSuchSetting } from './given.js'
import type { Origin } from './origin.js'
import { defineSettings, type Field } from './schema.js'
import { plain, show } from './show.js'
import { booleanWords, isSwitch, readings, takesBoolean } from './types.js'

interface CommandLine {
  readonly given: Given[]
  readonly problems: Problem[]
  /** Paths of settings files, in order. */
  readonly files: string[]
  /** `--help` or `-h` is among the flags. Look before collecting, since then nothing else need be right. */
  readonly help: boolean
  /** `--debug` is among the flags: errors are told with their stacks. */
  readonly debug: boolean
}

/** Without `fields` only the core's settings are known; whatever they are, `help`, `debug` and `files` are the same. */
export function readCommandLine(
  argv: readonly string[],
  fields: Fields = defineSettings().fields,
): CommandLine {
  return new Parser(argv, fields).parse()
}

const at = (flag: string): Origin => ({ kind: 'command line', where: flag })

class Parser {
  readonly #argv: readonly string[]
  readonly #fields: Fields
  readonly #tokens
  #next = 0
  readonly #given: Given[] = []
  readonly #problems: Problem[] = []
  readonly #files: string[] = []
  #help = false
  #debug = false

  constructor(argv: readonly string[], fields: Fields) {
    this.#argv = argv
    this.#fields = fields
    this.#tokens = parseArgs({
      args: [...argv],
      strict: false,
      allowPositionals: true,
      tokens: true,
      options: {},
    }).tokens
  }

  parse(): CommandLine {
    let onlyPaths = false
    for (let token = this.#take(); token !== undefined; token = this.#take()) {
      if (token.kind === 'option-terminator') onlyPaths = true
      else if (token.kind === 'positional') this.#word(token.value, onlyPaths)
      else if (!token.rawName.startsWith('--')) this.#shortFlag(token.index)
      else if (token.name === 'help' && token.value === undefined) this.#help = true
      else if (token.name === 'debug' && token.value === undefined) this.#debug = true
      else this.#flag(token.name, token.value)
    }
    return {
      given: this.#given,
      problems: this.#problems,
      files: this.#files,
      help: this.#help,
      debug: this.#debug,
    }
  }

  #take() {
    return this.#tokens[this.#next++]
  }

  /** The next word, where it may be a value and `accepts` it; it is then used up. */
  #takeWord(accepts: (word: string) => boolean): string | undefined {
    const token = this.#tokens[this.#next]
    if (token?.kind !== 'positional' || !accepts(token.value)) return undefined
    this.#next++
    return token.value
  }

  /** After a flag that is wrong, the next word may be its value, and a secret: it is not to be read, or shown. */
  #dropValue(inline: string | undefined): void {
    if (inline === undefined) this.#takeWord(() => true)
  }

  #flag(name: string, inline: string | undefined): void {
    const field = this.#fields.get(name)
    if (field !== undefined) {
      this.#setting(field, inline)
    } else if (name.startsWith('no-') && this.#fields.has(name.slice(3))) {
      this.#negation(this.#fields.get(name.slice(3)) as Field, inline)
    } else {
      const bare = name.replace(/^no-(?=.)/, '')
      const message = noSuchSetting(bare, this.#fields, (near) => `--${near.name}`)
      this.#problem(name, `--${name}`, message)
      this.#dropValue(inline)
    }
  }

  #setting(field: Field, inline: string | undefined): void {
    const flag = `--${field.name}`
    const { json } = field
    const mayStandAlone = takesBoolean(json)
    const accepts = (word: string) => {
      if (isSwitch(json)) return booleanWords.has(word.toLowerCase())
      return !(mayStandAlone && isSettingsFile(word))
    }
    const text = inline ?? this.#takeWord(accepts)
    if (text !== undefined) {
      this.#given.push({ field, origin: at(flag), readings: readings(text, json), text })
    } else if (mayStandAlone) {
      this.#given.push({ field, origin: at(flag), readings: [true] })
    } else {
      this.#problem(field.name, flag, `needs a value: ${flag}=<${field.type || 'value'}>`)
    }
  }

  #negation(field: Field, inline: string | undefined): void {
    const flag = `--no-${field.name}`
    if (!takesBoolean(field.json)) {
      this.#problem(field.name, flag, `cannot be switched off: it takes ${field.type || 'a value'}`)
      this.#dropValue(inline)
    } else if (inline !== undefined) {
      this.#problem(field.name, flag, `takes no value; write ${flag} or --${field.name}=<${field.type}>`)
    } else {
      this.#given.push({ field, origin: at(flag), readings: [false] })
    }
  }

  /** A word that begins with one dash: `-h`, or a flag that lacks its second dash. */
  #shortFlag(index: number): void {
    // The letters of one word come as tokens of their own.
    while (this.#tokens[this.#next]?.index === index) this.#next++
    const [name = ''] = (this.#argv[index] ?? '').slice(1).split('=', 1)
    if (name === 'h') {
      this.#help = true
      return
    }
    const known = this.#fields.has(name)
    // Of an unknown word only the first letter is shown: `-phunter2` may hold a secret.
    const shown = `-${known ? name : [...name].slice(0, 1).join('')}`
    const message = known ? `write --${name}` : 'no such flag; flags begin with two dashes'
    this.#problem(known ? name : '', shown, message)
    this.#dropValue(undefined)
  }

  #word(word: string, onlyPaths: boolean): void {
    if (onlyPaths || isSettingsFile(word)) {
      this.#files.push(word)
      return
    }
    // What follows a secret, as in `--password=two words`, may be a part of it.
    const secret = this.#given.at(-1)?.field.secret
    const message = `${secret ? '***' : show(word)} is neither a flag nor a settings file; write --name=value, or a path that ends in ${fileEndings}`
    this.#problems.push({ name: '', origin: { kind: 'command line', where: '' }, message })
  }

  #problem(name: string, flag: string, message: string): void {
    this.#problems.push({ name: plain(name), origin: at(flag), message })
  }
}
