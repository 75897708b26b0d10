/** What programs hand to `write`, made ready for the wire (contract rule 15). */
import { checkNames, InvalidOptionError } from '../errors.js'
import type { Encoding } from '../telnet/index.js'
import { type ColourDepth, isStyled, type Styled } from '../text/styles/index.js'

/** One line of output: text, styled text, or bytes, which get no line end. Telnet doubles a byte 255 where it is on. */
export type Line = string | Styled | Uint8Array

export interface WriteOptions {
  /** Whether each line is ended with CR LF; true unless said otherwise. Bytes are never ended. */
  readonly newline?: boolean | undefined
}

/** The arguments of every `write`: lines, and at most one object of options after them. */
export type WriteArguments<Options extends WriteOptions = WriteOptions> = Line[] | LinesAndOptions<Options>

export type LinesAndOptions<Options extends WriteOptions = WriteOptions> = [
  ...lines: Line[],
  options: Options,
]

/** What decides how a line looks on one client's screen. */
export interface Screen {
  readonly depth: ColourDepth
  /** Characters; undefined where unknown. */
  readonly columns: number | undefined
}

/** Of all that write, such as `writeAll`. */
const WRITE_OPTIONS = ['newline', 'exclude', 'filter']

/** Tells lines from the options after them. @throws InvalidOptionError for what is neither. */
export function takeOptions<Options extends WriteOptions>(
  args: WriteArguments<Options>,
): { lines: Line[]; options: Options | undefined } {
  const last = args.at(-1)
  // Plain JavaScript would send its source text to the client.
  const uncalled = args.find(isFunction)
  if (uncalled !== undefined)
    throw new InvalidOptionError('write()', 'line', uncalled, 'text: call it, as in hr()')
  if (typeof last === 'object' && last !== null && !(last instanceof Uint8Array) && !isStyled(last)) {
    if (hidesAll(last)) throw new InvalidOptionError('write()', 'line', last, 'text, such as its message')
    checkNames('write()', last, WRITE_OPTIONS)
    return { lines: args.slice(0, -1) as Line[], options: last }
  }
  return { lines: args as Line[], options: undefined }
}

/** An error, a promise, a date or a map would be taken for options of which none is given, and nothing be written. */
function hidesAll(value: object): boolean {
  return Object.keys(value).length === 0 && ![Object.prototype, null].includes(Object.getPrototypeOf(value))
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

const UNENCODABLE: Record<Exclude<Encoding, 'utf-8'>, RegExp> = {
  latin1: /[^\0-\xff]/gu,
  ascii: /[^\0-\x7f]/gu,
}

/** Text in the character set that was agreed with a peer; what it lacks becomes a question mark. */
export function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8')
  return Buffer.from(text.replace(UNENCODABLE[encoding], '?'), 'latin1')
}
