/**
 * Log records as lines for people:
 *
 *     2026-11-22 19:50:44 client  #12 connected from 127.0.0.1 lines=3
 *     2026-11-22 19:50:45 ERROR service A handler of Connect failed
 *         TypeError: name is undefined
 *             at greet (chat.ts:12:5)
 *
 * Records contain text from clients, so this must stay true: only this file writes line feeds, every record begins with
 * its time in the first column, and every further line of a record begins with spaces.
 */
import { escapeText } from '../text/escape.js'
import { localTime } from '../text/local-time.js'
import type { SerializedError } from './serialize.js'

/** A record as pino writes it, with the options of `createLog`. */
export interface LogRecord {
  readonly level: string
  /** ISO 8601. */
  readonly time: string
  readonly channel: string
  readonly msg?: string
  readonly fields?: Readonly<Record<string, unknown>>
}

/** One or more lines, each with its line feed. Times are in local time. */
export function formatRecord({ level, time, channel, msg = '', fields = {} }: LogRecord): string {
  const words: string[] = []
  const below: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (isSerializedError(value)) below.push(...errorLines(value, '    '))
    else words.push(`${escapeText(name)}=${formatValue(value)}`)
  }
  const mark = level === 'warn' || level === 'error' ? `${level.toUpperCase()} ` : ''
  const head = `${localTime(new Date(time))} ${mark}${escapeText(channel).padEnd(7)} ${escapeText(msg)}`
  return [[head, ...words].join(' '), ...below, ''].join('\n')
}

const bareWord = /^[^\s"=]+$/

function formatValue(value: unknown): string {
  if (typeof value === 'string' && bareWord.test(value)) return escapeText(value)
  return escapeText(JSON.stringify(value))
}

function isSerializedError(value: unknown): value is SerializedError {
  if (typeof value !== 'object' || value === null) return false
  return ['type', 'message', 'stack'].every((key) => typeof (value as SerializedError)[key] === 'string')
}

const shownApart = new Set(['type', 'message', 'stack', 'cause', 'errors'])

function errorLines(error: SerializedError, margin: string): string[] {
  const facts = Object.entries(error)
    .filter(([name]) => !shownApart.has(name))
    .map(([name, value]) => `${escapeText(name)}=${formatValue(value)}`)
  const head = `${escapeText(error.type)}: ${escapeText(error.message)}`
  const lines = [[head, ...facts].join(' '), ...frames(error).map((frame) => `    ${frame}`)]
  const within = `${margin}    `
  return [
    ...lines.map((line) => margin + line),
    ...(error.cause === undefined ? [] : labelled('caused by', error.cause, margin)),
    ...(error.errors ?? []).flatMap((each) => labelled('holds', each, within)),
  ]
}

function labelled(label: string, value: unknown, margin: string): string[] {
  if (!isSerializedError(value)) return [`${margin}${label} ${formatValue(value)}`]
  const [first = '', ...rest] = errorLines(value, margin)
  return [`${margin}${label} ${first.trimStart()}`, ...rest]
}

/**
 * The frames of the stack, without the message, which may contain lines that look like frames. If the message was
 * changed after the error was made, it is not found in the stack; then all lines that look like frames are taken.
 */
function frames({ stack, message }: SerializedError): string[] {
  const found = stack.indexOf(message)
  const afterMessage = found < 0 ? 0 : found + message.length
  const lines = stack.slice(afterMessage).split('\n').slice(1)
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => escapeText(line.trim()))
}
