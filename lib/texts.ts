/**
 * What a service says to its clients by itself. A program may say it in other words: in another language, or in the way of
 * its protocol (`500 Line too long`). Connections in raw mode are told nothing: text in the midst of bytes would mean something
 * else to a program.
 */
import { checkNames, InvalidOptionError } from './errors.js'
import { durationInWords } from './text/words.js'

/** Each is a line, or several with `\n` between them, or empty: then nothing is said. */
export interface ServiceTexts {
  /** There are `maxConnections` already. The connection is closed. */
  readonly full: string
  /** There are `maxConnectionsPerAddress` already. The connection is closed. */
  readonly fullForAddress: string
  /** There have been `maxConnectionRate` in the last minute. The connection is closed. */
  readonly tooFast: string
  /** A line was dropped, since it was longer than `maxLineLength` bytes. */
  readonly lineTooLong: (maxLineLength: number) => string
  /** Nothing came for `connectTimeout` or `idleTimeout` milliseconds. The client is closed. */
  readonly silent: (ms: number) => string
  /** A handler of `Connect` has failed. The client is closed. */
  readonly failed: string
  /** The process is replaced, and this client can't be taken along. The client is closed. */
  readonly restarting: string
  /** The process was replaced while the client was typing a secret; what it has typed of that is dropped. */
  readonly restarted: string
  /** The conversation can't go on in the new version (setting `onDivergence`). The client is closed. */
  readonly changed: string
  /** The client's last input has ended the process twice, and was dropped. */
  readonly inputDropped: string
  /** Whatever the client sent, serving it has ended the process. The client is closed. */
  readonly cannotServe: string
  /** The new version has no such server any more. The connection is closed. */
  readonly serverGone: string
}

export const defaultTexts: ServiceTexts = {
  full: 'The service is full. Please try again later.',
  fullForAddress: 'Too many connections from your address.',
  tooFast: 'Too many new connections from your address. Please try again in a minute.',
  lineTooLong: (max) => `That line is too long: at most ${max} bytes.`,
  silent: (ms) => `You have sent nothing for ${durationInWords(ms)}. Goodbye.`,
  failed: 'Sorry, something went wrong. Please try again later.',
  restarting: 'The service restarts. Please connect again.',
  restarted: 'The service has restarted. Press Enter to go on.',
  changed: 'The service has changed. Please connect again.',
  inputDropped: 'Your last input made the service fail, and was dropped.',
  cannotServe: 'The service fails whenever it serves you. You are disconnected.',
  serverGone: 'This server is no longer there.',
}

/** @throws InvalidOptionError */
export function withDefaults(texts: Partial<ServiceTexts>): ServiceTexts {
  checkNames('texts', texts, Object.keys(defaultTexts))
  const given = Object.entries(texts).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    const usual = defaultTexts[name as keyof ServiceTexts]
    const isRight = typeof usual === 'string' ? typeof value === 'string' : givesText(value)
    if (isRight) continue
    const expected = typeof usual === 'string' ? 'text' : 'a function that gives text for a number'
    throw new InvalidOptionError('texts', name, value, expected)
  }
  const all: ServiceTexts = { ...defaultTexts, ...Object.fromEntries(given) }
  const { lineTooLong, silent } = all
  return {
    ...all,
    lineTooLong: (max) => textOf(lineTooLong, max) ?? defaultTexts.lineTooLong(max),
    silent: (ms) => textOf(silent, ms) ?? defaultTexts.silent(ms),
  }
}

function givesText(value: unknown): boolean {
  return typeof value === 'function' && textOf(value as (number: number) => unknown, 1_000) !== undefined
}

/** Undefined where it fails: what a peer does must not make a program's mistake the end of its process. */
function textOf(fn: (number: number) => unknown, number: number): string | undefined {
  try {
    const text = fn(number)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

/** Says something to a client on the service's behalf. */
export function tell(client: { readonly raw: boolean; write(line: string): void }, text: string): void {
  if (text !== '' && !client.raw) client.write(text)
}

/** Tells a client why, and closes it. */
export function dismiss(client: Parameters<typeof tell>[0] & { close(): unknown }, why: string): void {
  tell(client, why)
  client.close()
}
