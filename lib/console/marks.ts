/**
 * What `mara console` and a console say to each other behind the text that people read. Who does not introduce itself, such
 * as socat, gets the text alone.
 *
 * The command introduces itself with a line `//mara columns=80`, which it may send again before any line. From then on it
 * gets lines that begin with a character that no text has: when a command is done, and when the console says goodbye.
 */
import { z } from 'zod'

/** The record separator of ASCII. */
export const MARK = '\x1e'

const INTRODUCTION = '//mara'

export type Mark =
  /** The answer to an introduction. */
  | { readonly is: 'ready'; readonly name: string; readonly commands: readonly string[] }
  /** A line has been dealt with. */
  | { readonly is: 'done'; readonly ok: boolean }
  /** The connection is about to be closed: because of `quit` or the end of what the peer said, or with the service. */
  | { readonly is: 'bye'; readonly because: 'quit' | 'stop' | 'restart' }

const mark = z.discriminatedUnion('is', [
  z.object({ is: z.literal('ready'), name: z.string(), commands: z.array(z.string()) }),
  z.object({ is: z.literal('done'), ok: z.boolean() }),
  z.object({ is: z.literal('bye'), because: z.enum(['quit', 'stop', 'restart']) }),
])

export function writeMark(mark: Mark): string {
  return MARK + JSON.stringify(mark)
}

/** @returns undefined for a line that is none. */
export function readMark(line: string): Mark | undefined {
  if (!line.startsWith(MARK)) return undefined
  try {
    return mark.safeParse(JSON.parse(line.slice(MARK.length))).data
  } catch {
    return undefined
  }
}

/** @param columns of the terminal; undefined where output goes to a program. */
export function introduce(columns: number | undefined): string {
  return columns === undefined ? INTRODUCTION : `${INTRODUCTION} columns=${columns}`
}

/** @returns undefined for any other line. */
export function readIntroduction(line: string): { readonly columns: number | undefined } | undefined {
  if (line !== INTRODUCTION && !line.startsWith(`${INTRODUCTION} `)) return undefined
  const columns = Number(/ columns=(\d{1,4})$/.exec(line)?.[1])
  return { columns: columns > 0 ? columns : undefined }
}
