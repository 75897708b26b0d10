/** What programs hand to `write`, made ready for the wire (contract rule 15). */

/** One line of output: text, or bytes that go out as they are. */
export type Line = string | Uint8Array

export interface WriteOptions {
  /** Whether each line is ended with CR LF; true unless said otherwise. Bytes are never ended. */
  readonly newline?: boolean
}

/** The arguments of every `write`: lines, and at most one object of options after them. */
export type WriteArguments<Options extends WriteOptions = WriteOptions> =
  | Line[]
  | [...lines: Line[], options: Options]

/** Tells lines from the options after them. */
export function takeOptions<Options extends WriteOptions>(
  args: WriteArguments<Options>,
): { lines: Line[]; options: Options | undefined } {
  const last = args.at(-1)
  if (typeof last === 'object' && last !== null && !(last instanceof Uint8Array)) {
    return { lines: args.slice(0, -1) as Line[], options: last }
  }
  return { lines: args as Line[], options: undefined }
}

/** A line as it goes out: with CR LF for every line break in it, and one after it where `newline`. */
export function format(line: string, newline: boolean): string
export function format(line: Line, newline: boolean): Line
export function format(line: Line, newline: boolean): Line {
  if (line instanceof Uint8Array) return line
  const text = String(line)
  const wired = text.includes('\n') ? text.replace(/\r?\n/g, '\r\n') : text
  return newline ? `${wired}\r\n` : wired
}
